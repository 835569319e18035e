/** One order: what it is, what happened to it, and everything that belongs to it. */
import type { FC } from 'hono/jsx'
import type { Language } from '../../language.ts'
import { shortTime } from '../../wording.ts'
import { readBank } from '../bank.ts'
import { ApiProblem } from '../console-api.ts'
import { Badge, Card, Facts, Money } from '../parts.tsx'
import { readPeople } from '../people.tsx'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { orderStatusTerms, orderStatusTones, termOf, toneOf } from '../terms.ts'
import { EntriesCard } from './entries-card.tsx'
import { entries } from './evidence-shape.ts'
import { AttemptsCard, DiscrepanciesCard, LinesCard, ReceiptsCard, RefundsCard, TimelineCard } from './order-parts.tsx'
import {
  attempts,
  discrepancies,
  type Order,
  order as orderShape,
  type Receipts,
  receipts,
  refunds,
  timeline,
} from './order-shape.ts'
import { words } from './words.ts'

export const orderScreen = defineScreen({
  path: '/orders/:id',
  roles: everybody,
  done: {
    refund: {
      vi: 'Đã ghi nhận đề nghị hoàn trả; trạng thái ở mục Hoàn trả bên dưới.',
      en: 'The refund was asked for; its state is under Refunds below.',
    },
  },
  view: async (visit) => {
    const { api, params, language, query } = visit
    const path = `/v1/orders/${encodeURIComponent(params.id ?? '')}`
    const order = await api.get(orderShape, path)
    const payee = order.payee_account
    const [tried, happened, returned, issued, open, booked, bank] = await Promise.all([
      api.get(attempts, `${path}/attempts`),
      api.get(timeline, `${path}/events`, { limit: 100, cursor: query.cursor }),
      api.get(refunds, `${path}/refunds`),
      order.status === 'paid' ? receiptsOf(visit, path) : [],
      api.get(discrepancies, '/v1/discrepancies', { order: order.id, limit: 50 }),
      api.get(entries, `${path}/entries`, { limit: 200 }),
      payee ? readBank(visit, { agencyCode: order.agency_code, bin: payee.bank_bin }) : null,
    ])
    const people = await readPeople(
      visit,
      returned.data.flatMap(({ made_by, decided_by }) => [made_by, decided_by]),
    )
    return {
      title: words[language].order(order.dossier_code),
      body: (
        <>
          <About order={order} bank={bank} language={language} />
          <Deeds order={order} visit={visit} surplus={tried.data.some(hasSurplus(order))} />
          <LinesCard order={order} language={language} />
          <AttemptsCard rows={tried.data} visit={visit} />
          <RefundsCard rows={returned.data} people={people} language={language} />
          <ReceiptsCard rows={issued} order={order} language={language} />
          <DiscrepanciesCard rows={open.data} language={language} />
          <EntriesCard entries={booked} orderId={order.id} language={language} />
          <TimelineCard timeline={happened} visit={visit} />
          <p>
            <a href="/console/orders">{words[language].back}</a>
          </p>
        </>
      ),
    }
  },
})

/** A payment whose receipt is still to be made has none, which is no error. */
const receiptsOf = async ({ api }: Visit, path: string): Promise<Receipts> => {
  try {
    return (await api.get(receipts, `${path}/receipt`)).receipts
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'receipt_not_issued') return []
    throw error
  }
}

/** Money of an attempt beyond what paid the order, which can be returned by itself. */
export const hasSurplus =
  (order: Pick<Order, 'paid_by' | 'amount_paid'>) =>
  ({ id, amount_captured, amount_reversed }: { id: string; amount_captured: bigint; amount_reversed: bigint }) =>
    amount_captured - amount_reversed > (order.paid_by?.attempt === id ? order.amount_paid : 0n)

const About: FC<{ order: Order; bank: string | null; language: Language }> = ({ order, bank, language }) => {
  const copy = words[language]
  return (
    <Card heading={copy.facts} id="facts">
      <Facts
        rows={[
          [
            copy.status,
            <Badge tone={toneOf(orderStatusTones, order.status)}>
              {termOf(orderStatusTerms[language], order.status)}
            </Badge>,
          ],
          [copy.amount, <Money amount={order.amount} language={language} />],
          [copy.paid, <Money amount={order.amount_paid} language={language} />],
          [
            copy.refunded,
            order.amount_refunded === 0n ? null : <Money amount={order.amount_refunded} language={language} />,
          ],
          [copy.payer, order.payer.name],
          [copy.agency, order.agency_code],
          [copy.procedure, [order.procedure_name, order.procedure_code].filter(Boolean).join(' · ')],
          [copy.placedAt, shortTime(order.created_at, language)],
          [copy.expiresAt, order.status === 'open' ? shortTime(order.expires_at, language) : null],
          [copy.paidAt, order.paid_at ? shortTime(order.paid_at, language) : null],
          [
            copy.payee,
            order.payee_account ? `${order.payee_account.number} · ${order.payee_account.holder} · ${bank}` : null,
          ],
          [copy.id, <code>{order.id}</code>],
          [copy.warnings, order.warnings.map(({ message }) => message).join(' ')],
          [
            copy.metadata,
            Object.entries(order.metadata)
              .map(([name, value]) => `${name}: ${value}`)
              .join('; '),
          ],
        ]}
      />
    </Card>
  )
}

const Deeds: FC<{ order: Order; visit: Visit; surplus: boolean }> = ({ order, visit, surplus }) => {
  const { language, staff } = visit
  const copy = words[language]
  const isRefundable = surplus || order.next_actions.some(({ name }) => name === 'request_refund')
  return (
    <div class="acts">
      {isRefundable && staff.role === 'accountant' ? (
        <a class="button plain" href={`/console/orders/${order.id}/refund`}>
          {copy.askRefund}
        </a>
      ) : null}
      {staff.role === 'accountant' && order.status === 'paid' ? (
        <a href={`/console/disputes/new?order=${order.id}`}>{copy.openDispute}</a>
      ) : null}
      {staff.role === 'accountant' ? <a href={`/console/tracing/new?order=${order.id}`}>{copy.openTracing}</a> : null}
      <a href={order.checkout_url}>{copy.checkout}</a>
      {order.status === 'open' ? <span class="small">{copy.onlyPortalCancels}</span> : null}
    </div>
  )
}
