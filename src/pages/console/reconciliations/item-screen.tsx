/** One item of a reconciliation: what it is, each side beside the others, and why it was decided so. */
import type { FC } from 'hono/jsx'
import { itemClassWords } from '../class-words.ts'
import { Badge, Card, Facts, Note } from '../parts.tsx'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { Proof } from './item-proof.tsx'
import { Sides } from './item-sides.tsx'
import { itemWords } from './item-words.ts'
import { referenceOf } from './items.tsx'
import { type SurroundedItem, surroundedItemShape } from './shapes.ts'
import { words } from './words.ts'

export const itemScreen = defineScreen({
  path: '/reconciliations/:id/items/:item',
  roles: everybody,
  view: async (visit) => {
    const { api, language, params } = visit
    const copy = itemWords[language]
    const item = await api.get(surroundedItemShape, `/v1/reconciliations/${params.id}/items/${params.item}`)
    const { name, meaning } = itemClassWords[language][item.class]
    return {
      title: `${copy.item}: ${referenceOf(item) ?? words[language].noReference}`,
      body: (
        <>
          <Note tone={item.class === 'matched' ? 'good' : 'wait'}>
            <p>
              <Badge tone={item.class === 'matched' ? 'good' : 'bad'}>{name}</Badge> {meaning}
            </p>
          </Note>
          <Sides item={item} language={language} />
          <Proof item={item} language={language} />
          <Candidates visit={visit} item={item} />
          <Related visit={visit} item={item} />
        </>
      ),
    }
  },
})

type Shown = FC<{ visit: Visit; item: SurroundedItem }>

const Candidates: Shown = ({ visit: { language }, item: { candidates } }) =>
  candidates.length === 0 ? null : (
    <Card heading={itemWords[language].candidates} id="candidates">
      <p class="small">{itemWords[language].candidatesHint}</p>
      <ul>
        {candidates.map((candidate) => (
          <li>
            <code>{candidate}</code>
          </li>
        ))}
      </ul>
    </Card>
  )

const Related: Shown = ({ visit: { language, params }, item }) => {
  const copy = itemWords[language]
  const { statement_line: place, row, payment, order, discrepancy } = item
  return (
    <Card heading={copy.related} id="related">
      <Facts
        rows={[
          [
            copy.discrepancy,
            discrepancy ? (
              <a href={`/console/discrepancies/${discrepancy}`}>{itemClassWords[language][item.class].name}</a>
            ) : null,
          ],
          [copy.order, order ? <a href={`/console/orders/${order}`}>{payment?.dossier_code ?? order}</a> : null],
          [
            copy.statement,
            place ? (
              <a href={`/console/statements/${place.statement}`}>
                {row?.file_name ?? place.statement}, {place.line}
              </a>
            ) : null,
          ],
          [
            copy.bank,
            item.bank.length > 0
              ? item.bank.map((line, at) => (
                  <>
                    {at > 0 ? ', ' : ''}
                    <a href={`/console/reconciliations/${line.reconciliation}/items/${line.item}`}>
                      {line.bank_reference ?? line.item}
                    </a>
                  </>
                ))
              : null,
          ],
          [
            copy.run,
            <a href={`/console/reconciliations/${params.id}?class=${item.class}#items`}>{words[language].back}</a>,
          ],
        ]}
      />
    </Card>
  )
}
