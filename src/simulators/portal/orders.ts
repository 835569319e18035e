// Owns what the portal reads of its orders at the gateway. Only what it shows is looked at; whatever else is there is let through.
import { z } from 'zod'
import type { Answer, GatewayClient } from './gateway.ts'
import { portalMark } from './order-form.ts'

const dong = z.int().transform(BigInt)

export const orderSchema = z.looseObject({
  id: z.string(),
  status: z.string(),
  dossier_code: z.string(),
  procedure_name: z.string().nullable(),
  agency_code: z.string(),
  amount: dong,
  amount_paid: dong,
  amount_refunded: dong,
  payer: z.looseObject({ name: z.string() }),
  lines: z.array(
    z.looseObject({
      description: z.string(),
      unit_amount: dong,
      quantity: z.int(),
      amount: dong,
      fee_code: z.string().nullable(),
    }),
  ),
  metadata: z.record(z.string(), z.string()),
  checkout_url: z.string(),
  warnings: z.array(z.looseObject({ code: z.string(), message: z.string() })),
  paid_by: z.looseObject({ provider: z.string(), provider_reference: z.string().nullable() }).nullable(),
  created_at: z.string(),
  expires_at: z.string(),
  paid_at: z.string().nullable(),
})
export type Order = z.output<typeof orderSchema>

const eventSchema = z.looseObject({ type: z.string(), sequence: z.int(), created_at: z.string() })
export type TimelineEvent = z.output<typeof eventSchema>

const shownMax = 20

export const readOrder = (gateway: GatewayClient, id: string): Promise<Answer<Order>> =>
  gateway.call({ path: `/v1/orders/${encodeURIComponent(id)}` }, orderSchema)

/** The portal's latest orders, the newest first. */
export const listOrders = async (gateway: GatewayClient): Promise<Answer<Order[]>> => {
  const page = await gateway.call({ path: '/v1/orders?limit=100' }, z.looseObject({ data: z.array(orderSchema) }))
  if (!page.ok) return page
  return { ok: true, body: page.body.data.filter(({ metadata }) => metadata.portal === portalMark).slice(0, shownMax) }
}

/** The newest order of a dossier; null when there is none. */
export const findOrder = async (gateway: GatewayClient, dossierCode: string): Promise<Order | null> => {
  const query = new URLSearchParams({ dossier_code: dossierCode, limit: '1' })
  const page = await gateway.call({ path: `/v1/orders?${query}` }, z.looseObject({ data: z.array(orderSchema) }))
  return page.ok ? (page.body.data[0] ?? null) : null
}

/** The timeline of an order; nothing where it cannot be had. */
export const readTimeline = async (gateway: GatewayClient, id: string): Promise<TimelineEvent[]> => {
  const path = `/v1/orders/${encodeURIComponent(id)}/events?limit=100`
  const page = await gateway.call({ path }, z.looseObject({ data: z.array(eventSchema) }))
  return page.ok ? page.body.data : []
}

const deliverySchema = z.looseObject({ id: z.string(), webhook_id: z.string() })

/** Asks the gateway to send a webhook once more; false where it knows no such delivery to this endpoint. */
export const sendAgain = async (
  gateway: GatewayClient,
  { endpoint, webhookId, type }: { endpoint: string; webhookId: string; type: string },
): Promise<boolean> => {
  const query = new URLSearchParams({ webhook_endpoint: endpoint, event_type: type, limit: '100' })
  const path = '/v1/webhook_deliveries'
  const page = await gateway.call({ path: `${path}?${query}` }, z.looseObject({ data: z.array(deliverySchema) }))
  const delivery = page.ok ? page.body.data.find((one) => one.webhook_id === webhookId) : undefined
  if (!delivery) return false
  return (await gateway.call({ path: `${path}/${delivery.id}/redeliver`, method: 'POST' }, z.unknown())).ok
}
