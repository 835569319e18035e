/**
 * The checker looks refunds up at their provider and says what became of them. Some mornings that is sooner than a query or a file tells. At the end it is for those alone
 * of which neither can: their protocol has no question for refunds, and no file lists them as they are, or the last one was read before they left.
 */
import { registry } from '../providers/registry.ts'
import type { LedgerRow } from '../simulators/simulator.ts'
import type { Office } from './office.ts'
import { dayOf } from './settlement-files.ts'
import { hour, type Json, rowsOf, type World } from './world.ts'

/** What of an office, and of its town, a look needs. */
export type Desk = Pick<Office, 'checker'> & {
  world: {
    schedule: Pick<World['schedule'], 'sleep'>
    seen: Pick<World['seen'], 'listedWrongly'>
    happenings: Pick<World['happenings'], 'note'>
    simulators: Pick<World['simulators'], 'ledger'>
  }
}

/** A morning's look at some of them, which the evening does not wait for. */
export const lookInTheMorning = (office: Office): void => {
  const { world } = office
  const random = world.random.fork(`looks ${dayOf(world)}`)
  if (!random.chance(0.3)) return
  world.schedule.start(`refunds in the morning after ${dayOf(world)}`, async () => {
    await world.schedule.sleep(random.int(2, 14) * hour)
    for (const refund of await listRefunds(office, ['pending', 'unknown'])) {
      const found = random.chance(0.5) ? await findAtProvider(office, refund) : null
      if (found?.row) await say(office, refund, found.row)
    }
  })
}

/** Refunds that somebody has agreed to and that have not left yet, such as those of a disputed payment: ids. */
export const notYetSent = async (office: Desk): Promise<readonly string[]> =>
  (await listRefunds(office, ['approved'])).map(({ id }) => String(id))

const [looks, betweenMs] = [5, 12 * hour]

/** The last look, some days later. `late` are the refunds that left when the last file had been read. */
export const lookAtLast = async (office: Desk, late: ReadonlySet<string>): Promise<void> => {
  const { world } = office
  for (let look = 0; ; look += 1) {
    const under = await listRefunds(office, ['approved', 'sending', 'pending', 'unknown'])
    if (under.length === 0) return
    if (look === looks) return lookAtEach(office, under, late)
    await world.schedule.sleep(betweenMs)
  }
}

const lookAtEach = async (office: Desk, refunds: readonly Json[], late: ReadonlySet<string>): Promise<void> => {
  for (const refund of refunds) {
    // Where the gateway can ask, nobody does its work for it.
    if (registry[String(refund.provider)]?.capabilities.queryRefund) continue
    const found = await findAtProvider(office, refund)
    if (!found?.row) continue
    const isUnlisted = office.world.seen.listedWrongly.has(`${refund.provider} ${found.payment}`)
    // No file lists what was refused.
    if (late.has(String(refund.id)) || isUnlisted || found.row.status === 'refused')
      await say(office, refund, found.row)
  }
}

const listRefunds = async ({ checker }: Desk, statuses: readonly string[]): Promise<Json[]> => {
  const found: Json[] = []
  for (const status of statuses) {
    const page = await checker({ path: `/v1/refunds?status=${status}&method=provider&limit=100` })
    found.push(...rowsOf(page?.body.data))
  }
  return found
}

type Found = { payment: string; row: LedgerRow | null }

/** Our reference of the payment, and the refund in its provider's own books; null when the gateway did not answer. What is not certainly this refund is none. */
const findAtProvider = async ({ checker, world }: Desk, refund: Json): Promise<Found | null> => {
  const attempts = await checker({ path: `/v1/orders/${refund.order}/attempts` })
  const siblings = await checker({ path: `/v1/orders/${refund.order}/refunds` })
  if (!attempts || !siblings) return null
  const attempt = rowsOf(attempts.body.data).find(({ id }) => String(id) === String(refund.attempt))
  if (!attempt) throw new Error(`refund ${refund.id} has no payment`)
  const payment = String(attempt.merchant_reference)
  const others = rowsOf(siblings.body.data).filter(({ id }) => String(id) !== String(refund.id))
  const taken = others.map(({ provider_reference: number }) => String(number))
  const rows = world.simulators
    .ledger(String(refund.provider))
    .filter((row) => row.kind === 'refund' && row.payment_reference === payment)
    .filter((row) => !taken.includes(row.provider_reference) && row.amount === BigInt(Number(refund.amount)))
  const isOwn = (row: LedgerRow) =>
    row.provider_reference === String(refund.provider_reference) ||
    row.merchant_reference === String(refund.merchant_reference)
  // Some know nothing of our reference: where the call was not answered it is known by its payment.
  const own = rows.find(isOwn) ?? (refund.provider_reference === null && rows.length === 1 ? rows[0] : undefined)
  return { payment, row: own ?? null }
}

const outcomes: Partial<Record<LedgerRow['status'], string>> = { success: 'succeeded', refused: 'failed' }

/** Nothing, while it is on its way. Throws when the gateway refuses what somebody has looked up, unless news came meanwhile. */
const say = async ({ checker, world }: Desk, refund: Json, row: LedgerRow): Promise<void> => {
  const outcome = outcomes[row.status]
  if (outcome === undefined) return
  const amount = row.status === 'success' ? { amount: Number(row.amount) } : {}
  const said = await checker({
    path: `/v1/refunds/${refund.id}/settle`,
    json: {
      outcome,
      ...amount,
      provider_reference: row.provider_reference || null,
      note: 'Tra cứu trên cổng của đối tác',
    },
  })
  if (said?.status === 200) world.happenings.note('looks_up_refund')
  else if (said && !['refund_not_under_way', 'conflict'].includes(String(said.body.code)))
    throw new Error(`what was looked up of ${refund.id} was refused: ${said.status} ${said.body.code}`)
}
