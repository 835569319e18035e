// What a provider pays out: its lines by batch, each with a reference in the provider's own style, a value date and a sum. And batches made on purpose: two of one
// sum that nothing tells apart, and one that gives back more than it brings.
import { daysFrom, isWorked, plusDays, plusWorked } from './calendar.ts'
import { lineOf, makeInstant, makePayment } from './payments.ts'
import { makeRefund, refundLine } from './refunds.ts'
import { type Account, type AccountMonth, label, type Maker, type Payout, type ProviderLine } from './world.ts'

export const twinBatch = 'twin'
export const negativeBatch = 'negative'

/** Two batches of one day with the same amounts. */
export const addTwinBatches = (maker: Maker, month: AccountMonth, name: number): void => {
  const day = workedDay(maker)
  const amounts = Array.from(
    { length: 3 },
    () => maker.chance.between(20, 3_000) * 1_000 + maker.chance.between(1, 999),
  )
  for (const half of ['a', 'b'])
    for (const amount of amounts) {
      const payment = makePayment(maker, month.account, { at: makeInstant(maker, month.account, day), amount })
      month.payments.push(payment)
      month.providerLines.push(
        lineOf(payment, 'in one of two equal batches', { batch: `${day} ${twinBatch} ${name} ${half}` }),
      )
    }
}

/** A batch of refunds of what earlier batches brought. */
export const addNegativeBatch = (maker: Maker, month: AccountMonth, name: number): void => {
  const day = workedDay(maker)
  for (let index = 0; index < 2; index += 1) {
    const at = makeInstant(maker, month.account, plusDays(day, -1))
    const payment = makePayment(maker, month.account, { at, amount: maker.chance.between(1_000, 9_000) * 1_000 + 7 })
    payment.refund = makeRefund(maker, { at: makeInstant(maker, month.account, day), amount: payment.amount })
    month.payments.push(payment)
    const link = { attempt: payment.attemptId, refund: payment.refund.id }
    month.providerLines.push(
      lineOf(payment, 'plain, refunded in a batch of its own'),
      refundLine(payment, payment.refund, {
        batch: `${day} ${negativeBatch} ${name}`,
        label: label('matched', 'refund in a negative batch', link),
      }),
    )
  }
}

/** A day whose payments are due, and paid out, well inside the period. */
const workedDay = ({ chance, period }: Maker): string =>
  chance.pick(
    daysFrom(plusDays(period.from, 4), plusDays(period.to, -12)).filter(
      (day) => isWorked(day) && plusWorked(day, 4) < period.to,
    ),
  )

/** Every batch with its reference and sum. Lines that are listed a second time bring nothing. */
export const payoutsOf = (
  maker: Maker,
  { account, providerLines }: Pick<AccountMonth, 'account' | 'providerLines'>,
): Map<string, Payout> => {
  const batches = Map.groupBy(providerLines, (line) => line.batch)
  let number = maker.chance.between(1, 9)
  return new Map(
    [...batches.keys()].toSorted().map((batch) => {
      const day = batch.slice(0, 10)
      const lines = (batches.get(batch) ?? []).filter((line) => line.label.class !== 'duplicate_line')
      const gross = sum(lines.map(grossOf))
      const fees = sum(lines.map((line) => line.fee))
      number += 1
      return [
        batch,
        {
          reference: referenceOf(account, { day, number }),
          batch,
          valueDate: plusWorked(plusWorked(day, 0), account.settlementDays),
          total: account.tariff.netted ? gross - fees : gross,
          fees,
        },
      ]
    }),
  )
}

const grossOf = ({ status, type, amount }: ProviderLine): number =>
  status !== 'success' ? 0 : type === 'refund' ? -amount : amount
const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0)

const referenceOf = ({ payoutStyle }: Account, { day, number }: { day: string; number: number }): string => {
  const digits = day.replaceAll('-', '')
  const count = (width: number) => String(number).padStart(width, '0')
  if (payoutStyle === 'dated') return `PO-${digits}-${count(3)}`
  if (payoutStyle === 'compact') return `QT${digits.slice(2)}${count(4)}`
  if (payoutStyle === 'accented') return `ĐỐISOÁT-${digits.slice(2)}-${count(3)}`
  // Short ones, of which one begins with the other: PO-1 and PO-12.
  if (payoutStyle === 'counted') return `PO-${number}`
  return `STL.${digits.slice(2)}.${count(5)}`
}

/** The days of the windows that the month's files cover: some before it, whose payouts come in it. */
export const settledDays = (period: { from: string; to: string }): { first: string; last: string } => ({
  first: plusDays(period.from, -4),
  last: plusDays(period.to, 1),
})

export const isSpecial = (payout: Payout): boolean =>
  payout.batch.includes(twinBatch) || payout.batch.includes(negativeBatch)
