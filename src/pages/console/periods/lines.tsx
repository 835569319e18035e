/** Open lines of a day as they are named everywhere: what they are, in words, and where each is dealt with. */
import type { FC } from 'hono/jsx'
import { shortDay } from '../../wording.ts'
import { className } from '../class-words.ts'
import { type Column, Money, Table } from '../parts.tsx'
import type { People } from '../people.tsx'
import type { Visit } from '../screen.ts'
import { attemptStatusTerms, refundStatusTerms, termOf } from '../terms.ts'
import type { Carried, Line } from './shapes.ts'
import { words } from './words.ts'

/** The columns that say what a line is. */
export const lineColumns = ({ language }: Pick<Visit, 'language'>): Column<Line>[] => {
  const copy = words[language]
  return [
    {
      head: copy.kind,
      cell: (line) => (
        <>
          <Linked line={line}>{copy.kinds[line.kind]}</Linked>
          <br />
          <small>
            <code>…{line.id.slice(-6)}</code>
          </small>
        </>
      ),
    },
    { head: copy.what, cell: (line) => whatOf(line, language) },
    { head: copy.day, cell: (line) => shortDay(line.day, language) },
    { head: copy.amount, isFigure: true, cell: (line) => <Money amount={line.amount} language={language} /> },
  ]
}

export const CarriedLines: FC<{ caption: string; rows: readonly Carried[]; visit: Visit; people: People }> = ({
  caption,
  rows,
  visit,
  people,
}) => {
  const { language } = visit
  const copy = words[language]
  return (
    <Table<Carried>
      caption={caption}
      isCaptionUnseen
      language={language}
      rows={rows}
      columns={[
        ...lineColumns(visit),
        { head: copy.reason, cell: (line) => line.reason },
        { head: copy.carriedBy, cell: (line) => people(line.carried_by) },
        { head: copy.since, cell: (line) => shortDay(line.since, language) },
      ]}
    />
  )
}

const Linked: FC<{ line: Line; children: string }> = ({ line, children }) => {
  const href = hrefOfLine(line)
  return href ? <a href={href}>{children}</a> : <span>{children}</span>
}

const hrefOfLine = ({ kind, id, order }: Line): string | null => {
  if (kind === 'discrepancy') return `/console/discrepancies/${id}`
  if (kind === 'refund') return `/console/refunds/${id}`
  if (kind === 'credit') return `/console/quarantine/${id}`
  return order ? `/console/orders/${order}` : null
}

const whatOf = ({ kind, what }: Line, language: Visit['language']): string => {
  if (kind === 'discrepancy') return className(what, language)
  if (kind === 'attempt') return termOf(attemptStatusTerms[language], what)
  return kind === 'refund' ? termOf(refundStatusTerms[language], what) : ''
}
