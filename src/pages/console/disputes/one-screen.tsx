/** One dispute: what is disputed, what was told of the money, and how it ends. */
import type { FC } from 'hono/jsx'
import { disputeOutcomes } from '../../../domain/order-facts.ts'
import { shortDay, shortTime } from '../../wording.ts'
import { doneWords } from '../done-words.ts'
import { ActForm, Badge, Card, Facts, Field, Money, Note, Table } from '../parts.tsx'
import { type People, readPeople } from '../people.tsx'
import { type Acting, defineScreen, everybody, type Next, type Visit } from '../screen.ts'
import { typedIn } from '../typed.ts'
import { type DisputeCase, dispute, disputeCase } from './shapes.ts'
import { words } from './words.ts'

export const disputeScreen = defineScreen({
  path: '/disputes/:id',
  roles: everybody,
  done: doneWords({ vi: words.vi.done, en: words.en.done }),
  view: async (visit) => {
    const found = await visit.api.get(disputeCase, pathOf(visit))
    const people = await readPeople(visit, [
      found.opened_by,
      found.closed_by,
      found.release_asked_by,
      found.released_by,
    ])
    const shown = { found, visit, people }
    return {
      title: `${words[visit.language].one}: ${words[visit.language].kinds[found.kind]}`,
      body: (
        <>
          <Told {...shown} />
          <Deeds {...shown} />
          <MoneyTold {...shown} />
        </>
      ),
    }
  },
  acts: {
    close: (acting) =>
      deed(acting, 'close', 'closed', {
        outcome: acting.form.get('outcome') ?? '',
        note: acting.form.get('note') ?? '',
      }),
    release: (acting) => deed(acting, 'release', 'asked', { note: acting.form.get('note') ?? '' }),
    approve: (acting) => deed(acting, 'release/approve', 'approved'),
    reject: (acting) => deed(acting, 'release/reject', 'rejected'),
  },
})

const pathOf = ({ params }: Visit): string => `/v1/disputes/${encodeURIComponent(params.id ?? '')}`

const deed = async (acting: Acting, verb: string, done: string, json?: object): Promise<Next> => {
  await acting.api.send(dispute, { path: `${pathOf(acting)}/${verb}`, ...(json ? { json } : {}) })
  return { to: acting.path, done }
}

type Shown = { found: DisputeCase; visit: Visit; people: People }

/** A lost chargeback whose reversal has not come: its refunds wait. */
const isWaiting = ({ kind, outcome, amount, amount_reversed, reversed_before, released_by }: DisputeCase): boolean =>
  kind === 'chargeback' && outcome === 'lost' && released_by === null && amount_reversed - reversed_before < amount

const Told: FC<Shown> = ({ found, visit: { language }, people }) => {
  const copy = words[language]
  const money = (amount: bigint | null) => (amount === null ? null : <Money amount={amount} language={language} />)
  return (
    <Card>
      <p>
        <Badge tone={found.status === 'open' ? 'wait' : 'good'}>{copy.statuses[found.status]}</Badge>
      </p>
      {found.status === 'open' || isWaiting(found) ? (
        <Note tone="wait">
          <p>{found.status === 'open' ? copy.lock : copy.waits}</p>
        </Note>
      ) : null}
      <Facts
        rows={[
          [copy.amount, money(found.amount)],
          [copy.respondBy, shortDay(found.respond_by, language)],
          [copy.order, <a href={`/console/orders/${found.order}`}>{copy.seeOrder}</a>],
          [copy.reference, found.reference],
          [copy.agency, found.agency_code],
          [copy.openedBy, people(found.opened_by)],
          [copy.openedAt, shortTime(found.opened_at, language)],
          [copy.reversed, money(found.amount_reversed)],
          [
            copy.sent,
            found.sent_refunds.length > 0
              ? found.sent_refunds.map((id) => (
                  <div>
                    <a href={`/console/refunds/${id}`}>…{id.slice(-6)}</a>
                  </div>
                ))
              : null,
          ],
          [copy.outcome, found.outcome ? copy.outcomes[found.outcome] : null],
          [copy.note, found.note],
          [copy.closedBy, people(found.closed_by)],
          [copy.closedAt, found.closed_at ? shortTime(found.closed_at, language) : null],
          [copy.releaseAskedBy, people(found.release_asked_by)],
          [copy.releaseNote, found.release_note],
          [copy.releasedBy, people(found.released_by)],
          [copy.released, money(found.released_amount)],
        ]}
      />
      <Facts rows={[[copy.reason, found.reason]]} />
    </Card>
  )
}

const Deeds: FC<Shown> = ({ found, visit }) => {
  const { role, subject } = visit.staff
  const copy = words[visit.language]
  const asked = found.release_asked_by !== null && found.released_by === null
  if (role === 'checker' && found.status === 'open')
    return found.opened_by === subject ? <Own text={copy.closeOwn} /> : <Close visit={visit} />
  if (role === 'checker' && asked) return <DecideRelease visit={visit} isOwn={found.release_asked_by === subject} />
  return role === 'accountant' && isWaiting(found) && !asked ? <AskRelease visit={visit} /> : null
}

const Own: FC<{ text: string }> = ({ text }) => (
  <Note tone="calm">
    <p>{text}</p>
  </Note>
)

const NoteField: FC<{ visit: Visit; act: string }> = ({ visit, act }) => (
  <Field
    id={`${act}-note`}
    name="note"
    label={words[visit.language].note}
    value={typedIn(visit, act)('note')}
    isRequired
    isLong
    maxLength={1_000}
    language={visit.language}
  />
)

const Close: FC<{ visit: Visit }> = ({ visit }) => {
  const copy = words[visit.language]
  const chosen = typedIn(visit, 'close')('outcome')
  return (
    <Card heading={copy.closeTitle} id="close">
      <Note tone="wait">
        <p>{copy.closeHint}</p>
      </Note>
      <ActForm visit={visit} act="close" labels={{ '/note': copy.note, '/outcome': copy.outcome }}>
        <fieldset class="choices">
          <legend>{copy.outcome}</legend>
          {disputeOutcomes.map((value) => (
            <label class="check">
              <input type="radio" name="outcome" value={value} checked={chosen === value} required />
              {copy.outcomes[value]}
            </label>
          ))}
        </fieldset>
        <NoteField visit={visit} act="close" />
        <button type="submit">{copy.close}</button>
      </ActForm>
    </Card>
  )
}

const AskRelease: FC<{ visit: Visit }> = ({ visit }) => {
  const copy = words[visit.language]
  return (
    <Card heading={copy.releaseTitle} id="release">
      <p class="hint">{copy.releaseHint}</p>
      <ActForm visit={visit} act="release" labels={{ '/note': copy.note }}>
        <NoteField visit={visit} act="release" />
        <button type="submit">{copy.release}</button>
      </ActForm>
    </Card>
  )
}

const DecideRelease: FC<{ visit: Visit; isOwn: boolean }> = ({ visit, isOwn }) => {
  const copy = words[visit.language]
  return (
    <Card heading={copy.decideRelease} id="decide">
      {isOwn ? <Own text={copy.decideOwn} /> : null}
      <div class="acts">
        {isOwn ? null : (
          <ActForm visit={visit} act="approve">
            <button type="submit">{copy.approve}</button>
          </ActForm>
        )}
        <ActForm visit={visit} act="reject">
          <button type="submit" class="plain">
            {copy.reject}
          </button>
        </ActForm>
      </div>
    </Card>
  )
}

const MoneyTold: FC<Shown> = ({ found, visit: { language } }) => {
  const copy = words[language]
  return (
    <Card heading={copy.money} id="money">
      <Table
        caption={copy.moneyTable}
        isCaptionUnseen
        language={language}
        rows={found.evidence.money}
        columns={[
          { head: copy.kind, cell: (row) => copy.moneyKinds[row.kind] ?? row.kind },
          { head: copy.amount, isFigure: true, cell: (row) => <Money amount={row.amount} language={language} /> },
          { head: copy.moneyReference, cell: (row) => <code>{row.reference}</code> },
          { head: copy.when, cell: (row) => shortTime(row.occurred_at, language) },
        ]}
      />
    </Card>
  )
}
