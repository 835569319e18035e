/** Finding orders by what people know of them: a dossier, a number of the provider, a name, a sum. */
import type { FC } from 'hono/jsx'
import { businessDayRange, isBusinessDayText, toRfc3339 } from '../../../lib/time.ts'
import type { Language } from '../../language.ts'
import { shortTime } from '../../wording.ts'
import { asked, type Query } from '../console-api.ts'
import { Badge, Field, FilterForm, Money, Pager, ProblemNote, Table } from '../parts.tsx'
import { agencyChoices, type Choice } from '../pick.ts'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { orderStatusTerms, orderStatusTones, termOf, toneOf } from '../terms.ts'
import { type Order, orders } from './order-shape.ts'
import { words } from './words.ts'

export const ordersScreen = defineScreen({
  path: '/orders',
  roles: everybody,
  nav: { section: 'daily', words: { vi: words.vi.title, en: words.en.title } },
  view: async (visit) => {
    const { api, language } = visit
    const [{ found, problem }, agencies] = await Promise.all([
      asked(api.get(orders, '/v1/orders', wantedOf(visit))),
      agencyChoices(visit, words[language].any),
    ])
    return {
      title: words[language].title,
      ...(problem ? { status: 422 as const } : {}),
      body: (
        <>
          <Filter visit={visit} agencies={agencies} />
          {problem ? <ProblemNote visit={{ ...visit, problem }} labels={labelsOf(language)} /> : null}
          {found ? (
            <>
              <List rows={found.data} visit={visit} />
              <Pager visit={visit} nextCursor={found.next_cursor} />
            </>
          ) : null}
        </>
      ),
    }
  },
})

/** What the API's parameters are called in the form. */
const labelsOf = (language: Language) => {
  const copy = words[language]
  return {
    '/query/dossier_code': copy.dossier,
    '/query/provider_reference': copy.reference,
    '/query/payer_name': copy.payer,
    '/query/amount': copy.amount,
    '/query/status': copy.status,
    '/query/agency_code': copy.agency,
    '/query/created_from': copy.from,
    '/query/created_to': copy.to,
  }
}

const pageRows = 50

const wantedOf = ({ query }: Visit): Query => ({
  dossier_code: query.dossier_code?.trim(),
  provider_reference: query.reference?.trim(),
  payer_name: query.payer_name?.trim(),
  amount: query.amount?.replace(/[\s.,đ₫]|VND/giu, ''),
  status: query.status,
  agency_code: query.agency_code,
  unknown: query.unknown,
  created_from: dayOf(query.from, ({ from }) => from),
  created_to: dayOf(query.to, ({ to }) => to),
  cursor: query.cursor,
  limit: pageRows,
})

/** What is no day goes to the API as it is, which says so. */
const dayOf = (day: string | undefined, edge: (range: { from: Date; to: Date }) => Date): string | undefined =>
  day && isBusinessDayText(day) ? toRfc3339(edge(businessDayRange(day))) : day

const Filter: FC<{ visit: Visit; agencies: readonly Choice[] }> = ({ visit, agencies }) => {
  const { language, query } = visit
  const copy = words[language]
  const field = (name: string) => ({ id: name, name, value: query[name] ?? '', language })
  const statuses = Object.entries(orderStatusTerms[language]).map(([value, label]) => ({ value, label }))
  return (
    <FilterForm visit={visit}>
      <Field {...field('dossier_code')} label={copy.dossier} maxLength={100} />
      <Field {...field('reference')} label={copy.reference} maxLength={200} />
      <Field {...field('payer_name')} label={copy.payer} maxLength={150} />
      <Field {...field('amount')} label={copy.amount} inputMode="numeric" maxLength={20} />
      <Field {...field('status')} label={copy.status} options={[{ value: '', label: copy.any }, ...statuses]} />
      <Field
        {...field('unknown')}
        label={copy.unknown}
        options={[
          { value: '', label: copy.any },
          { value: 'true', label: copy.onlyUnknown },
        ]}
      />
      <Field {...field('agency_code')} label={copy.agency} options={agencies} />
      <Field {...field('from')} label={copy.from} type="date" />
      <Field {...field('to')} label={copy.to} type="date" />
    </FilterForm>
  )
}

const List: FC<{ rows: readonly Order[]; visit: Visit }> = ({ rows, visit: { language, titleOf } }) => {
  const copy = words[language]
  const tell = (amount: bigint) => (amount === 0n ? '' : <Money amount={amount} language={language} />)
  return (
    <Table
      caption={copy.list}
      language={language}
      rows={rows}
      columns={[
        {
          head: `${copy.dossier} · ${copy.payer}`,
          cell: (row) => (
            <>
              <a class="whole" href={`/console/orders/${row.id}`}>
                {row.dossier_code}
              </a>
              <div class="small">{row.payer.name}</div>
            </>
          ),
        },
        {
          head: copy.status,
          cell: ({ status }) => (
            <Badge tone={toneOf(orderStatusTones, status)}>{termOf(orderStatusTerms[language], status)}</Badge>
          ),
        },
        { head: copy.amount, isFigure: true, cell: ({ amount }) => <Money amount={amount} language={language} /> },
        {
          head: copy.paid,
          isFigure: true,
          cell: ({ amount_paid, amount_refunded }) => (
            <>
              {tell(amount_paid)}
              {amount_refunded === 0n ? null : (
                <div class="small">
                  {copy.refunded} {tell(amount_refunded)}
                </div>
              )}
            </>
          ),
        },
        {
          head: copy.provider,
          cell: ({ paid_by }) =>
            paid_by ? (
              <>
                {titleOf(paid_by.provider)}
                <div class="small">{paid_by.provider_reference}</div>
              </>
            ) : (
              ''
            ),
        },
        { head: copy.agency, cell: ({ agency_code }) => agency_code },
        { head: copy.placedAt, cell: ({ created_at }) => shortTime(created_at, language) },
      ]}
    />
  )
}
