// The providers' books against the ledger, payment by payment and account by account. Pure.
import type { BooksHere } from './books-here.ts'
import { nameOf } from './books-here.ts'
import type { BookRow } from './provider-side.ts'

export type MoneyCompared = {
  payments: number
  refunds: number
  /** What the providers say that they captured and paid back, added up: all of it was looked for here. */
  dong: bigint
  /** The larger of the two sums of differences, by payment and by account. Nothing is netted: 1 đ too much and 1 đ too little are 2 đ. */
  difference: bigint
  accounts: readonly { provider: string; captured: bigint; refunded: bigint; ledger: bigint }[]
  /** Of the payments: those of which a part, or the whole, is in suspense behind an open discrepancy that a statement brought. The ledger has all of it. */
  held: { payments: number; dong: bigint }
  /** How each captured payment came to be known first. */
  sources: Readonly<Record<string, number>>
  findings: readonly string[]
}

export const compareMoney = (there: readonly BookRow[], here: BooksHere): MoneyCompared => {
  const moved = there.filter(({ status }) => status === 'success')
  const captured = moved.filter(({ kind }) => kind === 'payment')
  const refunded = moved.filter(({ kind }) => kind === 'refund')
  const findings: string[] = []
  const find = (what: string, a: bigint, b: bigint): bigint => {
    if (a === b) return 0n
    findings.push(`${what}: ${a} đ there, ${b} đ here`)
    return a > b ? a - b : b - a
  }
  const hereOnly = <Row>(
    rows: ReadonlyMap<string, Row>,
    known: readonly BookRow[],
    amountOf: (row: Row) => bigint,
    what: string,
  ): bigint => {
    const names = new Set(known.map((row) => nameOf(row.merchantAccountId, row.merchant_reference)))
    return total(
      [...rows].filter(([name]) => !names.has(name)).map(([name, row]) => find(`${what} ${name}`, 0n, amountOf(row))),
    )
  }
  const refundsHere = refundsAsNamed(refunded, here.refunds)
  const byPayment =
    total(
      captured.map((row) => {
        const name = nameOf(row.merchantAccountId, row.merchant_reference)
        const payment = here.payments.get(name)
        return find(`payment ${row.provider} ${name}`, row.amount, (payment?.captured ?? 0n) + (payment?.held ?? 0n))
      }),
    ) +
    total(
      refunded.map((row) => {
        const name = nameOf(row.merchantAccountId, row.merchant_reference)
        return find(`refund ${row.provider} ${name}`, row.amount, refundsHere.get(name)?.amount ?? 0n)
      }),
    ) +
    hereOnly(here.payments, captured, (row) => row.captured + row.held, 'payment') +
    hereOnly(refundsHere, refunded, (row) => row.amount, 'refund')
  const accounts = accountsOf(there, captured, refunded, here)
  const byAccount = total(
    accounts.map((each) => find(`ledger of ${each.provider}`, each.captured - each.refunded, each.ledger)),
  )
  return {
    payments: captured.length,
    refunds: refunded.length,
    dong: total(moved.map(({ amount }) => amount)),
    difference: byPayment > byAccount ? byPayment : byAccount,
    accounts,
    held: heldOf(here),
    sources: sourcesOf(here),
    findings,
  }
}

/** Refunds here by the name that the provider has for them: where it has none of its own for a refund, it names the payment, which it pays back whole and once. */
const refundsAsNamed = (there: readonly BookRow[], here: BooksHere['refunds']): BooksHere['refunds'] => {
  const unnamed = there.filter((row) => row.merchant_reference === row.payment_reference)
  const names = new Set(unnamed.map((row) => nameOf(row.merchantAccountId, row.merchant_reference)))
  const named = new Map<string, { id: string; amount: bigint; payment: string }>()
  for (const [name, row] of here)
    named.set(row.amount > 0n && names.has(row.payment) && !named.has(row.payment) ? row.payment : name, row)
  return named
}

const heldOf = ({ payments }: BooksHere): MoneyCompared['held'] => {
  const held = [...payments.values()].filter((payment) => payment.held !== 0n)
  return { payments: held.length, dong: total(held.map((payment) => payment.held)) }
}

const accountsOf = (
  there: readonly BookRow[],
  captured: readonly BookRow[],
  refunded: readonly BookRow[],
  here: BooksHere,
): MoneyCompared['accounts'] =>
  [...new Map(there.map((row) => [row.merchantAccountId, row.provider]))].map(([id, provider]) => {
    const own = (rows: readonly BookRow[]) =>
      total(rows.filter((row) => row.merchantAccountId === id).map(({ amount }) => amount))
    const ledger = here.ledger.get(nameOf(id, 'provider_receivable')) ?? 0n
    return { provider, captured: own(captured), refunded: own(refunded), ledger }
  })

const sourcesOf = ({ payments }: BooksHere): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { source } of payments.values()) if (source !== null) counts[source] = (counts[source] ?? 0) + 1
  return counts
}

const total = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n)
