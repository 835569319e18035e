/** One refund: whose money goes back, how and to whom, and what a second person decides or has done. */
import type { FC } from 'hono/jsx'
import { shortDay, shortTime } from '../../wording.ts'
import { doneWords } from '../done-words.ts'
import { wholeOf } from '../form-values.ts'
import { Badge, Card, Facts, Money, Note, Table } from '../parts.tsx'
import { type People, readPeople } from '../people.tsx'
import { type Acting, defineScreen, everybody, type Next, type Visit } from '../screen.ts'
import {
  feeKindTerms,
  refundMethodTerms,
  refundReasonTerms,
  refundStatusTerms,
  refundStatusTones,
  termOf,
  toneOf,
} from '../terms.ts'
import { Deeds } from './deeds.tsx'
import { bankShown, isBankUnlisted, payee, type Refund, refund } from './shapes.ts'
import { words } from './words.ts'

export const refundDecisionScreen = defineScreen({
  path: '/refunds/:id',
  roles: everybody,
  done: doneWords({ vi: words.vi.done, en: words.en.done }),
  view: async (visit) => {
    const copy = words[visit.language]
    const found = await visit.api.get(refund, pathOf(visit))
    const people = await readPeople(visit, [found.made_by, found.decided_by, found.confirmed_by])
    return {
      title: copy.one,
      body: (
        <>
          <Told found={found} visit={visit} people={people} />
          {found.method === 'provider' ? null : <Payee found={found} visit={visit} />}
          <Deeds found={found} visit={visit} />
        </>
      ),
    }
  },
  acts: {
    approve: (acting) =>
      deed(acting, 'approve', 'approved', { payee_version: versionOf(acting.form.get('payee_version')) }),
    reject: (acting) => deed(acting, 'reject', 'rejected', {}),
    give: async (acting) => {
      const json = {
        number: said(acting, 'number'),
        bank_bin: said(acting, 'bank_bin'),
        holder: said(acting, 'holder'),
      }
      await acting.api.send(refund, { method: 'PUT', path: `${pathOf(acting)}/payee_account`, json })
      return { to: acting.path, done: 'given' }
    },
    confirm: (acting) =>
      deed(acting, 'confirm', 'confirmed', {
        bank_reference: said(acting, 'bank_reference'),
        paid_on: said(acting, 'paid_on'),
        evidence: said(acting, 'evidence'),
      }),
    bounce: (acting) =>
      deed(acting, 'bounce', 'bounced', {
        bank_reference: said(acting, 'bank_reference'),
        returned_on: said(acting, 'returned_on'),
        note: said(acting, 'note'),
      }),
    settle: (acting) => deed(acting, 'settle', 'settled', settlement(acting)),
  },
})

const pathOf = ({ params }: Visit): string => `/v1/refunds/${encodeURIComponent(params.id ?? '')}`
const said = ({ form }: Acting, name: string): string => form.get(name)?.trim() ?? ''

const deed = async (acting: Acting, verb: string, done: string, json: object): Promise<Next> => {
  await acting.api.send(refund, { path: `${pathOf(acting)}/${verb}`, json })
  return { to: acting.path, done }
}

const settlement = (acting: Acting): object => {
  const [amount, reference] = [said(acting, 'amount'), said(acting, 'provider_reference')]
  return {
    outcome: said(acting, 'outcome'),
    note: said(acting, 'note'),
    // What is no number goes on as it is, so that the API says so.
    ...(amount ? { amount: wholeOf(amount) } : {}),
    ...(reference ? { provider_reference: reference } : {}),
  }
}

type Shown = { found: Refund; visit: Visit }

const Told: FC<Shown & { people: People }> = ({ found, visit, people }) => {
  const { language } = visit
  const copy = words[language]
  const day = (value: string | null) => (value ? shortDay(value, language) : null)
  return (
    <Card>
      <p>
        <Badge tone={toneOf(refundStatusTones, found.status)}>
          {termOf(refundStatusTerms[language], found.status)}
        </Badge>{' '}
        {found.overdue_at ? <Badge tone="bad">{copy.overdue}</Badge> : null}
      </p>
      <Facts
        rows={[
          [copy.amount, <Money amount={found.amount} language={language} />],
          [
            copy.refunded,
            found.amount_refunded > 0n ? <Money amount={found.amount_refunded} language={language} /> : null,
          ],
          [copy.order, <a href={`/console/orders/${found.order}`}>{copy.seeOrder}</a>],
          [copy.source, copy.sources[found.source] ?? found.source],
          [copy.reason, copy.reasons[found.reason] ?? found.reason],
          [copy.reasonCode, found.reason_code ? termOf(refundReasonTerms[language], found.reason_code) : null],
          [copy.method, refundMethodTerms[language][found.method]],
          [copy.provider, visit.titleOf(found.provider)],
          [copy.madeBy, people(found.made_by)],
          [copy.created, shortTime(found.created_at, language)],
          [copy.decidedBy, people(found.decided_by)],
          [copy.promised, day(found.promised_on)],
          [copy.expected, day(found.expected_on)],
          [copy.reference, <code>{found.merchant_reference}</code>],
          [copy.providerReference, found.provider_reference ? <code>{found.provider_reference}</code> : null],
          [copy.failure, found.failure_code ? <code>{found.failure_code}</code> : null],
          [copy.bankReferenceShown, found.bank_reference],
          [copy.paidOn, day(found.paid_on)],
          [copy.confirmedBy, people(found.confirmed_by)],
          [copy.bounceShown, found.bounce_reference],
          [copy.succeededAt, found.succeeded_at ? shortTime(found.succeeded_at, language) : null],
        ]}
      />
      {found.lines.length > 0 ? (
        <Table
          caption={copy.lines}
          language={language}
          rows={found.lines}
          columns={[
            { head: copy.line, cell: (line) => String(line.line) },
            { head: copy.fee, cell: (line) => `${termOf(feeKindTerms[language], line.kind)} ${line.fee_code ?? ''}` },
            { head: copy.amount, isFigure: true, cell: (line) => <Money amount={line.amount} language={language} /> },
          ]}
        />
      ) : null}
    </Card>
  )
}

/** A form that does not say which naming of the payee it showed agrees to none: the API refuses what is no version. */
const versionOf = (text: string | undefined): number => (/^\d{1,4}$/.test(text ?? '') ? Number(text) : -1)

/** Who gets it: its last digits for everybody, all of it for who approves or pays, when they ask for it. */
const Payee: FC<Shown> = async ({ found, visit }) => {
  const { language, staff, query, path } = visit
  const copy = words[language]
  const { payee_account: shown } = found
  const whole =
    shown && staff.role === 'checker' && query.payee === '1'
      ? await visit.api.get(payee, `${pathOf(visit)}/payee_account`)
      : null
  return (
    <Card heading={copy.payee} id="payee">
      {whole ? (
        <Facts
          rows={[
            [copy.payeeNumber, <code>{whole.number}</code>],
            [copy.bank, bankShown(found)],
            [copy.payeeHolder, whole.holder],
          ]}
        />
      ) : (
        <p>{shown ? copy.payeeShort(shown.number, bankShown(found) ?? '') : copy.payeeMissing}</p>
      )}
      {isBankUnlisted(found) ? (
        <Note tone="wait">
          <p>{copy.bankUnlisted}</p>
        </Note>
      ) : null}
      {shown && !whole && staff.role === 'checker' ? (
        <p>
          <a href={`/console${path}?payee=1`}>{copy.payeeSee}</a> <span class="small">{copy.payeeSeeHint}</span>
        </p>
      ) : null}
    </Card>
  )
}
