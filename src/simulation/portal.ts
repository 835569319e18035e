/** The service portal: receives webhooks and loses some, and reads the feed of events, which must hold whatever a webhook told. */
import type { FetchPort } from '../providers/contract.ts'
import type { Caller } from './caller.ts'
import type { Random } from './random.ts'
import { rowsOf, type World } from './world.ts'

export const portalUrl = 'https://portal.town/webhooks'

const usualTypes = ['order.paid', 'order.expired', 'refund.succeeded']

/** Asks the gateway for the webhooks that matter to a portal, or for those of every kind. */
export const subscribe = async (portal: Caller, random: Random): Promise<void> => {
  const json = { url: portalUrl, ...(random.chance(0.25) ? {} : { event_types: usualTypes }) }
  const answer = await portal({ path: '/v1/webhook_endpoints', json, key: 'subscribe' })
  if (answer?.status !== 201) throw new Error(`the portal gets no webhooks: ${JSON.stringify(answer)}`)
}

/** Where webhooks arrive. */
export const receiveWebhooks = (world: World): FetchPort => {
  let delivered = 0
  return (_, init) => {
    delivered += 1
    const lost = world.faults.take('webhook_lost', delivered)
    const refused = world.faults.take('webhook_refused', delivered)
    return world.network.carry({ road: lost ? 'lost_back' : 'open', label: 'webhook', init }, async () => {
      if (refused) return new Response(null, { status: 503 })
      const id = new Headers(init.headers).get('webhook-id')
      if (id !== null) world.seen.webhooks.add(id)
      return new Response(null, { status: 204 })
    })
  }
}

const pageLimit = 100

/** Every event that the feed has, by id, from the first; null when the gateway did not answer. */
export const readFeed = async (portal: Caller): Promise<ReadonlyMap<string, string> | null> => {
  const found = new Map<string, string>()
  for (let after = ''; ; ) {
    const answer = await portal({ path: `/v1/events?limit=${pageLimit}&after=${encodeURIComponent(after)}` })
    if (answer?.status !== 200) return null
    const rows = rowsOf(answer.body.data)
    for (const row of rows) found.set(String(row.id), String(row.type))
    const last = rows.at(-1)
    if (!last) return found
    after = String(last.id)
  }
}
