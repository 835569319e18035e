/** The items of one class of a run, page by page. */
import type { FC } from 'hono/jsx'
import type { z } from 'zod'
import { shortDay } from '../../wording.ts'
import { itemClassWords } from '../class-words.ts'
import { Card, Money, Pager, Table } from '../parts.tsx'
import type { Visit } from '../screen.ts'
import type { Item, itemPage, Run } from './shapes.ts'
import { words } from './words.ts'

export const Items: FC<{ visit: Visit; run: Run; items: z.output<typeof itemPage> }> = ({ visit, run, items }) => {
  const { language, query } = visit
  const copy = words[language]
  const chosen = items.data[0]?.class ?? query.class
  const name =
    chosen && chosen in itemClassWords[language] ? itemClassWords[language][chosen as Item['class']].name : ''
  const amount = (value: bigint | null) => (value === null ? '' : <Money amount={value} language={language} />)
  return (
    <Card heading={`${copy.items}: ${name}`} id="items">
      <Table
        caption={`${copy.items}: ${name}`}
        isCaptionUnseen
        language={language}
        rows={items.data}
        columns={[
          {
            head: copy.reference,
            cell: (item) => (
              <a href={`/console/reconciliations/${run.id}/items/${item.id}`}>
                <code>{referenceOf(item) ?? copy.noReference}</code>
              </a>
            ),
          },
          { head: copy.sides, cell: ({ source }) => (source === 'bank' ? copy.bankLine : copy.providerLine) },
          {
            head: copy.day,
            cell: ({ business_day: day, value_date: value }) =>
              (day ?? value) ? shortDay(day ?? value ?? '', language) : '',
          },
          { head: copy.amountHere, cell: (item) => amount(item.amount_here), isFigure: true },
          { head: copy.amountThere, cell: (item) => amount(item.amount_there), isFigure: true },
          {
            head: copy.difference,
            cell: ({ amount_here: here, amount_there: there }) => amount((there ?? 0n) - (here ?? 0n)),
            isFigure: true,
          },
        ]}
      />
      <Pager visit={visit} nextCursor={items.next_cursor} />
    </Card>
  )
}

/** By what an accountant would look for it. */
export const referenceOf = (item: Item): string | null =>
  item.source === 'bank'
    ? (item.bank_reference ?? item.payout_references[0] ?? item.merchant_reference)
    : (item.merchant_reference ?? item.provider_reference ?? item.payout_reference)
