// `npm run bench:overload [-- --front]`: finds what the gateway does at its best, asks ten times as much of it, and prints what becomes of both kinds of work: orders that portals
// place, and callbacks of payments, which come first. The gateway is the one of npm start, in a process of its own with a PostgreSQL of its own that syncs to disk; with
// --front it stands behind the proxy that is deployed before it, on the sender's side of the machine.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../src/node/commands/table.ts'
import { startEmbeddedPostgres } from '../../src/node/embedded-postgres.ts'
import { startFront } from '../kit/haproxy.ts'
import { type StartedGateway, startGatewayProcess } from '../kit/started-gateway.ts'
import { signedVnpayCallback } from '../kit/vnpay-callback.ts'
import { processorSeconds, separateCores } from './cores.ts'
import { watchMemory } from './memory.ts'
import { createOpenLoop, type OpenLoop, type Shot, type Told } from './open-loop.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    step: { type: 'string', default: '5' },
    callbacks: { type: 'string', default: '0.1' },
    times: { type: 'string', default: '10' },
    // Orders per second at which the ramp begins.
    from: { type: 'string', default: '10' },
    // Without waiting for the disk: for a machine whose disk is busy with something else.
    'no-sync': { type: 'boolean', default: false },
    front: { type: 'boolean', default: false },
    // How often the peak and the overload are measured, in turn.
    rounds: { type: 'string', default: '3' },
  },
})
const [seconds, stepSeconds, callbackShare, times, rounds] = [
  values.seconds,
  values.step,
  values.callbacks,
  values.times,
  values.rounds,
].map(Number) as [number, number, number, number, number]

/** An order that is answered later than this is no use to whoever placed it. */
const goodMs = 5_000
const amount = 200_000

type Parts = { gateway: StartedGateway; loop: OpenLoop; token: string; callbacks: string[] }

const main = async (): Promise<void> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'lephi-overload-'))
  await chmod(dataDir, 0o711)
  const server = values['no-sync']
    ? await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), durable: false })
    : null
  const cores = separateCores()
  cores.keepTo('served')
  const gateway = await startGatewayProcess(
    {
      LEPHI_DATA_DIR: dataDir,
      ...(server ? { DATABASE_URL: server.url, LEPHI_MODE: 'demo' } : {}),
      LEPHI_RATE_READ: '10000000',
      LEPHI_RATE_WRITE: '10000000',
      LEPHI_LOG_LEVEL: 'error',
    },
    { isDescribed: false },
  )
  cores.keepTo('sender')
  const { hostname, port, host } = new URL(gateway.url)
  const front = values.front
    ? await startFront({ gateways: [host, host], publicUrl: gateway.url, certificate: null })
    : null
  const loop = createOpenLoop({ host: hostname, port: front?.ports.public ?? Number(port), connectionsMax: 2_000 })
  const parts: Parts = { gateway, loop, token: await gateway.token('portal'), callbacks: [] }
  try {
    await measure(parts, cores.said)
  } finally {
    loop.close()
    await front?.stop()
    await gateway.end('SIGTERM')
    await server?.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Callbacks come in proportion to the orders that can be placed, however many are asked for. */
const share = (perSecond: number): number => Math.max(1, perSecond * callbackShare)

type Load = { name: string; perSecond: number; callbacksPerSecond: number; seconds: number }

const measure = async (parts: Parts, placed: string): Promise<void> => {
  console.log(
    `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, load average ${loadavg()[0]?.toFixed(1)} before it began${values['no-sync'] ? ', PostgreSQL without fsync' : ''}; ${placed}${values.front ? ', and the proxy in front' : ''}`,
  )
  await warmUp(parts)
  const rows: Row[] = []
  let peak: Row | undefined
  for (let perSecond = Number(values.from); ; perSecond = Math.round(perSecond * 1.3)) {
    const row = await load(parts, {
      name: 'ramp',
      perSecond,
      callbacksPerSecond: share(Math.min(perSecond, peak?.goodput ?? perSecond)),
      seconds: stepSeconds,
    })
    rows.push(row)
    if (!peak || row.goodput > peak.goodput) peak = row
    // Past the top, and well past it: what is asked is half as much again as the best that was done.
    if (row.perSecond > peak.goodput * 1.5 && rows.length > 3) break
  }
  const best = peak?.goodput ?? 0
  // The best of some short spans was a lucky one: the peak is what is kept up for as long as the overload, at a little more than was done. Both in turn, so that a disk
  // that others use slows both down.
  const [held, overload]: [Row[], Row[]] = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    held.push(await load(parts, { name: 'held', perSecond: best * 1.2, callbacksPerSecond: share(best), seconds }))
    const perSecond = mean(held, 'goodput') * times
    overload.push(await load(parts, { name: `${times}×`, perSecond, callbacksPerSecond: share(best), seconds }))
  }
  const after = await load(parts, {
    name: 'after',
    perSecond: best / 2,
    callbacksPerSecond: share(best / 2),
    seconds: stepSeconds,
  })
  print([...rows, ...held.flatMap((row, round) => [row, overload[round] ?? row]), after])
  console.log('\nOrders placed in each second:')
  for (const row of [...held, ...overload])
    console.log(`${row.name} ${row.perSecond.toFixed(0)}/s: ${row.bySecond.join(' ')}`)
  const [usual, atMost] = [mean(held, 'goodput'), mean(overload, 'goodput')]
  const answered = mean(overload, 'callbacksGood')
  const shed = overload.reduce((sum, row) => sum + row.shed, 0)
  const others = overload.flatMap((row) => Object.entries(row.others))
  console.log(
    `\nPeak ${usual.toFixed(0)} orders/s, kept up for ${seconds} s, ${rounds} times. At ${times} times as many: ${atMost.toFixed(0)} orders/s (${((atMost / usual) * 100).toFixed(0)} % of the peak), ` +
      `${shed} told to come again, callbacks answered ${(answered * 100).toFixed(1)} %, p50 ${mean(overload, 'callback50').toFixed(0)} ms, p99 ${mean(overload, 'callback99').toFixed(0)} ms; ` +
      `${others.length === 0 ? 'no other failure' : `other answers ${JSON.stringify(others)}`}.`,
  )
  if (atMost / usual < 0.8 || answered < 1) process.exitCode = 1
}

const mean = (rows: readonly Row[], what: 'goodput' | 'callbacksGood' | 'callback50' | 'callback99'): number =>
  rows.reduce((sum, row) => sum + row[what], 0) / rows.length

type Row = {
  name: string
  perSecond: number
  /** Orders placed in time, by second. */
  goodput: number
  /** The same, second by second: a mean hides seconds in which nothing was done. */
  bySecond: number[]
  order50: number
  order99: number
  shed: number
  others: Record<string, number>
  callbacksGood: number
  callback50: number
  callback99: number
  /** Cores that each kept busy. */
  processor: { gateway: number; database: number; sender: number }
  peakMiB: number
}

const load = async (parts: Parts, { name, perSecond, callbacksPerSecond, seconds: span }: Load): Promise<Row> => {
  const callbacks = await prepareCallbacks(parts, Math.ceil(callbacksPerSecond * span))
  const every = Math.max(2, Math.round((perSecond + callbacksPerSecond) / callbacksPerSecond))
  const next = (index: number): Shot => {
    const callback = index % every === 0 ? callbacks.pop() : undefined
    return callback
      ? { kind: 'callback', request: get(parts, callback) }
      : { kind: 'order', request: placeOrder(parts) }
  }
  const memory = watchMemory(parts.gateway.process.pid ?? 0)
  const pid = parts.gateway.process.pid ?? 0
  const [before, ownBefore] = [processorSeconds(pid), process.cpuUsage()]
  const told = await parts.loop.run({ perSecond: perSecond + callbacksPerSecond, seconds: span, next })
  const [after, own] = [processorSeconds(pid), process.cpuUsage(ownBefore)]
  const processor = {
    gateway: (after.own - before.own) / span,
    database: (after.below - before.below) / span,
    sender: (own.user + own.system) / 1e6 / span,
  }
  return { name, perSecond, ...sumUp(told, span), processor, peakMiB: memory.end() }
}

const sumUp = (told: readonly Told[], span: number): Omit<Row, 'name' | 'perSecond' | 'peakMiB' | 'processor'> => {
  const orders = told.filter(({ kind }) => kind === 'order')
  const placed = orders.filter(({ status, ms }) => status === 201 && ms <= goodMs)
  const callbacks = told.filter(({ kind }) => kind === 'callback')
  const answered = callbacks.filter(({ status }) => status === 200)
  const others: Record<string, number> = {}
  for (const { kind, status } of told)
    if (status !== 503 && !(status === 201 && kind === 'order') && !(status === 200 && kind === 'callback'))
      others[`${kind} ${status}`] = (others[`${kind} ${status}`] ?? 0) + 1
  return {
    goodput: placed.length / span,
    bySecond: bySecond(placed, span),
    order50: quantile(placed, 0.5),
    order99: quantile(placed, 0.99),
    shed: told.filter(({ status }) => status === 503).length,
    others,
    callbacksGood: callbacks.length === 0 ? 1 : answered.length / callbacks.length,
    callback50: quantile(answered, 0.5),
    callback99: quantile(answered, 0.99),
  }
}

const bySecond = (told: readonly Told[], span: number): number[] => {
  const counts = Array.from({ length: Math.ceil(span) }, () => 0)
  for (const { at } of told) {
    const second = Math.floor(at / 1_000)
    if (second < counts.length) counts[second] = (counts[second] ?? 0) + 1
  }
  return counts
}

const quantile = (told: readonly Told[], share: number): number => {
  const sorted = told.map(({ ms }) => ms).sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

const print = (rows: readonly Row[]): void => {
  const columns = [
    'load',
    'asked/s',
    'orders/s',
    'p50 ms',
    'p99 ms',
    'shed',
    'callbacks',
    'p50 ms',
    'p99 ms',
    'cores: gateway, PostgreSQL, sender',
    'MiB',
    'others',
  ]
  const lines = table(
    columns,
    rows.map((row) => [
      row.name,
      row.perSecond.toFixed(0),
      row.goodput.toFixed(0),
      row.order50.toFixed(0),
      row.order99.toFixed(0),
      String(row.shed),
      `${(row.callbacksGood * 100).toFixed(1)} %`,
      row.callback50.toFixed(0),
      row.callback99.toFixed(0),
      [row.processor.gateway, row.processor.database, row.processor.sender].map((cores) => cores.toFixed(2)).join(', '),
      String(row.peakMiB),
      JSON.stringify(row.others),
    ]),
  )
  for (const line of lines) console.log(line)
}

let orders = 0

const order = () => {
  orders += 1
  return JSON.stringify({
    dossier_code: `H56.12.03-261122-${String(orders % 10_000).padStart(4, '0')}`,
    agency_code: 'H56.12.03',
    payer: { name: 'Nguyễn Thị Lan' },
    lines: [{ fee_code: 'PHI-LLTP', kind: 'phi', description: 'Phí cấp phiếu lý lịch tư pháp', unit_amount: amount }],
    return_url: 'https://portal.example.vn/dossiers/42',
  })
}

const placeOrder = ({ gateway, token }: Parts): string => {
  const body = order()
  const { host } = new URL(gateway.url)
  return (
    `POST /v1/orders HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\n` +
    `idempotency-key: bench-${orders}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  )
}

const get = ({ gateway }: Parts, path: string): string =>
  `GET ${path} HTTP/1.1\r\nhost: ${new URL(gateway.url).host}\r\n\r\n`

/** Payments that are under way, each with the callback that its provider will send. */
const prepareCallbacks = async ({ gateway, token }: Parts, count: number): Promise<string[]> => {
  const account = (await gateway.demo()).merchant_accounts.vnpay
  if (!account) throw new Error('the demo has no such account')
  const post = async (path: string, body: string): Promise<Record<string, unknown>> => {
    orders += 1
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': `prepare-${orders}`,
    }
    let answer = await fetch(`${gateway.url}${path}`, { method: 'POST', headers, body })
    // What is left of the phase before may still be waiting.
    for (; answer.status === 503; answer = await fetch(`${gateway.url}${path}`, { method: 'POST', headers, body }))
      await new Promise((resolve) => setTimeout(resolve, 1_000 * Number(answer.headers.get('retry-after') ?? 1)))
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Record<string, unknown>
  }
  const callbacks: string[] = []
  for (let index = 0; index < count; index += 1) {
    const { id } = await post('/v1/orders', order())
    const attempt = await post(`/v1/orders/${id}/attempts`, JSON.stringify({ provider: 'vnpay' }))
    callbacks.push(
      signedVnpayCallback(account, String(attempt.merchant_reference), amount, String(20_000_000 + orders)),
    )
  }
  return callbacks
}

const warmUp = async (parts: Parts): Promise<void> => {
  await load(parts, { name: 'warm', perSecond: 100, callbacksPerSecond: 10, seconds: 5 })
}

await main()
