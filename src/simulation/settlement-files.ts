/** The files of a settlement: what a provider lists of its days, and the bank's statement of what came in of its payouts. */
import { addDays, businessDay } from '../lib/time.ts'
import { payoutNumbers } from './fault-kinds.ts'
import type { Account, World } from './world.ts'

export type Period = { from: string; to: string }

/** The provider's own file; null when it lists nothing. */
export const providerFile = async (
  world: World,
  { provider }: Account,
  { from, to }: Period,
): Promise<string | null> => {
  const answer = await world.simulators.app.request(`/${provider}/settlements.csv?from=${from}&to=${to}`)
  if (answer.status !== 200) throw new Error(`${provider} gives no statement: ${answer.status}`)
  const text = await answer.text()
  return text.trim().split('\r\n').length > 1 ? text : null
}

type BankLine = { valueDate: string; amount: bigint; reference: string; text: string }

/**
 * What the agency's bank shows of that account in these days: the payouts that came in, and the transfers that people made; null when nothing moved. Payouts that come
 * to nothing or less are not paid.
 */
export const bankFile = async (world: World, account: Account, period: Period): Promise<string | null> => {
  // A payout comes some days after what it pays.
  const listed = await providerFile(world, account, { from: addDays(period.from, -10), to: period.to })
  const payouts = payoutsOf(listed ?? '').filter(({ amount }) => amount > 0n)
  const isWithin = ({ valueDate }: BankLine) => valueDate >= period.from && valueDate <= period.to
  const lines = [
    ...payouts.filter(isWithin).flatMap((line) => asBanked(world, line)),
    ...transferLines(world, account).filter(isWithin),
  ]
  if (lines.length === 0) return null
  const rows = lines.map(({ valueDate, amount, reference, text }) => `${valueDate},${amount},${reference},${text}`)
  return `${['value_date,amount,bank_reference,description', ...rows].join('\r\n')}\r\n`
}

/** What went out by hand for refunds of this account's payments, and what of it came back. */
const transferLines = ({ seen }: World, { provider }: Account): readonly BankLine[] =>
  [...seen.transfers.values()]
    .filter((transfer) => transfer.provider === provider)
    .flatMap(({ amount, reference, paidOn, back }) => [
      { valueDate: paidOn, amount: -amount, reference, text: 'Hoan tra le phi' },
      ...(back ? [{ valueDate: back.on, amount, reference: back.reference, text: `Tra lai ${reference}` }] : []),
    ])

const asBanked = (world: World, line: BankLine): readonly BankLine[] => {
  const number = payoutNumber(line)
  if (world.faults.take('bank_missing', number)) return []
  return world.faults.take('bank_doubled', number) ? [line, { ...line, reference: `${line.reference}B` }] : [line]
}

/** By which faults name a payout: some number from 1 to 8 that is always the same for the same one. */
const payoutNumber = ({ reference }: BankLine): number =>
  1 + ([...reference].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 1_000_003, 7) % payoutNumbers)

const payoutsOf = (csv: string): BankLine[] => {
  const [head = '', ...rows] = csv.trim().split('\r\n')
  const columns = head.split(',')
  const sums = new Map<string, BankLine>()
  for (const row of rows) {
    const cells = row.split(',')
    const cell = (name: string) => cells[columns.indexOf(name)] ?? ''
    const payout = cell('payout_reference')
    const before = sums.get(payout)?.amount ?? 0n
    sums.set(payout, {
      valueDate: cell('value_date'),
      amount: before + BigInt(cell('net_amount')),
      reference: `FT${payout.replaceAll('-', '')}`.slice(0, 40),
      text: payout,
    })
  }
  return [...sums.values()]
}

/** The form around a file, as a browser writes it (RFC 7578). */
export const uploadOf = (
  { id, provider }: Account,
  { source, text }: { source: 'provider' | 'bank'; text: string },
): { type: string; text: string } => {
  const boundary = 'lephi-simulation-boundary'
  const field = (name: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const file = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${provider}-${source}.csv"\r\nContent-Type: text/csv\r\n\r\n${text}\r\n`
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    text: `${field('source', source)}${field('merchant_account', id)}${file}--${boundary}--\r\n`,
  }
}

export const dayOf = (world: World): string => businessDay(world.schedule.now())
