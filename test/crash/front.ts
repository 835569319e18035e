// The one address of the town: what providers, portals and browsers reach, like a load balancer before the gateways. The simulated providers and the portal's
// webhooks are on it as well, so that it outlives every gateway.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type Moments, momentOf } from './moments.ts'

export type Front = {
  url: string
  /** From now on what is asked goes to one of these; until then nobody serves. */
  lead: (to: Destinations) => void
  tally: FrontTally
  close: () => void
}

export type Destinations = {
  gateways: () => readonly { index: number; port: number }[]
  /** By the first part of the path, without slashes. */
  own: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>>
}

export type FrontTally = {
  forwarded: number
  /** Nobody served. */
  unserved: number
  /** The gateway was gone before it had answered. */
  cutOff: number
}

const bodyBytesMax = 32 * 1024 * 1024
const answerTimeoutMs = 60_000

export const openFront = async (moments: Moments): Promise<Front> => {
  const tally: FrontTally = { forwarded: 0, unserved: 0, cutOff: 0 }
  let destinations: Destinations = { gateways: () => [], own: {} }
  let turn = 0
  const server = createServer((incoming, response) => {
    const own = destinations.own[incoming.url?.split(/[/?]/)[1] ?? '']
    if (own) return own(incoming, response)
    turn += 1
    void forward(incoming, response, { moments, tally, gateways: rotated(destinations.gateways(), turn) })
  })
  server.keepAliveTimeout = 65_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the front has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    tally,
    lead: (to) => {
      destinations = to
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const rotated = <Item>(items: readonly Item[], by: number): Item[] => {
  const first = items.length > 0 ? by % items.length : 0
  return [...items.slice(first), ...items.slice(0, first)]
}

type Way = { moments: Moments; tally: FrontTally; gateways: readonly { index: number; port: number }[] }
type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer }

const forward = async (incoming: IncomingMessage, response: ServerResponse, way: Way): Promise<void> => {
  const body = await readAll(incoming).catch(() => null)
  if (!body) return void response.destroy()
  const moment = momentOf(incoming.method ?? '', incoming.url?.split('?')[0] ?? '')
  for (const gateway of way.gateways) {
    const asked = ask(incoming, body, gateway.port)
    if (moment) way.moments.tell(moment, { gateway: gateway.index })
    const answer = await asked
    // Only what cannot have been begun is handed to the next one: a load balancer that repeats anything else books twice by itself.
    if (answer === 'refused') continue
    way.tally.forwarded += 1
    if (answer !== 'cut off') return send(response, answer)
    way.tally.cutOff += 1
    return send(response, { status: 502, headers: {}, body: Buffer.from('the gateway is gone\n') })
  }
  way.tally.unserved += 1
  send(response, { status: 503, headers: { 'retry-after': '1' }, body: Buffer.from('no gateway serves\n') })
}

const ask = (incoming: IncomingMessage, body: Buffer, port: number): Promise<Answer | 'refused' | 'cut off'> => {
  const { promise, resolve } = Promise.withResolvers<Answer | 'refused' | 'cut off'>()
  const { connection: _hop, 'transfer-encoding': _coding, expect: _expect, ...headers } = incoming.headers
  const asked = request(
    {
      host: '127.0.0.1',
      port,
      method: incoming.method,
      path: incoming.url,
      headers: { ...headers, 'content-length': String(body.length), connection: 'close' },
      agent: false,
      timeout: answerTimeoutMs,
    },
    (answer) => {
      readAll(answer).then(
        (read) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: read }),
        () => resolve('cut off'),
      )
    },
  )
  asked.on('timeout', () => asked.destroy())
  asked.on('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'cut off'))
  asked.end(body)
  return promise
}

const send = (response: ServerResponse, { status, headers, body }: Answer): void => {
  const { connection: _hop, 'transfer-encoding': _coding, 'keep-alive': _alive, ...kept } = headers
  response.writeHead(status, { ...kept, 'content-length': String(body.length) })
  response.end(body)
}

export const readAll = async (stream: IncomingMessage): Promise<Buffer> => {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of stream as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > bodyBytesMax) throw new Error(`a body is longer than ${bodyBytesMax} bytes`)
    pieces.push(piece)
  }
  // A body that breaks off before the length that was announced for it ends a stream like one that is whole.
  if (!stream.complete) throw new Error('a body broke off')
  return Buffer.concat(pieces)
}
