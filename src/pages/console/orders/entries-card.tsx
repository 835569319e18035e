/** The ledger's entries of one order, and where they leave each account. */
import type { FC } from 'hono/jsx'
import type { Language } from '../../language.ts'
import { shortDay } from '../../wording.ts'
import { Badge, Card, Money, Table } from '../parts.tsx'
import { termOf } from '../terms.ts'
import type { Entries } from './evidence-shape.ts'
import { evidenceWords } from './evidence-words.ts'

type Entry = Entries['data'][number]

export const EntriesCard: FC<{ entries: Entries; orderId: string; language: Language }> = (props) => {
  const { entries, orderId, language } = props
  const copy = evidenceWords[language]
  // One row for each posting; what the entry itself says stands in its first.
  const rows = entries.data.flatMap((entry) =>
    debitFirst(entry.postings).map((posting, index) => ({ posting, entry: index === 0 ? entry : null })),
  )
  return (
    <Card heading={copy.entries} id="entries">
      {rows.length === 0 ? (
        <p class="nothing">{copy.noEntries}</p>
      ) : (
        <>
          <Table
            caption={copy.entries}
            isCaptionUnseen
            language={language}
            rows={rows}
            columns={[
              { head: copy.businessDay, cell: ({ entry }) => (entry ? shortDay(entry.business_day, language) : '') },
              { head: copy.entry, cell: ({ entry }) => (entry ? <Named entry={entry} language={language} /> : '') },
              { head: copy.account, cell: ({ posting }) => termOf(copy.accounts, posting.account) },
              { head: copy.debit, isFigure: true, cell: ({ posting }) => side(posting.amount, language) },
              { head: copy.credit, isFigure: true, cell: ({ posting }) => side(-posting.amount, language) },
              { head: copy.seal, cell: ({ entry }) => (entry ? <Seal entry={entry} language={language} /> : '') },
            ]}
          />
          <Table
            caption={copy.balances}
            language={language}
            rows={balancesOf(entries.data)}
            columns={[
              { head: copy.account, cell: ({ account }) => termOf(copy.accounts, account) },
              {
                head: `${copy.balance} (${copy.debit})`,
                isFigure: true,
                cell: ({ amount }) => side(amount, language),
              },
              {
                head: `${copy.balance} (${copy.credit})`,
                isFigure: true,
                cell: ({ amount }) => side(-amount, language),
              },
            ]}
          />
        </>
      )}
      {entries.next_cursor ? <p>{copy.moreEntries}</p> : null}
      <p>
        <a href={`/console/orders/${orderId}/evidence`}>{copy.see}</a> <span class="small">{copy.seeNote}</span>
      </p>
    </Card>
  )
}

/** As accountants write an entry. */
const debitFirst = (postings: Entry['postings']): Entry['postings'] =>
  postings.toSorted((a, b) => Number(a.amount < 0n) - Number(b.amount < 0n) || a.line - b.line)

const side = (amount: bigint, language: Language) => (amount > 0n ? <Money amount={amount} language={language} /> : '')

const Named: FC<{ entry: Entry; language: Language }> = ({ entry, language }) => (
  <>
    {termOf(evidenceWords[language].kinds, entry.kind)}
    {entry.memo ? <div class="small">{entry.memo}</div> : null}
    <div class="small">
      <code>{entry.id}</code>
    </div>
  </>
)

const Seal: FC<{ entry: Entry; language: Language }> = ({ entry: { chain }, language }) => {
  const copy = evidenceWords[language]
  if (chain === null) return <Badge tone="wait">{copy.notChained}</Badge>
  if (chain.sealed_on === null) return <Badge tone="calm">{copy.chained}</Badge>
  return <Badge tone="good">{copy.sealedOn(shortDay(chain.sealed_on, language))}</Badge>
}

const balancesOf = (entries: readonly Entry[]): { account: string; amount: bigint }[] => {
  const sums = new Map<string, bigint>()
  for (const { account, amount } of entries.flatMap(({ postings }) => postings))
    sums.set(account, (sums.get(account) ?? 0n) + amount)
  return [...sums].map(([account, amount]) => ({ account, amount }))
}
