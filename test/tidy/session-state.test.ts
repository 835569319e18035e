// Nothing that the gateway does may depend on the connection that it did something else on: test/store/pooler.test.ts has the pooler for which this holds.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'
import { sessionState, sessionStateOf } from './session-state.ts'
import { loadSources, parseSource, trackedFiles } from './source.ts'

test('the sources leave nothing on a connection', () => expect(sessionState(loadSources('src'))).toEqual([]))

test('nor does what the migrations make', () => {
  const migrations = trackedFiles()
    .filter((path) => /^drizzle\/.*\.sql$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(packageRoot(), path), 'utf8') }))
  expect(migrations.length).toBeGreaterThan(5)
  expect(sessionStateOf(migrations)).toEqual([])
})

const inStore = (sql: string) => sessionState([parseSource('src/store/a.ts', `sql\`${sql}\``)])

test.for([
  'select pg_advisory_lock(1)',
  'select pg_try_advisory_lock_shared(1)',
  "select set_config('role', 'x', false)",
  "set statement_timeout = '1s'",
  "select 1; set role 'x'",
  'reset role',
  'create temporary table a (b text)',
  'create temp table a as select 1',
  'prepare a as select 1',
  'declare a cursor with hold for select 1',
  'listen events',
])('the rule finds: %s', (sql) => {
  expect(inStore(sql)).toHaveLength(1)
  expect(sessionState([parseSource('src/node/a.ts', `run(${JSON.stringify(sql)})`)])).toHaveLength(1)
})

test.for([
  'select pg_advisory_xact_lock(1), pg_try_advisory_xact_lock(1)',
  "select set_config('role', 'x', true)",
  "set local statement_timeout = '1s'",
  'update a set b = 1',
  'update a\n set b = 1',
  'create temporary table a on commit drop as select 1',
  'declare a cursor for select 1',
])('the rule lets pass: %s', (sql) => expect(inStore(sql)).toEqual([]))

test('what goes past the pooler may do so', () =>
  expect(sessionState([parseSource('src/store/online-migration.ts', "run('set lock_timeout = 0')")])).toEqual([]))

test('the rule finds it in a migration', () => {
  expect(sessionStateOf([{ path: 'drizzle/1.sql', text: 'select pg_advisory_lock(1);' }])).toHaveLength(1)
  expect(sessionStateOf([{ path: 'drizzle/1.sql', text: '-- pg_advisory_lock(1)\nselect 1;' }])).toEqual([])
})
