// Prometheus and its promtool, as strangers who read what we write. They come from the system's packages; where there are none, the tests say so and do not run, but on CI they fail.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, beforeEach } from 'vitest'
import { freePort } from '../../src/node/postgres-server.ts'

const missing = 'there is no Prometheus on this machine: apt-get install prometheus'

const findProgram = (name: string): string | null =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/bin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path)) ?? null

/** For the tests of this file, or of a group of them. */
export const needPrometheus = (): void => {
  const isThere = ['promtool', 'prometheus'].every((name) => findProgram(name) !== null)
  beforeAll(() => {
    if (!isThere && process.env.CI) throw new Error(missing)
  })
  beforeEach(({ skip }) => {
    if (!isThere) skip(missing)
  })
}

/** What promtool says, and whether it was content. */
export const promtool = (args: readonly string[], input = ''): { isContent: boolean; said: string } => {
  const program = findProgram('promtool')
  if (!program) throw new Error(missing)
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8', timeout: 60_000 })
  return { isContent: status === 0, said: `${stdout}${stderr}` }
}

export type Scraped = {
  /** What Prometheus asked for. */
  accept: string
  /** Why the scrape failed; empty where it did not. */
  error: string
  examples: readonly { trace: string; value: string }[]
  /** The value of a query, by the text of its labels. */
  values: Readonly<Record<string, string>>
}

const knownWithinMs = 40_000

/** Lets a real Prometheus fetch what `answer` makes of its Accept header, and answers what it has read. */
export const scrapeOnce = async (
  answer: (accept: string) => Promise<Response>,
  { examplesOf, valuesOf }: { examplesOf: string; valuesOf: string },
): Promise<Scraped> => {
  const program = findProgram('prometheus')
  if (!program) throw new Error(missing)
  let accept = ''
  const target = createServer((request, response) => {
    accept = String(request.headers.accept)
    void answer(accept).then(async (made) => {
      response.writeHead(made.status, { 'content-type': made.headers.get('content-type') ?? '' })
      response.end(await made.text())
    })
  })
  await once(target.listen(0, '127.0.0.1'), 'listening')
  const folder = await mkdtemp(join(tmpdir(), 'lephi-prometheus-'))
  const port = await freePort()
  const { port: targetPort } = target.address() as AddressInfo
  await writeFile(join(folder, 'prometheus.yml'), settings(targetPort))
  const child = spawn(
    program,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  )
  const ended = once(child, 'exit')
  try {
    const error = await firstScrape(port)
    const examples = (await ask(port, 'query_exemplars', {
      query: examplesOf,
      start: '0',
      end: String(4_000_000_000),
    })) as {
      exemplars: { labels: { trace_id: string }; value: string }[]
    }[]
    const { result } = (await ask(port, 'query', { query: valuesOf })) as {
      result: { metric: Record<string, string>; value: [number, string] }[]
    }
    return {
      accept,
      error,
      examples: examples.flatMap(({ exemplars }) =>
        exemplars.map(({ labels, value }) => ({ trace: labels.trace_id, value })),
      ),
      values: Object.fromEntries(result.map(({ metric, value }) => [JSON.stringify(metric), value[1]])),
    }
  } finally {
    child.kill('SIGTERM')
    await ended
    target.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const settings = (port: number): string => `global:
  scrape_interval: 1s
scrape_configs:
  - job_name: lephi
    static_configs:
      - targets: ['127.0.0.1:${port}']
`

const ask = async (port: number, what: string, parameters: Record<string, string>): Promise<unknown> => {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${what}?${new URLSearchParams(parameters)}`)
  return ((await answer.json()) as { data: unknown }).data
}

/** Waits until the target was fetched once; answers what Prometheus had against it. */
const firstScrape = async (port: number): Promise<string> => {
  const deadline = performance.now() + knownWithinMs
  while (performance.now() < deadline) {
    const data = (await ask(port, 'targets', {}).catch(() => null)) as {
      activeTargets: { health: string; lastError: string }[]
    } | null
    const target = data?.activeTargets?.[0]
    if (target && target.health !== 'unknown') return target.lastError
    await pause(100)
  }
  throw new Error('Prometheus has not fetched anything')
}
