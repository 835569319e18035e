/** What a person may do about one discrepancy, as far as its state and their role allow. */
import type { FC } from 'hono/jsx'
import { shortTime } from '../../wording.ts'
import { ActForm, Card, Facts, Field, Note } from '../parts.tsx'
import type { Choice } from '../pick.ts'
import type { Visit } from '../screen.ts'
import { typedIn } from '../typed.ts'
import { EvidenceFields } from './evidence-fields.tsx'
import type { Parts } from './parts.ts'
import { resolutionName } from './policy-words.ts'
import { words } from './words.ts'

export const Deeds: FC<Parts & { colleagues: readonly Choice[] }> = (props) => {
  const { visit, found } = props
  const isAccountant = visit.staff.role === 'accountant'
  const awaits = found.status === 'proposed' || found.reopening !== null
  return (
    <>
      {awaits ? <Decision {...props} /> : null}
      {found.status === 'resolved' ? <HowResolved {...props} /> : null}
      {isAccountant && found.status === 'open' ? <Resolve {...props} /> : null}
      {isAccountant ? (
        <div class="cards">
          {found.status === 'resolved' ? null : <Owner {...props} />}
          {found.status === 'resolved' && !found.reopening ? <Reopen visit={visit} /> : null}
          <AddNote visit={visit} />
        </div>
      ) : null}
    </>
  )
}

/** What waits for a second person. Who made the proposal is told beforehand that somebody else approves it. */
const Decision: FC<Parts> = ({ visit, found, people }) => {
  const { language, staff } = visit
  const copy = words[language]
  const by = found.reopening?.proposed_by ?? found.proposed_by
  const at = found.reopening?.proposed_at ?? found.proposed_at
  const isOwn = by === staff.subject
  const mayDecide = staff.role === 'accountant' || staff.role === 'checker'
  const version = <input type="hidden" name="version" value={String(found.version)} />
  return (
    <Card heading={found.reopening ? copy.reopening : copy.proposal} id="decision">
      <Facts
        rows={[
          [copy.resolution, found.resolution ? resolutionName(found.resolution, language) : null],
          [copy.note, found.reopening ? found.reopening.note : found.note],
          [copy.proposedBy, people(by)],
          [copy.proposedAt, at ? shortTime(at, language) : null],
        ]}
      />
      {mayDecide ? (
        <div class="sides">
          {isOwn ? (
            <Note tone="calm">
              <p>{copy.decideOwn}</p>
            </Note>
          ) : (
            <ActForm visit={visit} act="approve">
              {version}
              <p>{copy.decideHint}</p>
              <Field
                id="approval-note"
                name="note"
                label={copy.approvalNote}
                value={typedIn(visit, 'approve')('note')}
                maxLength={1_000}
                language={language}
              />
              <button type="submit">{copy.approve}</button>
            </ActForm>
          )}
          <ActForm visit={visit} act="reject">
            {version}
            <Field
              id="reject-note"
              name="note"
              label={copy.rejectReason}
              value={typedIn(visit, 'reject')('note')}
              isRequired
              maxLength={1_000}
              language={language}
            />
            <button type="submit" class="plain">
              {isOwn ? copy.withdraw : copy.reject}
            </button>
          </ActForm>
        </div>
      ) : null}
    </Card>
  )
}

const HowResolved: FC<Parts> = ({ visit: { language }, found, people }) => {
  const copy = words[language]
  return (
    <Card heading={copy.statuses.resolved ?? ''} id="resolved">
      <Facts
        rows={[
          [copy.resolution, found.resolution ? resolutionName(found.resolution, language) : null],
          [copy.note, found.note],
          [copy.proposedBy, people(found.proposed_by)],
          [copy.resolvedBy, people(found.resolved_by)],
          [copy.resolvedAt, found.resolved_at ? shortTime(found.resolved_at, language) : null],
        ]}
      />
    </Card>
  )
}

const Resolve: FC<Parts> = ({ visit, policy }) => {
  const { language } = visit
  const copy = words[language]
  const typed = typedIn(visit, 'resolve')
  const chosen = typed('resolution')
  return (
    <Card heading={copy.resolveTitle} id="resolve">
      <p class="hint">{copy.resolveHint}</p>
      <ActForm
        visit={visit}
        act="resolve"
        labels={{ '/resolution': copy.resolution, '/note': copy.note, '/evidence/0/reference': copy.evidenceReference }}
      >
        <fieldset class="choices">
          <legend>{copy.resolution}</legend>
          {(policy?.resolutions ?? []).map(({ resolution, decided_by: by }) => (
            <label class="check">
              <input type="radio" name="resolution" value={resolution} checked={chosen === resolution} required />
              <span>
                {resolutionName(resolution, language)}{' '}
                <small>({by === 'second_person' ? copy.secondPerson : copy.onePerson})</small>
              </span>
            </label>
          ))}
          <label class="check">
            <input
              type="radio"
              name="resolution"
              value=""
              checked={typed('own_words') !== '' && chosen === ''}
              required
            />
            <span>{copy.ownWords}</span>
          </label>
        </fieldset>
        <Field
          id="own-words"
          name="own_words"
          label={copy.ownWordsField}
          hint={copy.ownWordsHint}
          value={typed('own_words')}
          maxLength={100}
          language={language}
        />
        <Field
          id="resolve-note"
          name="note"
          label={copy.note}
          value={typed('note')}
          isRequired
          isLong
          maxLength={1_000}
          language={language}
        />
        <EvidenceFields visit={visit} act="resolve" />
        <button type="submit">{copy.submitResolve}</button>
      </ActForm>
    </Card>
  )
}

const Owner: FC<Parts & { colleagues: readonly Choice[] }> = ({ visit, found, colleagues }) => {
  const { language, staff } = visit
  const copy = words[language]
  return (
    <Card heading={copy.ownerTitle} id="owner">
      {found.owner === staff.subject ? null : (
        <ActForm visit={visit} act="assign" item="me">
          <input type="hidden" name="owner" value={staff.subject} />
          <button type="submit" class="plain">
            {copy.take}
          </button>
        </ActForm>
      )}
      <ActForm visit={visit} act="assign">
        <Field
          id="owner-field"
          name="owner"
          label={copy.assignTo}
          options={[{ value: '', label: copy.release }, ...colleagues]}
          value={typedIn(visit, 'assign')('owner', found.owner ?? '')}
          language={language}
        />
        <button type="submit" class="plain">
          {copy.saveOwner}
        </button>
      </ActForm>
    </Card>
  )
}

const Reopen: FC<{ visit: Visit }> = ({ visit }) => {
  const copy = words[visit.language]
  return (
    <Card heading={copy.reopenTitle} id="reopen">
      <p class="hint">{copy.reopenHint}</p>
      <ActForm visit={visit} act="reopen">
        <Field
          id="reopen-note"
          name="note"
          label={copy.note}
          value={typedIn(visit, 'reopen')('note')}
          isRequired
          maxLength={1_000}
          language={visit.language}
        />
        <button type="submit" class="danger">
          {copy.reopen}
        </button>
      </ActForm>
    </Card>
  )
}

const AddNote: FC<{ visit: Visit }> = ({ visit }) => {
  const copy = words[visit.language]
  return (
    <Card heading={copy.notes} id="note">
      <ActForm visit={visit} act="note">
        <Field
          id="note-text"
          name="note"
          label={copy.note}
          value={typedIn(visit, 'note')('note')}
          isRequired
          isLong
          maxLength={1_000}
          language={visit.language}
        />
        <EvidenceFields visit={visit} act="note" />
        <button type="submit" class="plain">
          {copy.addNote}
        </button>
      </ActForm>
    </Card>
  )
}
