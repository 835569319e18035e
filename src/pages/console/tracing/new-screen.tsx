/** Opening a tracing case, about the one thing that the address names. */
import type { FC } from 'hono/jsx'
import { z } from 'zod'
import { tracingKinds, tracingRules } from '../../../domain/tracing.ts'
import { EvidenceFields } from '../discrepancies/evidence-fields.tsx'
import { ActForm, Card, Field, Note } from '../parts.tsx'
import { type Acting, defineScreen, type Visit } from '../screen.ts'
import { typedIn } from '../typed.ts'
import { words } from './words.ts'

export const newTracingScreen = defineScreen({
  path: '/tracing/new',
  roles: ['accountant'],
  view: async (visit) => {
    const copy = words[visit.language]
    return {
      title: copy.newTitle,
      body: <Card>{subjectOf(visit) ? <Opening visit={visit} /> : <p>{copy.nothingAbout}</p>}</Card>,
    }
  },
  acts: {
    open: async (acting) => {
      const { id } = await acting.api.send(z.object({ id: z.string() }), {
        path: '/v1/tracing_cases',
        json: { ...subjectOf(acting), ...typedOf(acting) },
      })
      return { to: `/tracing/${id}`, done: 'opened' }
    },
  },
})

const subjectOf = ({ query: { discrepancy, order, statement, line } }: Visit): object | null => {
  if (discrepancy) return { discrepancy }
  if (order) return { order }
  return statement && line ? { statement_line: { statement, line: Number(line) } } : null
}

const typedOf = ({ form }: Acting): object => {
  const reference = form.get('evidence_reference')?.trim()
  return {
    kind: form.get('kind') ?? '',
    finder: form.get('finder') ?? '',
    cause: form.get('cause') ?? '',
    counterpart: form.get('counterpart') ?? '',
    ...(reference ? { evidence: [{ kind: form.get('evidence_kind') ?? 'other', reference }] } : {}),
  }
}

const Opening: FC<{ visit: Visit }> = ({ visit }) => {
  const { language, query, staff } = visit
  const copy = words[language]
  const typed = typedIn(visit, 'open')
  const line = (name: string, label: string, max: number, otherwise = '') => (
    <Field
      id={name}
      name={name}
      label={label}
      value={typed(name, otherwise)}
      maxLength={max}
      isLong={max > 500}
      isRequired
      language={language}
    />
  )
  return (
    <>
      <Note tone="calm">
        <p>{copy.newHint}</p>
      </Note>
      <p>
        {copy.about}:{' '}
        <code>{query.discrepancy ?? query.order ?? `${query.statement} ${copy.line(Number(query.line))}`}</code>
      </p>
      <ActForm
        visit={visit}
        act="open"
        labels={{ '/counterpart': copy.counterpart, '/finder': copy.finder, '/cause': copy.cause }}
      >
        <Field
          id="kind"
          name="kind"
          label={copy.kind}
          value={typed('kind', 'provider')}
          options={tracingKinds.map((value) => ({
            value,
            label: `${copy.kinds[value]} – ${copy.days(tracingRules[value].workingDays)}`,
          }))}
          isRequired
          language={language}
        />
        {line('counterpart', copy.counterpart, 255)}
        {line('finder', copy.finder, 150, staff.name)}
        {line('cause', copy.cause, 1_000)}
        <EvidenceFields visit={visit} act="open" />
        <button type="submit">{copy.open}</button>
      </ActForm>
    </>
  )
}
