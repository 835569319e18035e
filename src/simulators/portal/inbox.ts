// Owns the portal's webhooks: its own endpoint at the gateway, the secret that is shown once, and what has arrived, each message once however often it came.
import { z } from 'zod'
import type { GatewayClient, Problem } from './gateway.ts'
import { type Verdict, verifyWebhook } from './verify-webhook.ts'

export interface Received {
  id: string
  type: string
  /** The order that it is about, if any. */
  order: string | null
  firstAt: Date
  lastAt: Date
  count: number
  verdict: Verdict
}

export interface Inbox {
  /** Sees to it that the gateway knows where to send; safe to call at every page. Answers why it does not, or null. */
  ensureEndpoint: () => Promise<Problem | null>
  /** The gateway's id of the endpoint; null until there is one. */
  endpoint: () => string | null
  take: (headers: Headers, body: string) => Promise<Verdict>
  /** The latest first; of one order, or all. */
  list: (order?: string) => Received[]
}

const receivedMax = 200
const refusedMax = 20

const endpointSchema = z.looseObject({ id: z.string(), url: z.string(), disabled_at: z.string().nullable() })
const messageSchema = z.looseObject({ type: z.string().max(100), data: z.looseObject({}) })

/** `url` is where the gateway finds this inbox. */
export const createInbox = ({ gateway, now, url }: { gateway: GatewayClient; now: () => Date; url: string }): Inbox => {
  let endpoint: { id: string; secret: string } | null = null
  let registering: Promise<Problem | null> | null = null
  const verified = new Map<string, Received>()
  const refused: Received[] = []
  const register = async (): Promise<Problem | null> => {
    const made = await replaceEndpoint(gateway, url)
    if ('problem' in made) return made.problem
    endpoint = made
    return null
  }
  return {
    ensureEndpoint: async () => {
      if (endpoint) return null
      registering ??= register()
      try {
        return await registering
      } finally {
        registering = null
      }
    },
    endpoint: () => endpoint?.id ?? null,
    take: async (headers, body) => {
      const at = now()
      const header = (name: string) => headers.get(name) ?? undefined
      const id = header('webhook-id')
      const signed = { id, timestamp: header('webhook-timestamp'), signature: header('webhook-signature'), body }
      const verdict = await verifyWebhook(signed, { secret: endpoint?.secret ?? null, at })
      const told = { id: id?.slice(0, 100) ?? '', ...readMessage(body) }
      const received = { ...told, firstAt: at, lastAt: at, count: 1, verdict }
      if (verdict === 'verified') keep(verified, received)
      else keepRefused(refused, received)
      return verdict
    },
    list: (order) =>
      [...verified.values(), ...(order === undefined ? refused : [])]
        .filter((received) => order === undefined || received.order === order)
        .sort((a, b) => b.lastAt.getTime() - a.lastAt.getTime()),
  }
}

/** The secret of an endpoint of before is lost with the process that was shown it, so that endpoint is given up and another one made. */
const replaceEndpoint = async (
  gateway: GatewayClient,
  url: string,
): Promise<{ id: string; secret: string } | { problem: Problem }> => {
  const path = '/v1/webhook_endpoints'
  const listed = await gateway.call({ path: `${path}?limit=100` }, z.looseObject({ data: z.array(endpointSchema) }))
  if (!listed.ok) return listed
  const former = listed.body.data.filter((one) => one.url === url && one.disabled_at === null)
  for (const { id } of former) await gateway.call({ path: `${path}/${id}`, method: 'DELETE' }, z.unknown())
  const made = await gateway.call({ path, json: { url } }, endpointSchema.extend({ secret: z.string() }))
  return made.ok ? made.body : made
}

/** The same message again is counted where it stands; what is oldest goes when there are too many. */
const keep = (verified: Map<string, Received>, received: Received): void => {
  const known = verified.get(received.id)
  if (known) {
    Object.assign(known, { count: known.count + 1, lastAt: received.lastAt })
    return
  }
  verified.set(received.id, received)
  const oldest = verified.keys().next()
  if (verified.size > receivedMax && !oldest.done) verified.delete(oldest.value)
}

/** Apart, so that no flood of forged messages pushes out a genuine one. */
const keepRefused = (refused: Received[], received: Received): void => {
  refused.push(received)
  if (refused.length > refusedMax) refused.shift()
}

/** What a message says of itself; nothing of it is believed by being read. */
const readMessage = (body: string): { type: string; order: string | null } => {
  const message = messageSchema.safeParse(parse(body))
  if (!message.success) return { type: '?', order: null }
  const { id, order } = message.data.data
  const about = [id, order].find((one) => typeof one === 'string' && one.startsWith('ord_'))
  return { type: message.data.type, order: typeof about === 'string' ? about.slice(0, 60) : null }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
