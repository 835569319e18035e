// An installation for the doctor: seeded, sound, with an address that answers, and everything about it in a test's hands.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { CheckName, Finding } from '../../src/domain/finding.ts'
import { publicKeySet } from '../../src/flows/signing-keys.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import { runCommand } from '../../src/node/commands/run-command.ts'
import { createTestDatabase } from './database.ts'
import { createTestDeps } from './deps.ts'
import { giveClock } from './real-clock.ts'

/** A master key that looks random enough for production, another one for each number. */
export const masterKey = (fill: number): string =>
  Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 7 + fill) % 256)).toString('base64')

export const addressOf = (listening: Server): string => `http://127.0.0.1:${(listening.address() as AddressInfo).port}`

/** Told of what takes longer than three seconds, as it does on a busy machine. */
export const isProgress = (line: string): boolean => /^ *\d+ % /.test(line)

export type Looked = {
  code: number
  findings: Finding[]
  /** What was found of one check, as `standing: found`. */
  of: (check: CheckName) => string[]
  todos: string[]
  /** The checks that fail. */
  failing: string[]
}

export type Patient = Awaited<ReturnType<typeof createPatient>>

export const createPatient = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lephi-doctor-'))
  const database = await createTestDatabase()
  await giveClock(database)
  const key = { id: 'first', key: new Uint8Array(Buffer.from(masterKey(1), 'base64')) }
  const deps = createTestDeps(database.database, { now: () => new Date(), box: createSealedBox([key]) })
  /** What our own address answers, and what its clock says. */
  const answers = { keys: async () => JSON.stringify(await publicKeySet(deps)), date: () => new Date() }
  const server = createServer(async (_request, response) => {
    const text = await answers.keys()
    response.writeHead(200, { date: answers.date().toUTCString() }).end(text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const env: Record<string, string> = {
    DATABASE_URL: database.url,
    LEPHI_MODE: 'demo',
    LEPHI_DATA_DIR: folder,
    LEPHI_DATABASE_CONNECTIONS: '4',
    LEPHI_MASTER_KEY: `first:${masterKey(1)}`,
    PUBLIC_URL: addressOf(server),
  }
  const run = async (...args: string[]) => {
    const out: string[] = []
    const error: string[] = []
    const code = await runCommand(args, env, {
      out: (line) => out.push(line),
      error: (line) => void (isProgress(line) || error.push(line)),
    })
    return { code, out: out.join('\n'), error: error.join('\n') }
  }
  expect((await run('seed-demo')).code).toBe(0)
  const close = async () => {
    server.close()
    server.closeAllConnections()
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  }
  const look = async (...args: string[]): Promise<Looked> => lookedAt(await run('doctor', '--json', ...args))
  return { database, deps, env, answers, run, look, close, address: addressOf(server) }
}

/** The answer taken apart; whatever is wrong comes with what to do about it, and decides the exit code. */
const lookedAt = ({ code, out, error }: { code: number; out: string; error: string }): Looked => {
  expect(error).toBe('')
  const { findings, is_sound } = JSON.parse(out) as { findings: Finding[]; is_sound: boolean }
  const failing = findings.filter(({ standing }) => standing === 'failure').map(({ check }) => check)
  expect([code, is_sound]).toEqual(failing.length === 0 ? [0, true] : [1, false])
  const told = findings.filter(({ standing }) => standing === 'failure' || standing === 'warning')
  for (const { todo } of told) expect(todo).toMatch(/.{15}/)
  return {
    code,
    findings,
    failing: [...new Set(failing)],
    todos: told.map(({ todo }) => String(todo)),
    of: (check) =>
      findings.filter((each) => each.check === check).map(({ standing, found }) => `${standing}: ${found}`),
  }
}
