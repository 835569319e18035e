// The portal's end of the webhooks: believes only what is signed, and counts each event once however often it comes.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { z } from 'zod'
import { readAll } from './front.ts'
import type { Moments } from './moments.ts'

export type WebhookInbox = {
  handle: (request: IncomingMessage, response: ServerResponse) => void
  /** From now on messages are verified with this secret; before, none is accepted. */
  trust: (secret: string) => void
  /** By the event's id. */
  received: ReadonlyMap<string, ReceivedEvent>
  /** Orders that have been paid, in the order in which it was heard; each is taken once. */
  takePaid: () => string | undefined
  tally: { messages: number; repeated: number; badSignatures: number; changed: number }
}

export type ReceivedEvent = { type: string; body: string }

const message = z.looseObject({ type: z.string(), data: z.looseObject({ id: z.string().optional() }) })

export const openWebhookInbox = (moments: Moments): WebhookInbox => {
  const received = new Map<string, ReceivedEvent>()
  const paid: string[] = []
  const tally = { messages: 0, repeated: 0, badSignatures: 0, changed: 0 }
  let webhook: Webhook | null = null
  const take = async (request: IncomingMessage): Promise<number> => {
    const body = (await readAll(request)).toString('utf8')
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    try {
      if (!webhook) throw new Error('no secret yet')
      webhook.verify(body, headers)
    } catch {
      tally.badSignatures += 1
      return 401
    }
    moments.tell('webhook', { gateway: null })
    tally.messages += 1
    const id = headers['webhook-id'] ?? ''
    const known = received.get(id)
    if (known) {
      tally.repeated += 1
      if (known.body !== body) tally.changed += 1
      return 204
    }
    const { type, data } = message.parse(JSON.parse(body))
    received.set(id, { type, body })
    if (type === 'order.paid' && data.id) paid.push(data.id)
    return 204
  }
  return {
    handle: (request, response) => {
      take(request).then(
        (status) => response.writeHead(status).end(),
        // The sender was killed while it was talking.
        () => response.destroy(),
      )
    },
    trust: (secret) => {
      webhook = new Webhook(secret)
    },
    received,
    takePaid: () => paid.shift(),
    tally,
  }
}
