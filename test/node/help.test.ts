// The tool explains itself: every command, every option, every way to end, and an example of each that runs.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands } from '../../src/node/commands/all.ts'
import { commandGroups } from '../../src/node/commands/command.ts'
import { readCommandLine } from '../../src/node/commands/command-line.ts'
import { exitCodeWords } from '../../src/node/commands/exit-codes.ts'
import { runCommand } from '../../src/node/commands/run-command.ts'
import { readDemoFile } from '../../src/node/demo-file.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { isProgress } from '../kit/doctors-patient.ts'
import { giveClock } from '../kit/real-clock.ts'
import { wordsOfShell } from '../kit/shell-words.ts'
import { providerFile } from '../kit/statements.ts'

let database: TestDatabase
let folder: string
let env: Record<string, string>

const run = async (...args: string[]) => {
  const out: string[] = []
  const error: string[] = []
  const code = await runCommand(args, env, {
    out: (line) => out.push(line),
    error: (line) => void (isProgress(line) || error.push(line)),
  })
  return { code, out: out.join('\n'), error: error.join('\n') }
}

beforeAll(async () => {
  database = await createTestDatabase()
  await giveClock(database)
  folder = await mkdtemp(join(tmpdir(), 'lephi-help-'))
  env = { DATABASE_URL: database.url, LEPHI_MODE: 'demo', LEPHI_DATA_DIR: folder, LEPHI_DATABASE_CONNECTIONS: '4' }
  expect((await run('seed-demo')).code).toBe(0)
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

const named = Object.entries(commands)

/** What an example names that a test has elsewhere. */
const examples: Readonly<Record<string, (words: string[]) => Promise<string[]>>> = {
  'import-statement': async (words) => {
    const file = join(folder, 'settlement.csv')
    await writeFile(file, providerFile([]))
    return withAccount(words.map((word) => (word === 'settlement.csv' ? file : word)))
  },
  reconcile: async (words) => withAccount(words),
  setup: async (words) =>
    words.map((word) => (word === 'setup' ? folder : word === 'gateway.env' ? join(folder, word) : word)),
  report: async (words) => words.map((word) => (word === 'collections.pdf' ? join(folder, word) : word)),
}

const withAccount = async (words: readonly string[]) => {
  const id = (await readDemoFile(folder))?.merchant_accounts.vnpay?.id ?? ''
  return words.map((word) => (word === 'mac_01k…' ? id : word))
}

/** What would wait for somebody, take minutes, need another database or an auditor's file; their own tests run them. */
const notRunHere = ['listen', 'simulate', 'rehearse', 'verify-ledger', 'verify-matches']

describe('every command', () => {
  test.for(named)('%s says what it does, what it takes, how it ends, and shows an example', async ([name, command]) => {
    expect(command.summary).toMatch(/^[A-Z].{10,}[^.]$/)
    expect(`  ${name}  ${command.summary}`.length).toBeLessThanOrEqual(100)
    for (const option of Object.values(command.options)) expect(option.help.length).toBeGreaterThan(5)
    const [, lephi, called] = wordsOfShell(command.example)
    expect([lephi, called]).toEqual(['lephi', name])
    const { code, out, error } = await run('help', name)
    expect([code, error]).toEqual([0, ''])
    expect(await run(name, '--help')).toEqual({ code, out, error })
    expect(await run(name, '-h')).toEqual({ code, out, error })
    for (const [option, { isHidden }] of Object.entries(command.options))
      expect([option, new RegExp(`^  --${option}( |$)`, 'm').test(out)]).toEqual([option, isHidden !== true])
    for (const exit of Object.keys(exitCodeWords)) expect(out).toMatch(new RegExp(`^  ${exit}  \\S`, 'm'))
    expect(out).toContain(command.example)
    expect(out.split('\n').filter((line) => line.length > 100 && !line.includes(command.usage || ' '))).toEqual(
      command.example.length > 98 ? [`  ${command.example}`] : [],
    )
  })

  test.for(named)('%s has an example that its own options read', ([, command]) => {
    const [, , , ...words] = wordsOfShell(command.example)
    expect(() => readCommandLine(command, words)).not.toThrow()
  })

  test.for(named.filter(([name]) => !notRunHere.includes(name)))(
    '%s does what its example says',
    {
      timeout: 60_000,
    },
    async ([name, command]) => {
      const [, , , ...words] = wordsOfShell(command.example)
      const { code, error } = await run(name, ...((await examples[name]?.(words)) ?? words))
      expect([code, error]).toEqual([0, ''])
    },
  )
})

describe('help', () => {
  test('lists every command once, under what it is for, and the exit codes', async () => {
    const { code, out } = await run('help')
    expect(code).toBe(0)
    for (const [name, { summary }] of named)
      expect(out.split(new RegExp(`^  ${name} +${escaped(summary)}$`, 'm'))).toHaveLength(2)
    for (const group of commandGroups) expect(out).toContain(`\n${group}\n`)
    for (const words of Object.values(exitCodeWords)) expect(out).toContain(words)
    expect(await run('--help')).toMatchObject({ out })
  })

  test('is an object for programs', async () => {
    const all = JSON.parse((await run('help', '--json')).out)
    expect(all.commands.map(({ name }: { name: string }) => name)).toEqual(Object.keys(commands))
    const one = JSON.parse((await run('help', 'retention', '--json')).out)
    expect(one).toMatchObject({ name: 'retention', options: [{ name: '--dry-run', value: null }, {}, {}] })
    expect(await run('retention', '--json', '--help')).toMatchObject({ out: JSON.stringify(one) })
  })
})

describe('a wrong line', () => {
  test.for([
    [['migrat'], 'There is no command "migrat". Did you mean migrate?'],
    [['xyzzy'], 'There is no command "xyzzy".'],
    [['help', 'reprot'], 'There is no command "reprot". Did you mean report?'],
    [['retention', '--dryrun'], 'there is no option --dryrun; did you mean --dry-run?'],
    [['retention', '--quietly'], 'there is no option --quietly'],
    [['retention', '--dry-run=yes'], '--dry-run takes no value'],
    [['retention', 'soon'], '"soon" is one word too many'],
    [['reconcile', '--account', '--from'], '--account needs a mac_… behind it'],
    [['reconcile', '--account'], '--account needs a mac_… behind it'],
    [['reconcile'], '--account is missing'],
  ] as const)('%j is answered with exit code 2 and: %s', async ([args, said]) => {
    const { code, out, error } = await run(...args)
    expect([code, out, error.split('\n')[0]]).toEqual([2, '', said])
    const json = await run(...args, '--json')
    expect([json.code, json.error]).toEqual([2, ''])
    expect(JSON.parse(json.out)).toMatchObject({ code: 'wrong_usage', detail: said, exit_code: 2 })
  })

  test('says how a right one looks', async () => {
    const { error } = await run('reconcile', '--from', '2026-11-22')
    expect(error).toContain('npx lephi reconcile --account mac_… --from DAY --to DAY')
    expect(error).toContain('npx lephi help reconcile')
  })
})

describe('what goes wrong', () => {
  test('is an object for programs: the environment, a database that is not there, a rule', async () => {
    const kept = env
    env = { ...kept, LEPHI_MODE: 'staging' }
    const wrong = JSON.parse((await run('migrate', '--json')).out)
    expect(wrong).toMatchObject({
      code: 'wrong_environment',
      exit_code: 2,
      detail: 'LEPHI_MODE: must be demo or production',
    })
    env = { ...kept, DATABASE_URL: 'postgres://lephi:secret@127.0.0.1:1/lephi' }
    const away = await run('verify-periods', '--json')
    expect([away.code, away.error]).toEqual([3, ''])
    expect(JSON.parse(away.out)).toMatchObject({ code: 'unreachable', exit_code: 3 })
    expect(away.out).not.toContain('secret')
    expect((await run('migrate')).code).toBe(3)
    env = kept
    const account = (await readDemoFile(folder))?.merchant_accounts.vnpay?.id ?? ''
    const refused = await run('reconcile', '--account', account, '--from', '2020-01-01', '--to', '2026-01-01', '--json')
    expect(refused.code).toBe(1)
    expect(JSON.parse(refused.out)).toMatchObject({ code: 'invalid_input', title: 'A rule says no' })
  })
})

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
