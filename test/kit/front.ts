// The proxy that is deployed, with TLS, before two processes that a test leads. HAProxy comes from the system's packages; where there is none, the tests say so and do not run, but on CI they fail.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { type Front, findHaproxy, missingFront, startFront } from './haproxy.ts'
import { selfSigned } from './self-signed.ts'
import { type StubGateway, startStubGateway } from './stub-gateway.ts'

export type Said = { status: number; headers: Record<string, string>; body: string }
export type Asked = { method?: string; headers?: Record<string, string>; body?: string; over?: Agent }

export type FrontUnderTest = {
  front: Front
  one: StubGateway
  two: StubGateway
  /** All that both have received. */
  received: () => StubGateway['received']
  /** One request over TLS, on whichever connection is free; `over` has connections of its own. */
  ask: (path: string, asked?: Asked) => Promise<Said>
  /** A figure of its own by what Prometheus would read, such as `haproxy_backend_current_queue{proxy="programs"}`; 0 where it is not told. */
  figure: (name: string) => Promise<number>
  /** Waits until it counts on so many processes. */
  counts: (processes: number) => Promise<void>
}

export const publicUrl = 'https://fees.example.vn'

/** Long enough for a busy machine. */
const soon = { timeout: 30_000, interval: 50 }

/** For the tests of this file. The answer may be called in a test, and no earlier; before each of them both processes are ready. */
export const useFront = (): (() => FrontUnderTest) => {
  let under: FrontUnderTest | null = null
  const ends: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    if (findHaproxy()) under = await startUnderTest(ends)
    else if (process.env.CI) throw new Error(missingFront)
  })
  beforeEach(async ({ skip }) => {
    if (!under) return skip(missingFront)
    await under.one.reset()
    await under.two.reset()
    await under.counts(2)
  })
  afterAll(async () => {
    for (const end of ends.toReversed()) await end()
  })
  return () => {
    if (!under) throw new Error(missingFront)
    return under
  }
}

const startUnderTest = async (ends: (() => Promise<unknown>)[]): Promise<FrontUnderTest> => {
  const folder = await mkdtemp(join(tmpdir(), 'lephi-front-'))
  ends.push(() => rm(folder, { recursive: true, force: true }))
  const certificate = join(folder, 'front.pem')
  await writeFile(certificate, `${selfSigned.cert}${selfSigned.key}`, { mode: 0o600 })
  const [one, two] = [await startStubGateway(), await startStubGateway()]
  ends.push(one.die, two.die)
  const gateways = [`127.0.0.1:${one.port}`, `127.0.0.1:${two.port}`] as const
  const front = await startFront({ gateways, publicUrl, certificate })
  ends.push(front.stop)
  const agent = newAgent()
  ends.push(() => agent.destroy())
  const figure = (name: string) => readFigure(front, name)
  return {
    front,
    one,
    two,
    received: () => [...one.received, ...two.received],
    ask: async (path, { method = 'GET', over = agent, ...rest } = {}) => {
      const url = `https://127.0.0.1:${front.ports.public}${path}`
      const { statusCode, headers, body } = await request(url, { method, dispatcher: over, ...rest })
      const named = Object.entries(headers).map(([name, value]) => [name, String(value)])
      return { status: statusCode, headers: Object.fromEntries(named), body: await body.text() }
    },
    figure,
    counts: (processes) =>
      expect.poll(() => figure('haproxy_backend_active_servers{proxy="programs"}'), soon).toBe(processes),
  }
}

/** As a client with connections of its own, which it keeps. */
export const newAgent = (): Agent => new Agent({ connect: { ca: selfSigned.cert } })

export const readFigures = async ({ ports }: Front): Promise<string> =>
  (await fetch(`http://127.0.0.1:${ports.figures}/metrics`)).text()

const readFigure = async (front: Front, name: string): Promise<number> => {
  const line = (await readFigures(front)).split('\n').find((each) => each.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1) ?? 0)
}
