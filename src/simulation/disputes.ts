/** Disputed payments: opened by the accountant, closed by the checker, a lost chargeback released by both. Meanwhile the portal asks for the money back, in vain. */
import { addDays } from '../lib/time.ts'
import type { Office } from './office.ts'
import { dayOf } from './settlement-files.ts'
import { type Json, rowsOf } from './world.ts'

const kinds = ['chargeback', 'chargeback', 'complaint', 'tracing'] as const
const outcomes = ['won', 'lost', 'lost', 'withdrawn'] as const

/** One evening's disputes; on the last one all are settled, so that what waits for them can go on. */
export const workOnDisputes = async (office: Office, isLast: boolean): Promise<void> => {
  await closeSome(office, isLast)
  await releaseSome(office, isLast)
  if (!isLast) await openSome(office)
}

const openSome = async (office: Office): Promise<void> => {
  const { world, accountant, random } = office
  for (const order of world.seen.orders.keys()) {
    if (!random.chance(0.12)) continue
    const json = { kind: random.pick(kinds), reason: 'Người nộp khiếu nại', respond_by: addDays(dayOf(world), 5) }
    const opened = await accountant({ path: `/v1/orders/${order}/disputes`, json })
    if (opened?.status !== 201) continue
    world.happenings.note('opens_dispute')
    await askInVain(office, opened.body)
  }
}

const closeSome = async (office: Office, isLast: boolean): Promise<void> => {
  const { world, checker, random } = office
  const open = await checker({ path: '/v1/disputes?status=open&limit=100' })
  for (const dispute of rowsOf(open?.body.data)) {
    if (random.chance(0.5)) await askInVain(office, dispute)
    if (!isLast && random.chance(0.4)) continue
    const json = { outcome: random.pick(outcomes), note: 'Theo kết luận của ngân hàng' }
    const closed = await checker({ path: `/v1/disputes/${dispute.id}/close`, json })
    if (closed?.status === 200) world.happenings.note('closes_dispute')
    // A lost chargeback takes the money back by itself: until that is told nobody returns it once more.
    if (closed?.status === 200 && isLostChargeback(closed.body)) await askInVain(office, closed.body)
  }
}

const isLostChargeback = ({ kind, outcome }: Json): boolean =>
  String(kind) === 'chargeback' && String(outcome) === 'lost'

/** The bank takes nothing after all. */
const releaseSome = async ({ world, accountant, checker, random }: Office, isLast: boolean): Promise<void> => {
  const closed = await checker({ path: '/v1/disputes?status=closed&limit=100' })
  for (const dispute of rowsOf(closed?.body.data)) {
    if (!isLostChargeback(dispute) || dispute.released_at !== null || (!isLast && random.chance(0.5))) continue
    const path = `/v1/disputes/${dispute.id}/release`
    await accountant({ path, json: { note: 'Ngân hàng không truy thu' } })
    const verb = isLast || random.chance(0.8) ? 'approve' : 'reject'
    const said = await checker({ path: `${path}/${verb}`, method: 'POST' })
    if (verb === 'approve' && said?.status === 200) world.happenings.note('releases_chargeback')
  }
}

/** While it is disputed, nobody may be promised the money of that payment. */
const askInVain = async ({ world, portal }: Office, dispute: Json): Promise<void> => {
  world.seen.askedInVain += 1
  world.happenings.note('tries_disputed_refund')
  const path = `/v1/orders/${dispute.order}/refunds`
  const json = { reason: 'Hồ sơ bị từ chối' }
  const asked = await portal({ path, json, key: `disputed-${world.seen.askedInVain}` })
  if (asked?.status === 202 && String(asked.body.attempt) === String(dispute.attempt))
    world.seen.granted.push({ what: 'a refund of a disputed payment was granted', rows: [dispute, asked.body] })
}
