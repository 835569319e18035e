// The portal's end of the webhooks: a small server that believes only what is signed.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { z } from 'zod'

export type WebhookListener = {
  /** To be registered at the gateway. */
  url: string
  /** From now on messages are verified with this secret; before, none is accepted. */
  trust: (secret: string) => void
  /** What was received with a good signature, each message once. */
  received: readonly ReceivedEvent[]
  /** Messages whose signature did not hold. */
  refusedCount: () => number
  close: () => void
}

export type ReceivedEvent = { type: string; order: string | null }

const bodyBytesMax = 256 * 1024
const message = z.object({ type: z.string(), data: z.looseObject({ id: z.string() }) })

/** Listens on a free port of this machine. */
export async function listenForWebhooks(): Promise<WebhookListener> {
  const received: ReceivedEvent[] = []
  const seen = new Set<string>()
  let webhook: Webhook | null = null
  let refused = 0
  const server = createServer(async (request, response) => {
    const body = await readBody(request)
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    try {
      if (!webhook) throw new Error('no secret yet')
      // Over the bytes as they came: an object that was parsed and written again has another signature.
      webhook.verify(body, headers)
    } catch {
      refused += 1
      response.writeHead(401).end()
      return
    }
    const id = headers['webhook-id'] ?? ''
    if (!seen.has(id)) {
      seen.add(id)
      const { type, data } = message.parse(JSON.parse(body))
      received.push({ type, order: data.id.startsWith('ord_') ? data.id : null })
    }
    response.writeHead(204).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/webhooks`,
    trust: (secret) => {
      webhook = new Webhook(secret)
    },
    received,
    refusedCount: () => refused,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > bodyBytesMax) return ''
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}
