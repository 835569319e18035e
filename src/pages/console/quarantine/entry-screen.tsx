/** One sum of no known payment: what was told of it, which payments are like it, and where a person says that it belongs. */
import type { FC } from 'hono/jsx'
import { z } from 'zod'
import type { Reason } from '../../../domain/candidates.ts'
import { shortTime } from '../../wording.ts'
import { doneWords } from '../done-words.ts'
import { ActForm, Badge, Card, Facts, Field, Money, Note } from '../parts.tsx'
import { type People, readPeople } from '../people.tsx'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { typedIn } from '../typed.ts'
import { type Entry, entry } from './shapes.ts'
import { quarantineTones, words } from './words.ts'

export const quarantineEntryScreen = defineScreen({
  path: '/quarantine/:id',
  roles: everybody,
  done: doneWords({ vi: words.vi.done, en: words.en.done }),
  view: async (visit) => {
    const copy = words[visit.language]
    const found = await visit.api.get(entry, pathOf(visit))
    const people = await readPeople(visit, [found.decided_by, ...found.history.map(({ by }) => by)])
    const isAccountant = visit.staff.role === 'accountant'
    return {
      title: copy.one,
      body: (
        <>
          <Told found={found} visit={visit} people={people} />
          {isAccountant && found.status !== 'attributed' ? <Attribute found={found} visit={visit} /> : null}
          {isAccountant && found.status === 'open' ? <Dismiss visit={visit} /> : null}
          {isAccountant || found.status === 'attributed' ? null : (
            <Card heading={copy.candidates} id="candidates">
              <Candidates found={found} visit={visit} isChoice={false} />
            </Card>
          )}
          <History found={found} visit={visit} people={people} />
        </>
      ),
    }
  },
  acts: {
    attribute: async (acting) => {
      const { api, form, path } = acting
      const attempt = form.get('attempt') || (form.get('other_attempt')?.trim() ?? '')
      const { verdict } = await api.send(
        z.object({ verdict: z.enum(['accepted', 'already_confirmed', 'amount_mismatch']) }),
        {
          path: `${pathOf(acting)}/attribute`,
          json: { attempt, note: form.get('note') ?? '' },
        },
      )
      return { to: path, done: verdict }
    },
    dismiss: async (acting) => {
      await acting.api.send(entry, { path: `${pathOf(acting)}/dismiss`, json: { note: acting.form.get('note') ?? '' } })
      return { to: acting.path, done: 'dismissed' }
    },
  },
})

const pathOf = ({ params }: Visit): string => `/v1/quarantine/${encodeURIComponent(params.id ?? '')}`

type Shown = { found: Entry; visit: Visit }

const Told: FC<Shown & { people: People }> = ({ found, visit, people }) => {
  const { language } = visit
  const copy = words[language]
  return (
    <Card>
      <p>
        <Badge tone={quarantineTones[found.status]}>{copy.statuses[found.status]}</Badge>
      </p>
      <p>
        {copy.kinds[found.kind]}. <span class="small">{copy.kindHints[found.kind]}</span>
      </p>
      <Facts
        rows={[
          [copy.amount, <Money amount={found.amount} language={language} />],
          [copy.outcome, copy.outcomes[found.outcome] ?? found.outcome],
          [copy.when, shortTime(found.occurred_at, language)],
          [copy.provider, visit.titleOf(found.provider)],
          [copy.agency, found.agency_code],
          [copy.merchantReference, found.merchant_reference ? <code>{found.merchant_reference}</code> : null],
          [copy.providerReference, found.provider_reference ? <code>{found.provider_reference}</code> : null],
          [copy.text, found.text],
          [
            copy.discrepancy,
            found.discrepancy ? (
              <a href={`/console/discrepancies/${found.discrepancy}`}>{copy.seeDiscrepancy}</a>
            ) : null,
          ],
          [copy.linked, found.attempt ? <code>{found.attempt}</code> : null],
          [copy.note, found.note],
          [copy.decidedBy, people(found.decided_by)],
          [copy.decidedAt, found.decided_at ? shortTime(found.decided_at, language) : null],
        ]}
      />
    </Card>
  )
}

const Candidates: FC<Shown & { isChoice: boolean }> = ({ found, visit, isChoice }) => {
  const { language } = visit
  const copy = words[language]
  const chosen = typedIn(visit, 'attribute')('attempt')
  const reasonOf = (name: string) => copy.reasons[name as Reason] ?? name
  if (found.candidates.length === 0) return <p class="nothing">{copy.noCandidates}</p>
  return (
    <>
      {found.candidates.map((each) => (
        <div class="check">
          {isChoice ? (
            <input
              type="radio"
              name="attempt"
              value={each.attempt}
              id={each.attempt}
              checked={chosen === each.attempt}
              required
            />
          ) : null}
          <div>
            <label for={isChoice ? each.attempt : undefined}>
              {each.dossier_code}, <Money amount={each.amount} language={language} />
            </label>
            <br />
            <small>
              {copy.created} {shortTime(each.created_at, language)} · <code>{each.merchant_reference}</code> ·{' '}
              {copy.why}: {each.reasons.map(reasonOf).join(', ')} ·{' '}
              <a href={`/console/orders/${each.order}`}>{copy.seeOrder}</a>
            </small>
          </div>
        </div>
      ))}
    </>
  )
}

const Attribute: FC<Shown> = ({ found, visit }) => {
  const { language } = visit
  const copy = words[language]
  const typed = typedIn(visit, 'attribute')
  const isOther = found.candidates.length === 0 || (typed('other_attempt') !== '' && typed('attempt') === '')
  return (
    <Card heading={copy.attributeTitle} id="attribute">
      <Note tone="wait">
        <p>{copy.attributeHint}</p>
      </Note>
      <ActForm visit={visit} act="attribute" labels={{ '/attempt': copy.attempt, '/note': copy.note }}>
        <fieldset class="choices">
          <legend>{copy.candidates}</legend>
          <p class="hint">{copy.candidatesHint}</p>
          <Candidates found={found} visit={visit} isChoice={true} />
          <label class="check">
            <input type="radio" name="attempt" value="" checked={isOther} required />
            <span>{copy.otherAttempt}</span>
          </label>
        </fieldset>
        <Field
          id="other-attempt"
          name="other_attempt"
          label={copy.attempt}
          hint={copy.attemptHint}
          value={typed('other_attempt')}
          maxLength={60}
          language={language}
        />
        <Field
          id="attribute-note"
          name="note"
          label={copy.note}
          value={typed('note')}
          isRequired
          isLong
          maxLength={1_000}
          language={language}
        />
        <button type="submit">{copy.attribute}</button>
      </ActForm>
    </Card>
  )
}

const Dismiss: FC<{ visit: Visit }> = ({ visit }) => {
  const copy = words[visit.language]
  return (
    <Card heading={copy.dismissTitle} id="dismiss">
      <p class="hint">{copy.dismissHint}</p>
      <ActForm visit={visit} act="dismiss">
        <Field
          id="dismiss-note"
          name="note"
          label={copy.note}
          value={typedIn(visit, 'dismiss')('note')}
          isRequired
          maxLength={1_000}
          language={visit.language}
        />
        <button type="submit" class="plain">
          {copy.dismiss}
        </button>
      </ActForm>
    </Card>
  )
}

const History: FC<Shown & { people: People }> = ({ found, visit: { language }, people }) => {
  const copy = words[language]
  return (
    <Card heading={copy.history} id="history">
      <ol class="trail">
        {found.history.map((line) => (
          <li>
            <b>{copy.events[line.event] ?? line.event}</b>{' '}
            <span class="small">
              {line.at ? `${shortTime(line.at, language)} · ` : ''}
              {people(line.by)}
            </span>
            {line.note ? <div>{line.note}</div> : null}
          </li>
        ))}
      </ol>
    </Card>
  )
}
