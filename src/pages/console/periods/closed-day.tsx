/** A day that is closed: what was signed, how anybody verifies it, and what a second person does about it. */
import type { FC } from 'hono/jsx'
import { shortDay, shortTime } from '../../wording.ts'
import { ActForm, Card, Facts, Field, Note } from '../parts.tsx'
import type { People } from '../people.tsx'
import type { Visit } from '../screen.ts'
import { typedIn } from '../typed.ts'
import { CarriedLines } from './lines.tsx'
import type { Close } from './shapes.ts'
import { words } from './words.ts'

type Shown = { close: Close; visit: Visit; people: People }

export const ClosedDay: FC<Shown> = (props) => {
  const { close, visit, people } = props
  const { language, params, staff } = visit
  const copy = words[language]
  if (close.covers.to !== params.day)
    return (
      <Card>
        <p>
          {copy.closedWith(shortDay(close.covers.to, language))}{' '}
          <a href={`/console/periods/${params.account}/${close.covers.to}`}>{copy.seeClose}</a>
        </p>
      </Card>
    )
  const mayAct = staff.role === 'accountant' || staff.role === 'checker'
  return (
    <>
      <Signed {...props} />
      {close.document.carried_forward.length > 0 ? (
        <Card heading={copy.carriedSigned} id="carried">
          <CarriedLines
            caption={copy.carriedTable}
            rows={close.document.carried_forward}
            visit={visit}
            people={people}
          />
        </Card>
      ) : null}
      {mayAct && close.closed_by === staff.subject ? (
        <Note tone="calm">
          <p>{copy.countersignOwn}</p>
        </Note>
      ) : null}
      {mayAct && close.closed_by !== staff.subject ? (
        <div class="cards">
          {close.countersigned_at ? null : <Countersign visit={visit} />}
          <Reopen visit={visit} />
        </div>
      ) : null}
      <Downloads {...props} />
    </>
  )
}

const Signed: FC<Shown> = ({ close, visit: { language }, people }) => {
  const copy = words[language]
  const { document } = close
  return (
    <Card heading={copy.signed} id="signed">
      <Facts
        rows={[
          [copy.version, String(close.version)],
          [copy.closedBy, people(close.closed_by)],
          [copy.closedAt, shortTime(close.closed_at, language)],
          [copy.countersignedBy, people(close.countersigned_by) ?? copy.notCountersigned],
          [copy.countersignedAt, close.countersigned_at ? shortTime(close.countersigned_at, language) : null],
          [copy.note, document.note],
          [copy.evidence, copy.evidenceCount(document.statements.length, document.reconciliations.length)],
        ]}
      />
      <Facts
        rows={[
          [copy.sha, <code>{close.sha256}</code>],
          [copy.root, <code>{document.ledger.root}</code>],
        ]}
      />
    </Card>
  )
}

const Downloads: FC<Shown> = ({ visit: { language, path } }) => {
  const copy = words[language]
  return (
    <Card heading={copy.downloads} id="downloads">
      <p class="acts">
        <a href={`/console${path}/close.jws`}>{copy.jws}</a>
        <a href={`/console${path}/close.json`}>{copy.json}</a>
        <a href="/.well-known/jwks.json">{copy.verifyKeys}</a>
      </p>
      <p class="small">
        {copy.verify} <code>npx lephi verify-periods</code>
      </p>
    </Card>
  )
}

const Countersign: FC<{ visit: Visit }> = ({ visit }) => {
  const copy = words[visit.language]
  return (
    <Card heading={copy.countersignTitle} id="countersign">
      <ActForm visit={visit} act="countersign">
        <p>{copy.countersignHint}</p>
        <button type="submit">{copy.countersign}</button>
      </ActForm>
    </Card>
  )
}

const Reopen: FC<{ visit: Visit }> = ({ visit }) => {
  const { language } = visit
  const copy = words[language]
  return (
    <Card heading={copy.reopenTitle} id="reopen">
      <ActForm visit={visit} act="reopen" labels={{ '/reason': copy.reopenReason }}>
        <Note tone="wait">
          <p>{copy.reopenHint}</p>
        </Note>
        <Field
          id="reopen-reason"
          name="reason"
          label={copy.reopenReason}
          value={typedIn(visit, 'reopen')('reason')}
          isRequired
          isLong
          maxLength={1_000}
          language={language}
        />
        <button type="submit" class="danger">
          {copy.reopen}
        </button>
      </ActForm>
    </Card>
  )
}
