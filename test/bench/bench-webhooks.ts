// How fast webhooks that are due leave for one portal, beside plain POSTs of bodies of that length to the same server, as many at once.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { runClosed } from './closed-loop.ts'
import { openRequests } from './requests.ts'
import type { Row, Told } from './rows.ts'
import type { Stage } from './stage.ts'

/** The gateway has three at once under way to one endpoint (flows/deliver-webhooks.ts). */
const together = 3
const patienceMs = 120_000

export const measureWebhooks = async (stage: Stage, count: number, told: Told): Promise<Row[]> => {
  let received = 0
  let bodyBytes = 0
  const sink = createServer((request, response) => {
    request.on('data', (bytes: Buffer) => {
      bodyBytes += bytes.length
    })
    request.on('end', () => {
      received += 1
      response.writeHead(204).end()
    })
  }).listen(0, '127.0.0.1')
  await once(sink, 'listening')
  const { port } = sink.address() as { port: number }
  try {
    const gateway = stage.gateway()
    const from = new Date()
    const url = `http://127.0.0.1:${port}/webhooks`
    const made = await gateway.call(
      'portal',
      '/v1/webhook_endpoints',
      { url },
      { 'idempotency-key': `bench-endpoint-${port}` },
    )
    if (made.status !== 201) throw new Error(`the endpoint was not made: ${JSON.stringify(made.json)}`)
    told(`webhooks: ${count} orders`)
    const requests = await openRequests(gateway)
    const place = { host: '127.0.0.1', port: Number(new URL(gateway.url).port) }
    await runClosed(place, { callers: 8, requests: Array.from({ length: count }, () => requests.order()) })
    await until(() => received >= count)
    const to = new Date(Date.now() + 1_000)
    await pause(1_000)
    told('webhooks: all of them again')
    received = 0
    bodyBytes = 0
    const beganAt = performance.now()
    const range = { from: from.toISOString(), to: to.toISOString() }
    const again = await gateway.call('portal', `/v1/webhook_endpoints/${made.json.id}/redeliver`, range)
    const due = Number(again.json.redelivered)
    if (again.status !== 202 || !(due > 0)) throw new Error(`nothing is due again: ${JSON.stringify(again.json)}`)
    await until(() => received >= due)
    const ours = due / ((performance.now() - beganAt) / 1_000)
    const body = 'x'.repeat(Math.round(bodyBytes / received))
    const plain = `POST /webhooks HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    const floor = await runClosed(
      { host: '127.0.0.1', port },
      { callers: together, requests: Array.from({ length: due }, () => plain) },
    )
    return [
      {
        what: 'webhooks to one portal',
        clients: together,
        ours,
        floor: floor.perSecond,
        unit: '/s',
        p50: null,
        p99: null,
        peakMiB: null,
      },
    ]
  } finally {
    sink.closeAllConnections()
    sink.close()
  }
}

const until = async (isSo: () => boolean): Promise<void> => {
  const deadline = performance.now() + patienceMs
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error('the webhooks did not come in time')
    await pause(5)
  }
}
