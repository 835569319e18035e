/** One tracing case: what is asked, what was answered, and everything that shows how the payment went. */
import type { FC } from 'hono/jsx'
import { shortDay, shortTime } from '../../wording.ts'
import { words as discrepancyWords } from '../discrepancies/words.ts'
import { doneWords } from '../done-words.ts'
import { ActForm, Badge, Card, Facts, Field, Money, Note } from '../parts.tsx'
import { type People, readPeople } from '../people.tsx'
import { type Acting, defineScreen, everybody, type Next, type Visit } from '../screen.ts'
import { typedIn } from '../typed.ts'
import { type TracingCase, tracingCase } from './list.tsx'
import { tracingTones, words } from './words.ts'

export const caseScreen = defineScreen({
  path: '/tracing/:id',
  roles: everybody,
  done: doneWords({ vi: words.vi.done, en: words.en.done }),
  view: async (visit) => {
    const copy = words[visit.language]
    const found = await visit.api.get(tracingCase, pathOf(visit))
    const people = await readPeople(visit, [found.opened_by, found.answered_by, found.closed_by])
    const isAccountant = visit.staff.role === 'accountant'
    return {
      title: `${copy.one} ${found.code}`,
      body: (
        <>
          <Asked found={found} people={people} visit={visit} />
          <Answered found={found} people={people} visit={visit} />
          {isAccountant && found.status !== 'closed' ? (
            <div class="cards">
              {found.status === 'open' ? <Answer visit={visit} /> : null}
              <Close visit={visit} />
            </div>
          ) : null}
          <Card heading={copy.bundle} id="bundle">
            <p class="hint">{copy.bundleHint}</p>
            <p class="acts">
              <a href={`/console/tracing/${found.id}/evidence`}>{copy.seeBundle}</a>
              <a href={`/console/tracing/${found.id}/evidence.json`}>{copy.download}</a>
            </p>
          </Card>
        </>
      ),
    }
  },
  acts: {
    answer: (acting) => {
      const document = acting.form.get('document')?.trim()
      return deed(acting, 'answer', 'answered', {
        result: acting.form.get('result') ?? '',
        ...(document ? { document } : {}),
      })
    },
    close: (acting) => deed(acting, 'close', 'closed', { note: acting.form.get('note') ?? '' }),
  },
})

const pathOf = ({ params }: Visit): string => `/v1/tracing_cases/${encodeURIComponent(params.id ?? '')}`

const deed = async (acting: Acting, verb: string, done: string, json: object): Promise<Next> => {
  await acting.api.send(tracingCase, { path: `${pathOf(acting)}/${verb}`, json })
  return { to: acting.path, done }
}

type Shown = { found: TracingCase; people: People; visit: Visit }

const Asked: FC<Shown> = ({ found, people, visit: { language } }) => {
  const copy = words[language]
  const kinds = discrepancyWords[language].evidenceKinds
  return (
    <Card>
      <p>
        <Badge tone={tracingTones[found.status]}>{copy.statuses[found.status]}</Badge>{' '}
        {found.overdue ? <Badge tone="bad">{copy.overdue}</Badge> : null}
      </p>
      <Facts
        rows={[
          [copy.about, <About found={found} language={language} />],
          [copy.amount, <Money amount={found.amount} language={language} />],
          [copy.kind, copy.kinds[found.kind]],
          [copy.counterpart, found.counterpart],
          [copy.due, shortDay(found.due_on, language)],
          [copy.age, String(found.age_working_days)],
          [copy.finder, found.finder],
          [copy.agency, found.agency_code],
          [copy.openedBy, people(found.opened_by)],
          [copy.openedAt, shortTime(found.opened_at, language)],
        ]}
      />
      <Facts rows={[[copy.cause, found.cause]]} />
      {found.evidence.length > 0 ? (
        <Facts
          rows={[
            [
              copy.evidence,
              found.evidence.map((each) => <div>{`${kinds[each.kind] ?? each.kind}: ${each.reference}`}</div>),
            ],
          ]}
        />
      ) : null}
      <p class="small">
        {copy.basis}: <span lang="vi">{found.basis}</span>
      </p>
    </Card>
  )
}

const About: FC<{ found: TracingCase; language: Visit['language'] }> = ({ found, language }) => {
  const copy = words[language]
  const { discrepancy, order, statement_line: line } = found
  return (
    <>
      {discrepancy ? <a href={`/console/discrepancies/${discrepancy}`}>{copy.aboutDiscrepancy}</a> : null}
      {discrepancy && order ? ' · ' : null}
      {order ? <a href={`/console/orders/${order}`}>{copy.aboutOrder}</a> : null}
      {line && !discrepancy && !order ? (
        <a href={`/console/statements/${line.statement}`}>{`${copy.aboutLine}, ${copy.line(line.line)}`}</a>
      ) : null}
    </>
  )
}

const Answered: FC<Shown> = ({ found, people, visit: { language } }) => {
  const copy = words[language]
  if (found.answered_at === null && found.closed_at === null) return null
  return (
    <Card>
      <Facts
        rows={[
          [copy.result, found.result],
          [copy.document, found.document],
          [copy.answeredBy, people(found.answered_by)],
          [copy.answeredAt, found.answered_at ? shortTime(found.answered_at, language) : null],
          [copy.closingNote, found.closing_note],
          [copy.closedBy, people(found.closed_by)],
          [copy.closedAt, found.closed_at ? shortTime(found.closed_at, language) : null],
        ]}
      />
    </Card>
  )
}

const Answer: FC<{ visit: Visit }> = ({ visit }) => {
  const { language } = visit
  const copy = words[language]
  const typed = typedIn(visit, 'answer')
  return (
    <Card heading={copy.answerTitle} id="answer">
      <ActForm visit={visit} act="answer">
        <Note tone="calm">
          <p>{copy.answerHint}</p>
        </Note>
        <Field
          id="result"
          name="result"
          label={copy.result}
          value={typed('result')}
          isLong
          isRequired
          maxLength={1_000}
          language={language}
        />
        <Field
          id="document"
          name="document"
          label={copy.document}
          value={typed('document')}
          maxLength={255}
          language={language}
        />
        <button type="submit">{copy.answer}</button>
      </ActForm>
    </Card>
  )
}

const Close: FC<{ visit: Visit }> = ({ visit }) => {
  const { language } = visit
  const copy = words[language]
  return (
    <Card heading={copy.closeTitle} id="close">
      <ActForm visit={visit} act="close">
        <Note tone="calm">
          <p>{copy.closeHint}</p>
        </Note>
        <Field
          id="close-note"
          name="note"
          label={copy.closingNote}
          value={typedIn(visit, 'close')('note')}
          isLong
          isRequired
          maxLength={1_000}
          language={language}
        />
        <button type="submit" class="danger">
          {copy.close}
        </button>
      </ActForm>
    </Card>
  )
}
