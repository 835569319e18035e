/**
 * The checker looks refunds up at their provider and says what became of them. Some mornings that is sooner than a query or a file tells; at the end it is for those alone
 * of which nobody else can: what a file leaves out or tells wrongly, and what was sent when the last one had been read.
 */
import type { Office } from './office.ts'
import { dayOf } from './settlement-files.ts'
import { day, hour, type Json, rowsOf, type World } from './world.ts'

/** What of an office, and of its town, a look needs. */
export type Desk = Pick<Office, 'checker'> & {
  world: {
    schedule: Pick<World['schedule'], 'sleep'>
    seen: Pick<World['seen'], 'listedWrongly'>
    happenings: Pick<World['happenings'], 'note'>
    simulators: Pick<World['simulators'], 'ledger'>
  }
}

/** A morning's look, which the evening does not wait for. */
export const lookInTheMorning = (office: Office): void => {
  const { world } = office
  const random = world.random.fork(`looks ${dayOf(world)}`)
  if (!random.chance(0.3)) return
  world.schedule.start(`refunds in the morning after ${dayOf(world)}`, async () => {
    await world.schedule.sleep(random.int(2, 14) * hour)
    for (const refund of await underWay(office)) await lookUp(office, refund)
  })
}

/** Longer than a provider takes to carry one out, and than the gateway asks often. */
const patienceMs = 2 * day

/** The last look. `sent` are the refunds that were agreed to on this evening. */
export const lookAtLast = async (office: Desk, sent: ReadonlySet<string>): Promise<void> => {
  const { world } = office
  // What was agreed to a moment ago may not have been sent yet.
  if (sent.size === 0 && (await underWay(office)).length === 0) return
  await world.schedule.sleep(patienceMs)
  for (const refund of await underWay(office)) {
    const payment = await paymentOf(office, refund)
    const isTold = !sent.has(String(refund.id)) && !world.seen.listedWrongly.has(`${refund.provider} ${payment}`)
    if (!isTold) await lookUp(office, refund, payment)
  }
}

const underWay = async ({ checker }: Desk): Promise<Json[]> => {
  const found: Json[] = []
  for (const status of ['pending', 'unknown']) {
    const page = await checker({ path: `/v1/refunds?status=${status}&method=provider&limit=100` })
    found.push(...rowsOf(page?.body.data))
  }
  return found
}

/** Our reference of the payment that it returns. */
const paymentOf = async ({ checker }: Desk, refund: Json): Promise<string> => {
  const page = await checker({ path: `/v1/orders/${refund.order}/attempts` })
  const attempt = rowsOf(page?.body.data).find(({ id }) => String(id) === String(refund.attempt))
  return String(attempt?.merchant_reference)
}

const outcomes = { success: 'succeeded', failed: 'failed' } as const
const isOver = (status: string): status is keyof typeof outcomes => status in outcomes

/** What the provider's own books say of it; what stands in none is left alone. */
const lookUp = async (office: Desk, refund: Json, known?: string): Promise<void> => {
  const { world, checker } = office
  const payment = known ?? (await paymentOf(office, refund))
  const all = world.simulators
    .ledger(String(refund.provider))
    .filter((row) => row.kind === 'refund' && row.payment_reference === payment)
  const numbers = [refund.provider_reference, refund.merchant_reference].map(String)
  const own = all.find((row) => numbers.includes(row.provider_reference) || numbers.includes(row.merchant_reference))
  // Some know nothing of our reference: where the call was not answered it is known by its payment.
  const row = own ?? (refund.provider_reference === null && all.length === 1 ? all[0] : undefined)
  if (!row || !isOver(row.status)) return
  const said = await checker({
    path: `/v1/refunds/${refund.id}/settle`,
    json: {
      outcome: outcomes[row.status],
      ...(row.status === 'success' ? { amount: Number(row.amount) } : {}),
      provider_reference: row.provider_reference,
      note: 'Tra cứu trên cổng của đối tác',
    },
  })
  if (said?.status === 200) world.happenings.note('looks_up_refund')
}
