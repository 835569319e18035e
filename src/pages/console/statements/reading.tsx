/** What was read of a file: counts, sums, balances, days, and the rows that could not be read. The same for a preview and for what is imported. */
import type { Child, FC } from 'hono/jsx'
import { problemInVietnamese } from '../../../domain/statement-problem-words.ts'
import type { Language } from '../../language.ts'
import { shortDay } from '../../wording.ts'
import { Badge, Card, Facts, Money, Table } from '../parts.tsx'
import { draftWords } from './draft-words.ts'
import type { ProblemSeen, Reading } from './shapes.ts'
import { count, fileSize, words } from './words.ts'

export const Counted: FC<{ label: string; children: Child; tone?: 'bad' | undefined }> = ({
  label,
  children,
  tone,
}) => (
  <section class="card">
    <p class="small">{label}</p>
    <p class={tone ? `big ${tone}-ink` : 'big'}>{children}</p>
  </section>
)

/** Days from and to, one where they are the same. */
export const periodText = ({ from, to }: { from: string | null; to: string | null }, language: Language): string =>
  from && to
    ? from === to
      ? shortDay(from, language)
      : `${shortDay(from, language)} ${words[language].to} ${shortDay(to, language)}`
    : ''

export const ReadingFigures: FC<{ reading: Reading; language: Language }> = ({ reading, language }) => {
  const copy = words[language]
  return (
    <div class="figures slim">
      <Counted
        label={copy.accepted}
      >{`${count(reading.accepted, language)} / ${count(reading.lines, language)}`}</Counted>
      <Counted label={copy.problems} tone={reading.problem_count > 0 ? 'bad' : undefined}>
        {count(reading.problem_count, language)}
      </Counted>
      <Counted label={copy.credits}>
        <Money amount={reading.credits} language={language} />
      </Counted>
      <Counted label={copy.debits}>
        <Money amount={reading.debits} language={language} />
      </Counted>
    </div>
  )
}

export const ReadingFacts: FC<{
  reading: Reading
  language: Language
  accountName: string
  more?: readonly (readonly [string, Child])[]
}> = ({ reading, language, accountName, more = [] }) => {
  const copy = words[language]
  return (
    <Facts
      rows={[
        [copy.account, accountName],
        [copy.source, copy.sources[reading.source]],
        [copy.format, reading.format ? (copy.formats[reading.format] ?? reading.format) : null],
        [copy.period, periodText(reading, language)],
        [
          copy.opening,
          reading.opening_balance === null ? null : <Money amount={reading.opening_balance} language={language} />,
        ],
        [
          copy.closing,
          reading.closing_balance === null ? null : <Money amount={reading.closing_balance} language={language} />,
        ],
        [copy.closes, reading.status === 'imported' ? <Balances closes={reading.closes} language={language} /> : null],
        [copy.ofAccount, reading.account],
        [copy.file, reading.file_name],
        [copy.size, fileSize(reading.progress.total_bytes, language)],
        ...more,
      ]}
    />
  )
}

const Balances: FC<{ closes: boolean | null; language: Language }> = ({ closes, language }) => {
  const copy = words[language]
  if (closes === null) return <>{copy.closesNothing}</>
  return <Badge tone={closes ? 'good' : 'bad'}>{closes ? copy.closesYes : copy.closesNo}</Badge>
}

export const Problems: FC<{
  problems: readonly ProblemSeen[]
  total: number
  language: Language
  download?: string
  children?: Child
}> = ({ problems, total, language, download, children }) => {
  const copy = words[language]
  return (
    <Card heading={copy.problems} id="problems">
      {total === 0 ? (
        <p class="nothing">{copy.noProblems}</p>
      ) : (
        <>
          {total > listedMax ? <p>{copy.moreProblems(total)}</p> : null}
          <Table
            caption={copy.problems}
            isCaptionUnseen
            language={language}
            rows={problems}
            columns={[
              { head: copy.line, cell: ({ line }) => count(line, language), isFigure: true },
              {
                head: copy.column,
                cell: ({ column }) => (column ? <ColumnName column={column} language={language} /> : ''),
              },
              { head: copy.reason, cell: ({ message }) => <Reason message={message} language={language} /> },
            ]}
          />
          {children}
          {download ? (
            <p>
              <a href={download} download>
                {copy.download}
              </a>
            </p>
          ) : null}
        </>
      )}
    </Card>
  )
}

/** What the column holds, and its name in the file's format for who mends the file. */
const ColumnName: FC<{ column: string; language: Language }> = ({ column, language }) => {
  const name = Object.hasOwn(draftWords[language].columns, column) ? draftWords[language].columns[column] : undefined
  return (
    <>
      {name ? `${name} ` : ''}
      <code class="small">{column}</code>
    </>
  )
}

/** So many problems are kept of a file. */
const listedMax = 1_000

/** A reason in the reader's words; one without words yet is shown as it is. */
export const Reason: FC<{ message: string; language: Language }> = ({ message, language }) => {
  const told = language === 'vi' ? problemInVietnamese(message) : message
  return <span lang={told === null ? 'en' : undefined}>{told ?? message}</span>
}
