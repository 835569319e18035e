// Refunds of plain captures, in the batches of later days: matched, of another amount, and on one side only.
import { dayOf, isDueBy, plusDays, settledFor } from './calendar.ts'
import { makeInstant, makeProviderReference, makeReference } from './payments.ts'
import {
  type AccountMonth,
  isWithin,
  label,
  type Maker,
  type Payment,
  type ProviderLine,
  type Refund,
} from './world.ts'

const weights = { plain: 60, whole: 12, other_amount: 9, not_listed: 9, unknown_here: 7, only_provider_reference: 3 }

/** Refunds about one in `every` of the plain captures. */
export const addRefunds = (maker: Maker, month: AccountMonth, every: number): void => {
  const plain = month.payments.filter(
    ({ status, again, at }) => status === 'captured' && !again && isWithin(maker.period, dayOf(at)),
  )
  const listed = new Set(
    month.providerLines.filter((line) => line.label.story === 'plain').map((line) => line.label.attempt),
  )
  for (const payment of plain) {
    if (!listed.has(payment.attemptId) || !maker.chance.isTrue(1 / every)) continue
    const day = plusDays(settledFor(month.account, payment.at), maker.chance.between(1, 9))
    if (day < maker.period.to && day > plusDays(maker.period.from, 1)) addRefund(maker, month, { payment, day })
  }
}

const addRefund = (maker: Maker, month: AccountMonth, { payment, day }: { payment: Payment; day: string }): void => {
  const kind = maker.chance.weighted(weights)
  const at = makeInstant(maker, month.account, day)
  const amount =
    kind === 'whole' ? payment.amount : Math.ceil((payment.amount * maker.chance.between(1, 9)) / 10_000) * 1_000
  const refund = makeRefund(maker, { at, amount: Math.min(amount, payment.amount) })
  const link = { attempt: payment.attemptId, refund: refund.id }
  if (kind === 'unknown_here') {
    month.providerLines.push(
      refundLine(payment, refund, { label: label('refund_mismatch', 'a refund is listed that nobody here made') }),
    )
    return
  }
  payment.refund = refund
  if (kind === 'not_listed' && isDueBy(month.account, at, maker.period.to) === true) {
    month.unlisted.set(`refund:${refund.id}`, label('refund_mismatch', 'refunded here, due and not listed', link))
    return
  }
  const wrong = kind === 'other_amount' ? refund.amount + maker.chance.pick([1_000, 500, 1]) : refund.amount
  month.providerLines.push(
    refundLine(payment, refund, {
      amount: wrong,
      ...(kind === 'only_provider_reference' ? { merchantReference: '' } : {}),
      label:
        wrong === refund.amount
          ? label('matched', `refund, ${kind}`, link)
          : label('refund_mismatch', `refunded ${refund.amount}, listed ${wrong}`, link),
    }),
  )
}

export const makeRefund = (maker: Maker, { at, amount }: { at: number; amount: number }): Refund => ({
  id: maker.newId('rfd'),
  merchantReference: makeReference(maker, 'RF', at),
  providerReference: makeProviderReference(maker),
  amount,
  at,
})

export const refundLine = (
  payment: Payment,
  refund: Refund,
  more: Partial<ProviderLine> & Pick<ProviderLine, 'label'>,
): ProviderLine => ({
  type: 'refund',
  at: refund.at,
  merchantReference: refund.merchantReference,
  providerReference: refund.providerReference,
  amount: refund.amount,
  fee: 0,
  net: -(more.amount ?? refund.amount),
  status: 'success',
  batch: `${settledFor(payment.account, refund.at)} ${Number(refund.providerReference) % payment.account.batches}`,
  fileDay: settledFor(payment.account, refund.at),
  twins: null,
  ...more,
})
