// Holds the line of the house style. If it stops you, move the code; do not widen the table.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '../src/node/migrations.ts'
import { importCircles, runtimeImports, sqlOutsideStore, wrongArrows } from './tidy/arrows.ts'
import { databaseClock, localTime } from './tidy/local-time.ts'
import {
  clocksAndChance,
  defaultExports,
  endlessSearches,
  hollowTests,
  longFiles,
  longFunctions,
  medianLines,
  uncheckedTypes,
} from './tidy/shape.ts'
import { loadSources, parseSource, trackedFiles } from './tidy/source.ts'
import { emptyNames, machinePaths, namesNotKebab, providerNames, providersNamed } from './tidy/wording.ts'

const src = loadSources('src')
const all = [...src, ...loadSources('test', 'scripts', 'demo', 'vitest.config.ts', 'drizzle.config.ts')]
const codePaths = all.map(({ path }) => path)

describe('the sources', () => {
  test('are all here to be looked at', () => {
    expect(src.length).toBeGreaterThan(30)
    expect(codePaths).toContain('src/store/migrate.ts')
    expect(codePaths).toContain('test/tidy.test.ts')
  })
  test('import only as the rooms allow', () => expect(wrongArrows(src)).toEqual([]))
  test('know Node only in the entries', () => expect(runtimeImports(src)).toEqual([]))
  test('keep SQL in the store', () => expect(sqlOutsideStore(src)).toEqual([]))
  test('import in no circle', () => expect(importCircles(src)).toEqual([]))
  test('have no file above 400 lines', () => expect(longFiles(all)).toEqual([]))
  test('have no function above 70 lines', () => expect(longFunctions(src)).toEqual([]))
  test('have files of about 100 lines', () => expect(medianLines(src)).toBeLessThanOrEqual(140))
  test('export no default', () => expect(defaultExports(all)).toEqual([]))
  test('leave no type unchecked', () => expect(uncheckedTypes(all)).toEqual([]))
  test('are handed the time and chance', () => expect(clocksAndChance(src)).toEqual([]))
  test('know no zone but that of lib/time.ts', () => expect(localTime(src)).toEqual([]))
  test('do not ask the database what day it is', () => {
    const migrations = trackedFiles()
      .filter((path) => /^drizzle\/.*\.sql$/.test(path))
      .map((path) => ({ path, text: readFileSync(join(packageRoot(), path), 'utf8') }))
    expect(migrations.length).toBeGreaterThan(5)
    expect(databaseClock(src, migrations)).toEqual([])
  })
  test('name a provider in its own folder only', () => expect(providersNamed(src, providerNames(src))).toEqual([]))
  test('have file names in kebab-case', () => expect(namesNotKebab(codePaths)).toEqual([]))
  test('have file names that say something', () => expect(emptyNames(codePaths)).toEqual([]))
  test('switch no test off and stand in for no module of ours', () => expect(hollowTests(all)).toEqual([]))
  test('tell at once what failed a property of the database', () => expect(endlessSearches(all)).toEqual([]))
  test('name no place of one machine', () => {
    const files = trackedFiles()
      .map((path) => ({ path, text: readFileSync(join(packageRoot(), path), 'utf8') }))
      .filter(({ text }) => !text.includes('\0'))
    expect(machinePaths(files)).toEqual([])
  })
})

/** The rules themselves are tried on made-up sources, so that each is seen to find what it forbids. */
describe('the rules find', () => {
  const source = (path: string, text: string) => [parseSource(path, text)]

  test.for([
    ['src/lib/a.ts', "import { x } from '../domain/x.ts'"],
    ['src/domain/a.ts', "import type { X } from '../store/x.ts'"],
    ['src/providers/one/a.ts', "export * from '../../flows/x.ts'"],
    ['src/store/a.ts', "export { x } from '../providers/registry.ts'"],
    ['src/flows/a.ts', "import '../api/x.ts'"],
    ['src/api/a.ts', "import { x } from '../providers/registry.ts'"],
    ['src/pages/a.tsx', "const x = await import('../api/x.ts')"],
    ['src/simulators/a.ts', "type X = import('../providers/contract.ts').X"],
    ['src/worker.ts', "import { x } from './simulators/x.ts'"],
    ['src/worker/a.ts', "import { x } from '../node/x.ts'"],
    // The front is small because the office is no part of it.
    ['src/worker.ts', "import { x } from './app.ts'"],
    ['src/worker/a.ts', "import { x } from '../app.ts'"],
    ['src/node/a.ts', "import { x } from '../worker/x.ts'"],
    ['src/app.ts', "import { x } from './node/x.ts'"],
    ['src/config.ts', "import { x } from './flows/x.ts'"],
    ['src/cli.ts', "import { x } from '../test/x.ts'"],
    ['src/node/ticker.ts', "import { x } from '../simulation/x.ts'"],
    ['src/flows/a.ts', "import { x } from '../simulation/x.ts'"],
    ['src/things/a.ts', ''],
    ['src/loose.ts', ''],
  ] as const)('a wrong arrow: %s: %s', ([path, text]) => expect(wrongArrows(source(path, text))).toHaveLength(1))

  test.for([
    ['src/flows/a.ts', "import { x } from '../store/x.ts'\nimport { y } from './b.ts'"],
    ['src/node/a.ts', "import { x } from '../simulators/x.ts'"],
    ['src/node.ts', "import { x } from './app.ts'"],
    ['src/node/commands/a.ts', "import { x } from '../../simulation/x.ts'"],
    ['src/simulation/a.ts', "import { x } from '../simulators/x.ts'"],
    ['src/worker.ts', "import { x } from './worker/x.ts'"],
    ['src/office-worker.ts', "import { x } from './app.ts'"],
  ] as const)('nothing wrong in a right arrow: %s', ([path, text]) =>
    expect(wrongArrows(source(path, text))).toEqual([]),
  )

  test('Node where only Web APIs are', () => {
    expect(runtimeImports(source('src/lib/a.ts', "import { readFile } from 'node:fs'"))).toEqual([
      'src/lib/a.ts:1 imports node:fs',
    ])
    expect(runtimeImports(source('src/api/a.ts', "import { fetch } from 'undici'"))).toHaveLength(1)
    expect(runtimeImports(source('src/worker.ts', "import { serve } from '@hono/node-server'"))).toHaveLength(1)
    expect(runtimeImports(source('src/lib/log.ts', "import { pino } from 'pino'"))).toHaveLength(1)
    expect(runtimeImports(source('src/pages/a.ts', "await import('oidc-provider')"))).toHaveLength(1)
    expect(runtimeImports(source('src/lib/a.ts', "import { trace } from '@opentelemetry/api'"))).toHaveLength(1)
    expect(
      runtimeImports(source('src/lib/spans.ts', "import { trace } from '@opentelemetry/api'\nimport 'node:fs'")),
    ).toEqual(['src/lib/spans.ts:2 imports node:fs'])
    expect(runtimeImports(source('src/lib/hmac.ts', "import 'node:crypto'\nimport 'node:fs'"))).toHaveLength(1)
    expect(runtimeImports(source('src/node/a.ts', "import 'node:fs'"))).toEqual([])
  })

  test('SQL outside the store', () => {
    expect(sqlOutsideStore(source('src/flows/a.ts', "import postgres from 'postgres'"))).toHaveLength(1)
    expect(sqlOutsideStore(source('src/api/a.ts', "import { sql } from 'drizzle-orm'"))).toHaveLength(1)
    expect(sqlOutsideStore(source('src/flows/a.ts', 'await db.sql`select 1`'))).toEqual(['src/flows/a.ts:1 writes SQL'])
    expect(sqlOutsideStore(source('src/flows/a.ts', 'await sql`select 1`'))).toHaveLength(1)
    expect(sqlOutsideStore(source('src/store/a.ts', 'await sql`select 1`'))).toEqual([])
    expect(sqlOutsideStore(source('src/pages/a.tsx', 'html`<b>sql</b>`'))).toEqual([])
  })

  test('circles of imports, once each', () => {
    const circle = [
      parseSource('src/lib/a.ts', "import './b.ts'"),
      parseSource('src/lib/b.ts', "import type { C } from './c.ts'"),
      parseSource('src/lib/c.ts', "import './b.ts'\nimport './d.ts'"),
      parseSource('src/lib/d.ts', ''),
    ]
    expect(importCircles(circle)).toEqual(['src/lib/b.ts → src/lib/c.ts → src/lib/b.ts'])
  })

  test('what is too long', () => {
    const lines = (count: number) => 'x()\n'.repeat(count)
    expect(longFiles(source('src/lib/a.ts', lines(401)))).toEqual(['src/lib/a.ts has 401 lines'])
    expect(longFiles(source('src/lib/a.ts', lines(400)))).toEqual([])
    expect(longFunctions(source('src/lib/a.ts', `const f = () => {\n${lines(69)}}`))).toHaveLength(1)
    expect(longFunctions(source('src/lib/a.ts', `function f() {\n${lines(68)}}`))).toEqual([])
    expect(medianLines([...source('a.ts', lines(9)), ...source('b.ts', lines(1)), ...source('c.ts', lines(5))])).toBe(5)
  })

  test('default exports', () => {
    expect(defaultExports(source('src/lib/a.ts', 'export default 1'))).toHaveLength(1)
    expect(defaultExports(source('src/lib/a.ts', 'const a = 1\nexport { a as default }'))).toEqual([
      'src/lib/a.ts:2 exports a default',
    ])
    expect(defaultExports(source('src/worker.ts', 'export default {}'))).toEqual([])
  })

  test.for([
    'const a: any = 1',
    'const a = b!.c',
    'const a = b as unknown as string',
    ['// @ts', 'ignore'].join('-'),
    ['// @ts', 'expect-error'].join('-'),
  ])('an unchecked type: %s', (text) => expect(uncheckedTypes(source('src/lib/a.ts', text))).toHaveLength(1))

  test('no unchecked type in words and negations', () => {
    const text = "// any of them!\nconst a = 'any!'\nconst b = !a && b !== a\nconst c = a as unknown"
    expect(uncheckedTypes(source('src/lib/a.ts', text))).toEqual([])
  })

  test.for(['Date.now()', 'new Date()', 'Date()', 'Math.random()', 'performance.now()'])(
    'a clock or chance: %s',
    (text) => {
      expect(clocksAndChance(source('src/flows/a.ts', text))).toEqual([`src/flows/a.ts:1 asks ${text}`])
      expect(clocksAndChance(source('src/flows/a.ts', 'new Date(now); deps.now()'))).toEqual([])
      expect(clocksAndChance(source('src/node/a.ts', text))).toEqual([])
      expect(clocksAndChance(source('src/node.ts', text))).toEqual([])
    },
  )

  test.for([
    'at.getHours()',
    'at.getDate()',
    'at.setDate(1)',
    "at['getDay']()",
    'const hours = at.getHours',
    'at.getTimezoneOffset()',
    'at.toDateString()',
    "at.toLocaleString('vi-VN')",
    'at.toLocaleDateString()',
    "new Intl.DateTimeFormat('vi-VN').format(at)",
    'new Date(2026, 10, 22)',
    "new Date('2026-11-22 09:00:00')",
    'Date.parse(`2026-11-22T00:00`)',
  ])('the zone of the process: %s', (text) => {
    expect(localTime(source('src/domain/a.ts', text))).toHaveLength(1)
    expect(localTime(source('src/lib/time.ts', text))).toEqual([])
  })

  test('no zone of the process in UTC and in a named zone', () => {
    const text = [
      'at.getUTCHours()',
      'at.getTime()',
      "at.toLocaleString('vi-VN', { timeZone: 'Asia/Ho_Chi_Minh' })",
      'new Date(Date.UTC(2026, 10, 22))',
      'new Date(`2026-11-22T00:00:00Z`)',
      "new Date('2026-11-22T09:00:00+07:00')",
      "new Date('2026-11-22')",
    ].join('\n')
    expect(localTime(source('src/domain/a.ts', text))).toEqual([])
  })

  test('a day that the database is asked for', () => {
    const inStore = (text: string) => databaseClock(source('src/store/a.ts', text), [])
    for (const sql of ['current_date', 'now()', 'LOCALTIMESTAMP', 'clock_timestamp()', "date_trunc('day', x)"]) {
      expect(inStore(`sql\`select ${sql}\``), sql).toHaveLength(1)
      expect(databaseClock([], [{ path: 'drizzle/1.sql', text: `select 1;\nselect ${sql};` }])[0]).toContain('1.sql:2')
    }
    const clock = (name: string) =>
      `create function ${name}() returns timestamptz as $$\n  select clock_timestamp()\n$$;`
    expect(databaseClock([], [{ path: 'drizzle/1.sql', text: clock('lephi_clock') }])).toEqual([])
    expect(databaseClock([], [{ path: 'drizzle/1.sql', text: clock('lephi_today') }])).toHaveLength(1)
    expect(inStore("sql`a timestamptz default now(), known()`; const b = 'nowhere()'; deps.now()")).toEqual([])
    expect(databaseClock([], [{ path: 'drizzle/1.sql', text: 'select 1; -- never now()' }])).toEqual([])
  })

  test('a provider named by others', () => {
    const named = (path: string, text: string) => providersNamed(source(path, text), ['onepay', 'zap'])
    expect(named('src/flows/a.ts', "if (provider === 'zap') stop()")).toEqual(['src/flows/a.ts:1 names zap'])
    expect(named('src/flows/a.ts', 'readOnePayAmount()')).toHaveLength(1)
    expect(named('src/pages/a.tsx', 'const a = <b>Pay with Zap</b>')).toHaveLength(1)
    expect(named('src/api/a.ts', 'const a = `/callbacks/zap`')).toHaveLength(1)
    expect(named('src/flows/query-zap.ts', '')).toHaveLength(1)
    expect(named('src/providers/onepay/a.ts', "const a = 'zap'")).toHaveLength(1)
    expect(named('src/providers/zap/a.ts', "const a = 'zap'")).toEqual([])
    expect(named('src/providers/registry.ts', "import { zap } from './zap/index.ts'")).toEqual([])
    expect(named('src/flows/a.ts', '// Zap sends it twice.')).toEqual([])
    const standard = (path: string, text: string) => providersNamed(source(path, text), ['vietqr'])
    expect(standard('src/providers/zap/a.ts', 'readVietQr(text)')).toEqual([])
    expect(standard('src/providers/zap/a.ts', "const method = ['vietqr']")).toEqual([])
    expect(standard('src/flows/a.ts', 'readVietQr(text)')).toHaveLength(1)
    expect(
      providerNames([...source('src/providers/zap/index.ts', ''), ...source('src/providers/call.ts', '')]),
    ).toEqual(['zap'])
  })

  test('names of files that are not kebab-case or say nothing', () => {
    expect(namesNotKebab(['src/lib/fooBar.ts', 'src/Lib/foo.ts', 'src/lib/foo_bar.ts'])).toHaveLength(3)
    expect(namesNotKebab(['src/lib/foo-bar.test.ts', 'test/one/a.kit.ts', 'src/lib/sha256.ts'])).toEqual([])
    expect(
      emptyNames(['src/lib/utils.ts', 'src/flows/order-manager.ts', 'src/helpers/a.ts', 'src/pay.service.ts']),
    ).toHaveLength(4)
    expect(emptyNames(['src/flows/place-order.ts'])).toEqual([])
  })

  test('hollow tests', () => {
    for (const name of [
      'test.skip',
      'it.only',
      'describe.todo',
      'test.concurrent.skip',
      'test.skipIf(x)',
      'test.fails',
    ]) {
      expect(hollowTests(source('test/a.test.ts', `${name}('a', () => {})`)), name).not.toEqual([])
    }
    expect(hollowTests(source('test/a.test.ts', "vi.mock('../src/lib/a.ts')"))).toHaveLength(1)
    expect(hollowTests(source('test/a.test.ts', "test('skip', () => {}); test.for([1])('a', () => {})"))).toEqual([])
  })

  test('properties of the database that search on after a failure', () => {
    const found = (path: string, options: string) =>
      endlessSearches(source(path, `await fc.assert(\n  fc.asyncProperty(a, async () => {}),${options})`))
    expect(found('test/flows/a.test.ts', '')).toEqual(['test/flows/a.test.ts:1 searches on'])
    expect(found('test/store/a.test.ts', ' { numRuns: 3 }')).toHaveLength(1)
    expect(found('test/flows/a.test.ts', ' { endOnFailure: true, interruptAfterTimeLimit: 9 }')).toHaveLength(1)
    expect(found('test/flows/a.test.ts', ' { numRuns: 3, endOnFailure: true }')).toEqual([])
    expect(found('test/domain/a.test.ts', '')).toEqual([])
  })

  test('paths of one machine', () => {
    const text = (...parts: string[]) => [{ path: 'docs/a.md', text: `first\nsee ${parts.join('/')}` }]
    expect(machinePaths(text('', 'home', 'lan', 'a.ts'))).toEqual([`docs/a.md:2 has ${['', 'home', 'lan'].join('/')}`])
    for (const top of ['work', 'root', 'Users', 'tmp', 'mnt'])
      expect(machinePaths(text('', top, 'x')), top).toHaveLength(1)
    expect(machinePaths(text('..', 'shared', 'x'))).toHaveLength(1)
    expect(machinePaths(text('https:', '', 'example.vn', 'home', 'x'))).toEqual([])
    expect(machinePaths(text('src', 'tmp', 'x'))).toEqual([])
  })
})
