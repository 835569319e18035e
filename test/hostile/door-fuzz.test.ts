// Random news and decisions about one order; after each step the door's promises are compared with what is stored. Prints the shortest way to each breach.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { recheck } from '../../src/domain/apply.ts'
import { cancelOrder } from '../../src/flows/cancel-order.ts'
import { decideRefund } from '../../src/flows/decide-refund.ts'
import { requestRefund } from '../../src/flows/request-refund.ts'
import { due, openHouse } from '../kit/house.ts'

let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  house = await openHouse()
})
afterAll(async () => {
  await house.deps.settled()
  await house.database.drop()
})
const rng = (seed: number) => () => {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff
  return seed / 0x7fffffff
}
it('keeps its promises through random news and decisions', async () => {
  const found = new Map<string, string>()
  const note = (what: string, trail: string[]) => {
    const way = trail.join(' ; ')
    if ((found.get(what) ?? `${way} `).length > way.length) found.set(what, way)
  }
  for (let round = 0; round < 120; round += 1) {
    const random = rng(round * 7919 + 17)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
    const orderId = await house.place()
    const attempts = [await house.attempt(orderId), await house.attempt(orderId)]
    const trail: string[] = []
    let n = 0
    for (let step = 0; step < 14; step += 1) {
      const facts = await house.read(orderId)
      const at = pick([0, 1])
      const attempt = pick([attempts[at]].flatMap((each) => each ?? []))
      const op = pick(['cap', 'cap', 'cap', 'rev', 'failed', 'req', 'dec', 'dec', 'ref', 'ref', 'reffail', 'cancel'])
      try {
        if (op === 'cap') {
          const ref = pick(['1', '2', null] as const)
          const amount = pick([due, due, due, 100_000n])
          trail.push(`cap a${at} ${ref} ${amount}`)
          await house.tell(house.captured(attempt, ref && `${round}-${at}-${ref}`, amount))
        }
        if (op === 'rev') {
          const amount = pick([due, 50_000n])
          trail.push(`rev a${at} ${amount}`)
          await house.tell(house.reversed(attempt, `${round}-${at}-v${pick([1, 2])}`, amount))
        }
        if (op === 'failed') {
          trail.push(`failed a${at}`)
          await house.tell(house.quiet(attempt.merchantReference, 'failed', 'payment'))
        }
        if (op === 'cancel' && random() < 0.4) {
          trail.push('cancel')
          await cancelOrder(house.deps, { scope: 'H56', orderId, reason: null })
        }
        if (op === 'req') {
          const amount = pick([null, 50_000n])
          trail.push(`req ${amount}`)
          await requestRefund(
            house.deps,
            { clientId: 'maker', agency: 'H56' },
            { orderId, amount, reason: 'x' },
            { key: `${round}-${n++}`, body: {} },
          )
        }
        const waiting = facts.refunds.filter((r) => ['proposed', 'requested'].includes(r.status))
        if (op === 'dec' && waiting.length) {
          const r = pick(waiting)
          const decision = pick(['approved', 'approved', 'approved', 'rejected'] as const)
          trail.push(`${decision} ${r.source} ${r.amount}`)
          await decideRefund(house.deps, { clientId: 'checker', agency: 'H56' }, { refundId: r.id, decision })
        }
        const under = facts.refunds.filter((r) => ['approved', 'pending', 'failed'].includes(r.status))
        if (op === 'ref' && under.length) {
          const r = pick(under)
          trail.push(`refunded ${r.source} ${r.amount} (was ${r.status})`)
          await house.tell(house.refunded(r, `R${r.id.slice(-10)}`, r.amount))
        }
        if (op === 'reffail' && under.length) {
          const r = pick(under)
          trail.push(`reffail ${r.source} ${r.amount}`)
          await house.tell(house.quiet(r.merchantReference, 'failed', 'refund'))
        }
      } catch (error) {
        if ((error as Error).name !== 'Refusal')
          note(
            `throws ${op}: ${(error as { constraint_name?: string }).constraint_name ?? String(error).slice(0, 60)}`,
            trail,
          )
        else trail.push(`(${(error as { code?: string }).code})`)
      }
      const after = await house.read(orderId)
      const r = recheck(after)
      if (
        r &&
        ['order', 'attempts', 'postings', 'refunds'].some((k) => {
          const v = r[k as 'order']
          return Array.isArray(v) ? v.length : v
        })
      )
        note(
          `recheck moves ${Object.entries(r)
            .filter(([, v]) => (Array.isArray(v) ? v.length : v))
            .map(([k]) => k)} after ${op}`,
          trail,
        )
      else if (r)
        note(
          `recheck (soft) ${Object.entries(r)
            .filter(([, v]) => (Array.isArray(v) ? v.length : v))
            .map(([k]) => k)} after ${op}`,
          trail,
        )
      const suspense = -(after.sums.suspense ?? 0n)
      const heldOpen = after.open
        .filter(([c]) => ['paid_twice', 'late_payment', 'amount_mismatch'].includes(String(c)))
        .reduce((t, [, a]) => t + BigInt(a ?? 0), 0n)
      if (suspense > 0n && heldOpen !== suspense)
        note(`suspense ${heldOpen < suspense ? 'more' : 'less'} than open discrepancies`, [
          ...trail,
          `suspense ${suspense} open ${heldOpen}`,
        ])
      if (suspense < 0n && after.open.length === 0)
        note('negative suspense without discrepancy', [...trail, `suspense ${suspense}`])
      const collected = -(after.sums.collected ?? 0n)
      if (collected < 0n && after.open.length === 0) note('negative collected without discrepancy', trail)
      if (after.order.status === 'paid' && after.order.amountPaid === 0n && !after.open.some(([c]) => c === 'reversed'))
        note('paid with 0 đ and no reversed discrepancy', trail)
      if (collected !== after.order.amountPaid - after.order.amountRefunded)
        note('collected differs from paid less refunded', [
          ...trail,
          `${collected} vs ${after.order.amountPaid}-${after.order.amountRefunded}`,
        ])
    }
  }
  expect(Object.fromEntries(found)).toEqual({})
}, 600_000)
