// Events on a developer's machine: a real feed, a real receiver that fails as such receivers do, and the command around them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventsOf, nothingKept, takeEvent, takeWebhook } from '../../demo/consumer/check-events.ts'
import { runCommand } from '../../src/node/commands/run-command.ts'
import { forwardFeed } from '../../src/node/listen/forward-feed.ts'
import { openFeed } from '../../src/node/listen/read-feed.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { createClock } from '../kit/deps.ts'
import { placeTestOrder } from '../kit/orders.ts'
import { listenOn, type Served, serveApp } from '../kit/served-app.ts'

let gateway: TestApp
let served: Served
let receiver: Served
let dataDir: string
let client: { client_id: string; client_secret: string }
type Received = { headers: Record<string, string>; body: string }
let received: Received[]
/** What the receiver answers, by how many it has had; null breaks the connection. */
let answers: (count: number) => number | null

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const ladderSeconds = [0.01, 0.01, 0.01, 0.01]
let dossiers = 0
const place = () => {
  dossiers += 1
  return placeTestOrder(gateway.deps, {
    dossierCode: `H56.12.03-261122-${8_000 + dossiers}`,
    metadata: { '2': 'b', '1': 'a' },
  })
}

beforeAll(async () => {
  gateway = await startTestApp({ clock: createClock(new Date().toISOString()) })
  served = await serveApp(gateway)
  receiver = await listenOn(async ({ headers }, body) => {
    received.push({
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `${value}`])),
      body,
    })
    const status = answers(received.length)
    return status === null ? null : { status }
  })
  const made = await gateway.client(['orders:read'])
  client = { client_id: made.clientId, client_secret: made.secret }
  await place()
  await place()
})
afterAll(async () => {
  served.close()
  receiver.close()
  await gateway.close()
})
beforeEach(async () => {
  received = []
  answers = () => 204
  dataDir = await mkdtemp(join(tmpdir(), 'lephi-listen-'))
  await writeFile(join(dataDir, 'client.json'), JSON.stringify(client))
  return () => rm(dataDir, { recursive: true, force: true })
})

const follow = (more: Partial<Parameters<typeof forwardFeed>[0]> = {}) => {
  const controller = new AbortController()
  const { signal } = controller
  const said: string[] = []
  const lines: { id: string; tries: number; isTaken: boolean }[] = []
  const ended = forwardFeed({
    feed: openFeed(served.url, client, signal),
    after: null,
    url: `${receiver.url}/hook`,
    secret,
    signal,
    isOnce: true,
    ladderSeconds,
    tell: (text) => void said.push(text),
    done: async ({ id }, { tries, isTaken }) => void lines.push({ id, tries, isTaken }),
    ...more,
  })
  return { ended, said, lines, controller }
}

describe('what is forwarded', () => {
  it('is what a webhook would be, in the order of the feed, and agrees with it to the byte', async () => {
    const { ended } = follow()
    const { taken, givenUp } = await ended
    const answer = await gateway.request('/v1/events', { token: await gateway.token(['orders:read']) })
    const events = eventsOf(await answer.text())
    expect([taken, givenUp]).toEqual([events.length, 0])
    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual(events.map(({ id }) => id))
    const kept = nothingKept()
    for (const event of events) takeEvent(kept, event)
    expect(received.flatMap((webhook) => takeWebhook(kept, webhook, secret))).toEqual([])
  })

  it('comes again where it was refused, or where the line broke, and is told of', async () => {
    answers = (count) => (count === 2 ? null : count === 1 ? 503 : 200)
    const { ended, said, lines } = follow()
    expect((await ended).givenUp).toBe(0)
    expect(lines.map(({ tries }) => tries)).toEqual([3, ...lines.slice(1).map(() => 1)])
    expect(said).toEqual([
      expect.stringMatching(/^order\.created evt_\w+: 503, again in 0\.01 s$/),
      expect.stringMatching(/^order\.created evt_\w+: unreachable, again in 0\.01 s$/),
    ])
    const again = received.slice(0, 3)
    expect(new Set(again.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    for (const { headers, body } of again) expect(() => new Webhook(secret).verify(body, headers)).not.toThrow()
  })

  it('is given up after five tries, or at once where the receiver wants it no more, and the next one follows', async () => {
    answers = (count) => (count <= 5 ? 500 : 410)
    const { ended, lines } = follow()
    expect(await ended).toMatchObject({ taken: 0, givenUp: lines.length, after: lines.at(-1)?.id })
    expect(lines.map(({ tries }) => tries)).toEqual([5, ...lines.slice(1).map(() => 1)])
    expect(lines.length).toBeGreaterThan(1)
  })

  it('is not done with when it ends between two tries', async () => {
    answers = () => 503
    const { ended, lines, controller } = follow({ ladderSeconds: [60], tell: () => controller.abort() })
    expect(await ended).toEqual({ taken: 0, givenUp: 0, after: null })
    expect(lines).toEqual([])
  })
})

const env = () => ({ LEPHI_DATA_DIR: dataDir })
const options = () => [
  'listen',
  '--forward-to',
  `${receiver.url}/hook`,
  '--gateway',
  served.url,
  '--client-file',
  join(dataDir, 'client.json'),
]
const run = async (...args: string[]) => {
  const out: string[] = []
  const error: string[] = []
  const code = await runCommand(args, env(), { out: (line) => out.push(line), error: (line) => error.push(line) })
  return { code, out, error: error.join('\n') }
}

describe('npx lephi listen', () => {
  it('begins with what comes, and goes on where it was, signing as before', async () => {
    expect(await run(...options(), '--once')).toMatchObject({ code: 0, out: [expect.stringMatching(/^0 events/)] })
    const order = await place()
    const first = await run(...options(), '--once', '--json')
    expect(first.code).toBe(0)
    const [line, summary, ...more] = first.out.map((text) => JSON.parse(text))
    expect(line).toMatchObject({ type: 'order.created', order, status: 204, error: null, tries: 1, taken: true })
    expect([summary, more]).toEqual([{ taken: 1, given_up: 0, last_event: line.event }, []])
    await place()
    const second = await run(...options(), '--once')
    expect(second.out).toEqual([
      expect.stringMatching(/^order\.created evt_\w+ ord_\w+ → 204$/),
      expect.stringMatching(/^1 events were taken, 0 were given up; the last one is evt_\w+$/),
    ])
    const places: Record<string, { secret: string }> = JSON.parse(await readFile(join(dataDir, 'listen.json'), 'utf8'))
    const [kept] = Object.values(places)
    for (const { headers, body } of received)
      expect(() => new Webhook(kept?.secret ?? '').verify(body, headers)).not.toThrow()
    expect((await run(...options(), '--once', '--from-start')).out.length).toBeGreaterThan(4)
  })

  it('ends with 1 where something was given up or the gateway refuses, with 2 where the line is wrong', async () => {
    answers = () => 410
    const given = await run(...options(), '--once', '--from-start')
    expect([given.code, given.out[0]]).toEqual([1, expect.stringMatching(/ → 410, given up$/)])
    await writeFile(join(dataDir, 'client.json'), JSON.stringify({ ...client, client_secret: 'x'.repeat(43) }))
    const refused = await run(...options(), '--once')
    expect([refused.code, refused.error]).toEqual([1, expect.stringMatching(/gives client \w+ no token \(401\)/)])
    const wrong = async (...args: string[]) => {
      const { code, error } = await run('listen', ...args)
      expect(code).toBe(2)
      return error.split('\n')[0]
    }
    expect(await wrong()).toBe('--forward-to is missing')
    expect(await wrong('--forward-to', 'ftp://127.0.0.1/')).toBe('--forward-to must use https')
    expect(await wrong('--forward-to', 'http://portal.example.vn/')).toBe('--forward-to must use https')
    expect(await wrong('--forward-to', receiver.url)).toMatch(/^there is no .*demo\.json: npm start writes it/)
    expect(await wrong('--forward-to', receiver.url, '--gateway', 'nowhere', '--client-file', 'x')).toMatch(
      /^--gateway /,
    )
    expect(await wrong('--forward-to', receiver.url, '--gateway', served.url)).toBe('--client-file is missing')
    await writeFile(join(dataDir, 'client.json'), '{}')
    expect(await wrong(...options().slice(1))).toMatch(/^--client-file: needs client_id and client_secret/)
  })

  it('goes on until Ctrl-C, and ends cleanly then', { timeout: 120_000 }, async () => {
    const script = join(packageRoot(), 'scripts', 'run.mjs')
    const child = spawn(process.execPath, [script, 'src/cli.ts', ...options(), '--from-start'], {
      env: { ...process.env, ...env(), DATABASE_URL: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const lines: string[] = []
    const out = createInterface(child.stdout)
    const closed = once(out, 'close')
    out.on('line', (line) => {
      lines.push(line)
      if (lines.length === 2) child.kill('SIGINT')
    })
    const [code] = await once(child, 'exit')
    await closed
    expect([code, lines.at(-1)]).toEqual([
      0,
      expect.stringMatching(/^\d+ events were taken, 0 were given up; the last one is evt_/),
    ])
  })
})
