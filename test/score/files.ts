// The files of a month, as provider and bank write them: canonical CSV in every dialect that the contract allows, with the place of each line.
import { plusDays, startOf } from './calendar.ts'
import type { Chance } from './random.ts'
import type { AccountMonth, BankLine, Dialect, Payout, ProviderLine } from './world.ts'

/** `lines` are in the file's order: the first stands on physical line 2. */
export type MonthFile<Line> = { text: string; lines: readonly Line[] }

const providerColumns = [
  'line_type',
  'occurred_at',
  'merchant_reference',
  'provider_reference',
  'amount',
  'provider_fee',
  'net_amount',
  'status',
  'payout_reference',
  'value_date',
] as const
const bankColumns = ['value_date', 'amount', 'bank_reference', 'description', 'counterparty'] as const

export const providerFiles = (month: AccountMonth, chance: Chance): MonthFile<ProviderLine>[] => {
  const { account, providerLines, payouts } = month
  const first = providerLines.reduce((day, line) => (line.fileDay < day ? line.fileDay : day), '9999-12-31')
  const number = (day: string) => Math.floor((startOf(day) - startOf(first)) / 86_400_000 / account.fileDays)
  const files = [...Map.groupBy(providerLines, (line) => number(line.fileDay)).values()]
  const columns = chance.isTrue(0.3) ? chance.shuffled(providerColumns) : providerColumns
  return chance.shuffled(files).map((lines) => {
    const ordered = chance.shuffled(lines)
    return {
      lines: ordered,
      text: written(
        account.dialect,
        columns,
        ordered.map((line) => providerCells(line, account.dialect, payouts)),
      ),
    }
  })
}

const providerCells = (
  line: ProviderLine,
  dialect: Dialect,
  payouts: ReadonlyMap<string, Payout>,
): Record<(typeof providerColumns)[number], string> => {
  const payout = payouts.get(line.batch)
  return {
    line_type: line.type,
    occurred_at: dialect.isLocalTime ? localTime(line.at) : `${hanoi(line.at).slice(0, 19)}+07:00`,
    merchant_reference: line.merchantReference,
    provider_reference: line.providerReference,
    amount: String(line.amount),
    provider_fee: String(line.fee),
    net_amount: String(line.net),
    status: line.status,
    payout_reference: payout?.reference ?? '',
    value_date: payout?.valueDate ?? '',
  }
}

/** About one file a week; a day that comes twice stands in two of them. */
export const bankFiles = ({ account, bankLines }: AccountMonth, chance: Chance): MonthFile<BankLine>[] => {
  const first = bankLines.reduce((day, line) => (line.valueDate < day ? line.valueDate : day), '9999-12-31')
  const week = (day: string) => Math.floor((startOf(day) - startOf(first)) / 86_400_000 / 7)
  const files = Map.groupBy(bankLines, (line) =>
    week(line.label.class === 'duplicate_line' ? plusDays(line.valueDate, 7) : line.valueDate),
  )
  return chance.shuffled([...files.values()]).map((lines) => {
    const ordered = chance.shuffled(lines)
    const rows = ordered.map(({ valueDate, amount, bankReference, description, counterparty }) => ({
      value_date: valueDate,
      amount: String(amount),
      bank_reference: bankReference,
      description,
      counterparty,
    }))
    return { lines: ordered, text: written(account.dialect, bankColumns, rows) }
  })
}

const written = <Column extends string>(
  { delimiter, lineEnd, mark, quotes }: Dialect,
  columns: readonly Column[],
  rows: readonly Record<Column, string>[],
): string => {
  const cell = (text: string) => (quotes || /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const lines = [
    columns.join(delimiter),
    ...rows.map((row) => columns.map((column) => cell(row[column])).join(delimiter)),
  ]
  return `${mark ? '\ufeff' : ''}${lines.join(lineEnd)}${lineEnd}`
}

const hanoi = (at: number): string => new Date(at + 7 * 3_600_000).toISOString()
const localTime = (at: number): string => {
  const text = hanoi(at)
  return `${text.slice(8, 10)}/${text.slice(5, 7)}/${text.slice(0, 4)} ${text.slice(11, 19)}`
}
