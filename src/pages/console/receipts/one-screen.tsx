/** One receipt: what is on it, what became of it and of its money, and what an accountant does about it. */
import type { FC } from 'hono/jsx'
import { z } from 'zod'
import { money, shortTime } from '../../wording.ts'
import { doneWords } from '../done-words.ts'
import { Badge, Card, Facts, Money, Note, Table } from '../parts.tsx'
import { type People, readPeople } from '../people.tsx'
import type { Choice } from '../pick.ts'
import { type Acting, defineScreen, everybody, type Visit } from '../screen.ts'
import { GiveNotice, Replace } from './deeds.tsx'
import { numberOf } from './lists-screen.tsx'
import { type Receipt, receipt, refundsOfOrder } from './shapes.ts'
import { receiptTones, words } from './words.ts'

export const receiptScreen = defineScreen({
  path: '/receipts/:id',
  roles: everybody,
  done: doneWords({ vi: words.vi.done, en: words.en.done }),
  view: async (visit) => {
    const { language, staff } = visit
    const copy = words[language]
    const found = await visit.api.get(receipt, pathOf(visit))
    const people = await readPeople(visit, [found.made_by, ...found.notices.map((notice) => notice.made_by)])
    const mayAct = staff.role === 'accountant' && found.status !== 'replaced'
    const refunds = mayAct ? await refundChoices(visit, found) : []
    return {
      title: `${copy.one} ${found.serial} ${numberOf(found.number)}`,
      body: (
        <>
          <OnIt found={found} visit={visit} />
          <Became found={found} visit={visit} people={people} />
          {mayAct ? (
            <div class="cards">
              <Replace visit={visit} refunds={refunds} />
              <GiveNotice visit={visit} refunds={refunds} />
            </div>
          ) : null}
        </>
      ),
    }
  },
  acts: {
    replace: async (acting) => {
      const { id } = await acting.api.send(z.object({ id: z.string() }), {
        path: `${pathOf(acting)}/replace`,
        json: replacement(acting),
      })
      return { to: `/receipts/${id}`, done: 'replaced' }
    },
    notice: async (acting) => {
      const [field, refund] = [said(acting, 'field'), said(acting, 'refund')]
      const json = { field, text: said(acting, 'text'), ...(refund ? { refund } : {}) }
      await acting.api.send(z.object({ id: z.string() }), { path: `${pathOf(acting)}/notice`, json })
      return { to: acting.path, done: 'noticed' }
    },
  },
})

const pathOf = ({ params }: Visit): string => `/v1/receipts/${encodeURIComponent(params.id ?? '')}`
const said = ({ form }: Acting, name: string): string => form.get(name)?.trim() ?? ''

const replacement = (acting: Acting): object => {
  const [wrong, name, refund] = [said(acting, 'wrong'), said(acting, 'payer_name'), said(acting, 'refund')]
  return {
    reason: said(acting, 'reason'),
    ...(wrong ? { wrong } : {}),
    ...(name ? { correction: { payer_name: name } } : {}),
    ...(refund ? { refund } : {}),
  }
}

/** The refunds of its order that have gone through. */
const refundChoices = async ({ api, language }: Visit, { order }: Receipt): Promise<Choice[]> => {
  const { data } = await api.get(refundsOfOrder, `/v1/orders/${order}/refunds`)
  return data
    .filter(({ status }) => status === 'succeeded')
    .map(({ id, amount_refunded: amount, succeeded_at: at }) => ({
      value: id,
      label: `${money(amount, language)}, ${at ? shortTime(at, language) : ''} (…${id.slice(-6)})`,
    }))
}

type Shown = { found: Receipt; visit: Visit }

const OnIt: FC<Shown> = ({ found, visit }) => {
  const { language } = visit
  const copy = words[language]
  const { collector, payment } = found
  return (
    <Card heading={found.title} id="receipt">
      <p>
        <Badge tone={receiptTones[found.status] ?? 'calm'}>{copy.statuses[found.status] ?? found.status}</Badge>
      </p>
      <Facts
        rows={[
          [copy.serial, `${found.form} ${found.serial}`],
          [copy.number, numberOf(found.number)],
          [copy.issuedAt, shortTime(found.issued_at, language)],
          [copy.payer, found.payer.name],
          [copy.amount, <Money amount={found.amount} language={language} />],
          [copy.words, <span lang="vi">{found.amount_in_words}</span>],
          [copy.agency, `${collector.name} (${collector.agency_code})`],
          [copy.taxCode, collector.tax_code],
          [copy.address, collector.address],
          [copy.phone, collector.phone],
          [copy.dossier, found.dossier_code],
          [copy.procedure, found.procedure_name],
          [
            copy.payment,
            `${visit.titleOf(payment.provider)}, ${payment.provider_reference ?? payment.merchant_reference}`,
          ],
          [copy.order, <a href={`/console/orders/${found.order}`}>{copy.seeOrder}</a>],
        ]}
      />
      <Table
        caption={copy.fees}
        language={language}
        rows={found.fees}
        columns={[
          { head: copy.description, cell: (fee) => fee.description },
          { head: copy.unit, isFigure: true, cell: (fee) => <Money amount={fee.unit_amount} language={language} /> },
          { head: copy.quantity, isFigure: true, cell: (fee) => String(fee.quantity) },
          { head: copy.amount, isFigure: true, cell: (fee) => <Money amount={fee.amount} language={language} /> },
        ]}
      />
      <p class="acts">
        <a class="button plain" href={`/console/orders/${found.order}/receipt`}>
          {copy.pdf}
        </a>
        <a href={found.url}>{copy.publicPage}</a>
      </p>
      <p class="hint">{copy.pdfHint}</p>
    </Card>
  )
}

const Became: FC<Shown & { people: People }> = ({ found, visit: { language }, people }) => {
  const copy = words[language]
  const { money: left, replaces } = found
  const isWhole = left.returned === 0n && left.reversed === 0n && !left.disputed
  const sum = (amount: bigint) => (amount > 0n ? <Money amount={amount} language={language} /> : null)
  return (
    <Card heading={copy.history} id="history">
      <Facts
        rows={[
          [copy.money, isWhole ? copy.whole : null],
          [copy.returned, sum(left.returned)],
          [copy.reversed, sum(left.reversed)],
          [copy.disputed, left.disputed ? copy.yes : null],
          [
            copy.replaces,
            replaces ? (
              <a href={`/console/receipts/${replaces.id}`}>{`${replaces.serial} ${numberOf(replaces.number)}`}</a>
            ) : null,
          ],
          [copy.replaceReason, replaces?.reason],
          [copy.madeBy, people(found.made_by)],
          [
            copy.replacedBy,
            found.replaced_by ? <a href={`/console/receipts/${found.replaced_by}`}>{copy.seeReceipt}</a> : null,
          ],
        ]}
      />
      {found.notices.map((notice) => (
        <Note tone="wait">
          <p>
            <b>
              {copy.notice}: {copy.fields[notice.field]}
            </b>{' '}
            <span class="small">
              {shortTime(notice.noticed_at, language)} · {people(notice.made_by)}
            </span>
          </p>
          <p>{notice.text}</p>
          {notice.refund ? (
            <p>
              <a href={`/console/refunds/${notice.refund}`}>{copy.refund}</a>
            </p>
          ) : null}
        </Note>
      ))}
    </Card>
  )
}
