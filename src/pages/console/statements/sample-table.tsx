/** The first lines of a file as they are understood: what a person checks a mapping by. */
import type { FC } from 'hono/jsx'
import type { StatementSource } from '../../../domain/statement-columns.ts'
import type { Language } from '../../language.ts'
import { shortDay, shortTime } from '../../wording.ts'
import { type Column, Money, Table } from '../parts.tsx'
import type { Sample } from './draft-shapes.ts'
import { draftWords } from './draft-words.ts'
import { count, words } from './words.ts'

export const SampleTable: FC<{ sample: readonly Sample[]; source: StatementSource; language: Language }> = ({
  sample,
  source,
  language,
}) => {
  const copy = draftWords[language]
  const head = (column: string) => copy.columns[column] ?? column
  const money = (amount: bigint | null) => (amount === null ? '' : <Money amount={amount} language={language} />)
  const line: Column<Sample> = { head: words[language].line, cell: (row) => count(row.line, language), isFigure: true }
  const day: Column<Sample> = {
    head: head('value_date'),
    cell: ({ value_date: value }) => (value ? shortDay(value, language) : ''),
  }
  const columns: Column<Sample>[] =
    source === 'bank'
      ? [
          line,
          day,
          { head: head('amount'), cell: ({ amount }) => money(amount), isFigure: true },
          { head: head('bank_reference'), cell: (row) => row.bank_reference ?? '' },
          { head: head('description'), cell: (row) => row.description ?? '' },
        ]
      : [
          line,
          { head: head('line_type'), cell: ({ line_type: type }) => copy.meanings[type ?? ''] ?? '' },
          {
            head: head('occurred_at'),
            cell: ({ occurred_at: at }) => (at ? shortTime(at, language) : ''),
          },
          { head: head('merchant_reference'), cell: (row) => row.merchant_reference ?? '' },
          { head: head('amount'), cell: ({ amount }) => money(amount), isFigure: true },
          { head: head('provider_fee'), cell: (row) => money(row.provider_fee), isFigure: true },
          { head: head('net_amount'), cell: (row) => money(row.net_amount), isFigure: true },
          { head: head('status'), cell: ({ status }) => copy.meanings[status ?? ''] ?? '' },
          { head: head('payout_reference'), cell: (row) => row.payout_reference ?? '' },
          day,
        ]
  return <Table isCaptionUnseen caption={copy.sample} language={language} rows={sample} columns={columns} />
}
