// A gateway that nobody hears from: how long `npx lephi listen` asks, and how it ends. The waits are written down and not waited.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runCommand } from '../../src/node/commands/run-command.ts'
import { listenOn } from '../kit/served-app.ts'

const waits: number[] = []
vi.mock('node:timers/promises', () => ({ setTimeout: async (ms: number) => void waits.push(ms) }))

let dataDir: string
beforeEach(async () => {
  waits.length = 0
  dataDir = await mkdtemp(join(tmpdir(), 'lephi-silence-'))
  await writeFile(join(dataDir, 'client.json'), JSON.stringify({ client_id: 'cli_1', client_secret: 'x'.repeat(43) }))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

const listenTo = async (gateway: string) => {
  const out: string[] = []
  const error: string[] = []
  const file = join(dataDir, 'client.json')
  const line = ['listen', '--forward-to', 'http://127.0.0.1:9/hook', '--gateway', gateway, '--client-file', file]
  const code = await runCommand(
    [...line, '--json'],
    { LEPHI_DATA_DIR: dataDir },
    { out: (text) => out.push(text), error: (text) => error.push(text) },
  )
  return { code, problem: JSON.parse(out.join('')), error }
}

it.each([
  ['takes no connection', null, 'gave no answer'],
  ['answers 503 to everything', 503, 'answered 503'],
  ['answers 429 to everything', 429, 'answered 429'],
])('ends with 3 after half a minute where the gateway %s', async (_what, status, said) => {
  const server = await listenOn(async () => (status === null ? null : { status }))
  const { url } = server
  if (status === null) server.close()
  try {
    const { code, problem, error } = await listenTo(url)
    expect([code, problem]).toMatchObject([
      3,
      { code: 'unreachable', exit_code: 3, detail: expect.stringMatching(said) },
    ])
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 15_000])
    expect(error).toHaveLength(waits.length)
  } finally {
    server.close()
  }
})

it('ends with 1 and asks no more where the gateway refuses', async () => {
  const server = await listenOn(async () => ({ status: 403 }))
  try {
    const { code, problem } = await listenTo(server.url)
    expect([code, problem.code, waits]).toEqual([1, 'failed', []])
  } finally {
    server.close()
  }
})
