/**
 * What an order and its refunds were made of, as their timeline told it then: the events are sealed, so rows that anybody changed afterwards differ from them. What
 * an event of an earlier version did not tell is not compared.
 */
import { stringifySorted } from '../lib/json.ts'
import type { OrderFacts } from './order-facts.ts'
import { presentOrder, presentRefund, tellRefund } from './present.ts'

/** Members that nothing changes once there is an order, with its lines. */
const fixedOfOrder = [
  'id',
  'agency_code',
  'dossier_code',
  'procedure_code',
  'procedure_name',
  'collection_stage',
  'amount',
  'payer',
  'lines',
  'payee_account',
  'language',
  'metadata',
  'return_url',
  'warnings',
  'created_at',
] as const

const fixedOfRefund = [
  'order',
  'attempt',
  'source',
  'amount',
  'reason',
  'reason_code',
  'reason_digest',
  'lines',
  'created_at',
] as const

export type Told = { type: string; data: string }

/** Each tells the deadline that the order has from then on. */
const deadlineEvents = ['order.created', 'order.extended']

/** How the order or one of its refunds differs from what its timeline told when it was made; null when they agree. */
export const originProblem = ({ order, refunds }: OrderFacts, timeline: readonly Told[]): string | null => {
  for (const { type, data } of timeline) {
    if (type === 'order.created') {
      const member = differing(data, presentOrder(order, [], ''), fixedOfOrder)
      if (member) return `has another ${member} than when it was created`
    }
    if (type !== 'refund.requested') continue
    const id = String(JSON.parse(data).id)
    const refund = refunds.find((each) => each.id === id)
    if (!refund) return `has no refund ${id}, which was asked for`
    // An earlier version told the reason in the words of people, this one tells a code.
    const member = differing(data, tellRefund(refund), fixedOfRefund)
    if (member && differing(data, presentRefund(refund), fixedOfRefund))
      return `has another ${member} in its refund ${id} than when that was asked for`
  }
  const lastDeadline = timeline.findLast(({ type }) => deadlineEvents.includes(type))
  const isDeadlineTold = !lastDeadline || !differing(lastDeadline.data, presentOrder(order, [], ''), ['expires_at'])
  return isDeadlineTold ? null : 'has another deadline than its timeline tells'
}

const differing = (told: string, now: object, members: readonly string[]): string | null => {
  const [then, present] = [membersOf(JSON.parse(told)), membersOf(now)]
  const member = members.find((name) => !agrees(then.get(name), present.get(name)))
  return member?.replaceAll('_', ' ') ?? null
}

/** Lines are compared by the members that both have: a later version may tell more of each. */
const agrees = (then: unknown, now: unknown): boolean => {
  if (then === undefined || now === undefined) return true
  if (!Array.isArray(then) || !Array.isArray(now)) return stringifySorted(then) === stringifySorted(now)
  return then.length === now.length && then.every((item, index) => sameMembers(item, now[index]))
}

const sameMembers = (then: unknown, now: unknown): boolean => {
  const present = membersOf(now)
  return [...membersOf(then)].every(
    ([name, value]) => !present.has(name) || stringifySorted(value) === stringifySorted(present.get(name)),
  )
}

const membersOf = (value: unknown): ReadonlyMap<string, unknown> =>
  new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
