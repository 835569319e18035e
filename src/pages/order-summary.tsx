/** What is paid, for what and to whom: what a citizen compares before paying. Two cards, since the first comes before the choice and the second after it. */
import type { FC } from 'hono/jsx'
import type { Order, OrderLine } from '../domain/order-facts.ts'
import { dictionary } from './dictionary.ts'
import type { Language } from './language.ts'
import { money, moneyInWords } from './wording.ts'

type Summary = { order: Order; agencyName: string; language: Language }

export const OrderSummary: FC<Summary> = ({ order, agencyName, language }) => {
  const { order: copy } = dictionary[language]
  const { payeeAccount, procedureName, procedureCode } = order
  return (
    <section class="card about" aria-labelledby="dossier">
      <h2 id="dossier">{copy.heading}</h2>
      <dl>
        <Fact name={copy.amount}>
          <span class="sum">{money(order.amount, language)}</span>
        </Fact>
        <Fact name={copy.inWords}>{moneyInWords(order.amount, language)}</Fact>
        <Fact name={copy.agency}>
          <b lang={vietnameseIn(language)}>{agencyName}</b>
        </Fact>
        {payeeAccount ? <Fact name={copy.account}>{`${payeeAccount.holder} – ${payeeAccount.number}`}</Fact> : null}
        {procedureName || procedureCode ? (
          <Fact name={copy.procedure}>
            <span lang={vietnameseIn(language)}>{procedureName ?? procedureCode}</span>
          </Fact>
        ) : null}
        <Fact name={copy.dossier}>{order.dossierCode}</Fact>
        <Fact name={copy.payer}>{order.payerName}</Fact>
        {order.tracingCode ? <Fact name={copy.tracing}>{order.tracingCode}</Fact> : null}
      </dl>
    </section>
  )
}

/** Names of offices and procedures are Vietnamese on an English page too, and are to be read aloud so (WCAG 3.1.2). */
const vietnameseIn = (language: Language): 'vi' | undefined => (language === 'vi' ? undefined : 'vi')

const Fact: FC<{ name: string; children?: unknown }> = ({ name, children }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

export const FeeLines: FC<{ order: Order; language: Language }> = ({ order, language }) => {
  const { order: copy } = dictionary[language]
  return (
    <section class="card lines" aria-labelledby="lines">
      <h2 id="lines">{copy.lines}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col" class="small">
              {copy.line}
            </th>
            <th scope="col" class="small">
              {copy.amount}
            </th>
          </tr>
        </thead>
        <tbody>
          {order.lines.map((line) => (
            <tr>
              <th scope="row">
                <span lang={vietnameseIn(language)}>{line.description}</span>
                <div class="small">{lineNote(line, language)}</div>
              </th>
              <td>{money(line.amount, language)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{copy.total}</th>
            <td>{money(order.amount, language)}</td>
          </tr>
        </tfoot>
      </table>
    </section>
  )
}

/** `Lệ phí · 3 × 8.000 đ`, `Lệ phí · Được miễn theo …`. */
const lineNote = (line: OrderLine, language: Language): string => {
  const { order: copy } = dictionary[language]
  const counted = line.quantity > 1 ? [`${line.quantity} × ${money(line.unitAmount, language)}`] : []
  const exempted = line.exemption ? [copy.exempt(line.exemption.rule)] : []
  return [copy.kinds[line.kind], ...counted, ...exempted].join(' · ')
}
