// The citizens' part: orders are placed, payments started, and each payer presses "pay" at a simulated provider.
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { GatewayClient } from './gateway-client.ts'
import type { PlannedPayment } from './story.ts'

export type MadePayment = PlannedPayment & {
  order: string
  /** Ours, as the provider knows the payment. */
  reference: string
  /** When the provider took the money. */
  paidAt: Date
}

const order = z.looseObject({ id: z.string(), amount: z.int(), warnings: z.array(z.object({ code: z.string() })) })
const attempt = z.looseObject({
  merchant_reference: z.string(),
  action: z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('redirect'), url: z.string() }),
    z.looseObject({ type: z.literal('form'), url: z.string(), fields: z.record(z.string(), z.string()) }),
    z.looseObject({ type: z.literal('qr'), payload: z.string() }),
  ]),
})
type Action = z.output<typeof attempt>['action']

const completed = z.looseObject({ occurred_at: z.string() })

/** Places the order, starts an attempt, orders the fault for it, and pays. */
export async function payOrder(
  gateway: GatewayClient,
  planned: PlannedPayment,
  { number, day }: { number: number; day: string },
): Promise<MadePayment> {
  const placed = await gateway.call('portal', placing(planned, { number, day }), order)
  if (BigInt(placed.amount) !== planned.amount)
    throw new Error(`the order is over ${placed.amount}, not ${planned.amount}`)
  if (placed.warnings.length > 0) throw new Error(`the order has warnings: ${JSON.stringify(placed.warnings)}`)
  const starting = { path: `/v1/orders/${placed.id}/attempts`, json: { provider: planned.provider } }
  const { merchant_reference: reference, action } = await gateway.call('portal', starting, attempt)
  if (planned.fault !== null) {
    const fault = { fault: planned.fault, merchant_reference: reference }
    await gateway.open({ path: `/simulators/${planned.provider}/faults`, json: fault }, z.unknown())
  }
  const payUrl = await goToProvider(gateway, action)
  const paid = await gateway.open(
    {
      path: `/simulators/${planned.provider}/payments/${encodeURIComponent(reference)}/complete`,
      json: { result: 'success', ...(payUrl === null ? {} : { pay_url: payUrl }) },
    },
    completed,
  )
  return { ...planned, order: placed.id, reference, paidAt: new Date(paid.occurred_at) }
}

/** What brings the payment before the provider: an address, a code that is scanned, or a form that is posted; null where nothing is left to be shown. */
const goToProvider = async (gateway: GatewayClient, action: Action): Promise<string | null> => {
  if (action.type === 'redirect') return action.url
  if (action.type === 'qr') return action.payload
  await gateway.post(action.url, action.fields)
  return null
}

const placing = (planned: PlannedPayment, { number, day }: { number: number; day: string }) => ({
  path: '/v1/orders',
  headers: { 'idempotency-key': randomUUID() },
  json: {
    dossier_code: `${planned.agencyCode}-${day.slice(2).replaceAll('-', '')}-${String(number).padStart(4, '0')}`,
    procedure_code: planned.procedureCode,
    procedure_name: planned.procedureName.slice(0, 150),
    agency_code: planned.agencyCode,
    // A receipt of the national platform is in somebody's name and number.
    payer: { name: planned.payer, identity_number: `038190${String(number).padStart(6, '0')}` },
    lines: planned.lines,
    return_url: 'https://portal.example.vn/dossiers',
  },
})

const shownOrder = z.looseObject({ status: z.string(), amount_paid: z.int() })
export type ShownOrder = { status: string; amountPaid: bigint }

export async function readOrder(gateway: GatewayClient, id: string): Promise<ShownOrder> {
  const { status, amount_paid } = await gateway.call('portal', { path: `/v1/orders/${id}` }, shownOrder)
  return { status, amountPaid: BigInt(amount_paid) }
}

/** Asks again and again until `isDone`, at most `seconds`; false when it did not come to that. */
export async function waitUntil(isDone: () => Promise<boolean>, seconds: number): Promise<boolean> {
  const deadline = performance.now() + seconds * 1_000
  while (!(await isDone())) {
    if (performance.now() > deadline) return false
    await pause(500)
  }
  return true
}
