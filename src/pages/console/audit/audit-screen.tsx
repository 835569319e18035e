/** Who read or took out what, and when. */
import type { Child, FC } from 'hono/jsx'
import { z } from 'zod'
import type { Language } from '../../language.ts'
import { shortTime } from '../../wording.ts'
import { asked, instant, pageOf, searchOf } from '../console-api.ts'
import { Field, FilterForm, hrefOf, Pager, ProblemNote, Table } from '../parts.tsx'
import { type People, readPeople } from '../people.tsx'
import { defineScreen, type Visit } from '../screen.ts'
import { termOf } from '../terms.ts'
import { auditQuery } from './query.ts'
import { words } from './words.ts'

const audit = pageOf(
  z.object({
    id: z.string(),
    at: instant,
    actor: z.string(),
    action: z.string(),
    agency_code: z.string(),
    object: z.string().nullable(),
    rows: z.int().nullable(),
    format: z.string().nullable(),
    query: z.record(z.string(), z.string()),
    request_id: z.string(),
    network: z.string().nullable(),
  }),
)
type Row = z.output<typeof audit>['data'][number]

const staff = pageOf(z.object({ subject: z.string(), name: z.string() }))

export const auditScreen = defineScreen({
  path: '/audit',
  roles: ['checker', 'auditor', 'operator'],
  nav: { section: 'books', words: { vi: words.vi.title, en: words.en.title } },
  view: async (visit) => {
    const { api, language, query } = visit
    const copy = words[language]
    const wanted = auditQuery(visit)
    const [{ found, problem }, known] = await Promise.all([
      asked(api.get(audit, '/v1/audit', { ...wanted, cursor: query.cursor, limit: 100 })),
      api.get(staff, '/v1/staff', { limit: 200 }),
    ])
    const people = await readPeople(visit, found?.data.map((row) => row.actor) ?? [])
    return {
      title: copy.title,
      ...(problem ? { status: 422 as const } : {}),
      body: (
        <>
          <p class="small">{copy.means}</p>
          <Filter visit={visit} from={wanted.from} to={wanted.to} people={known.data} />
          {problem ? <ProblemNote visit={{ ...visit, problem }} labels={labelsOf(language)} /> : null}
          {found ? <List rows={found.data} people={people} visit={visit} /> : null}
          {found ? <Pager visit={visit} nextCursor={found.next_cursor} /> : null}
          {found ? (
            <p>
              <a href={`/console/audit/file${searchOf(wanted)}`}>{copy.file}</a>
            </p>
          ) : null}
        </>
      ),
    }
  },
})

const labelsOf = (language: Language) => {
  const { from, to, actor, object, action } = words[language]
  return {
    '/query/from': from,
    '/query/to': to,
    '/query/actor': actor,
    '/query/object': object,
    '/query/action': action,
  }
}

type FilterProps = { visit: Visit; from: string; to: string; people: readonly { subject: string; name: string }[] }

const Filter: FC<FilterProps> = ({ visit, from, to, people }) => {
  const { language, query } = visit
  const copy = words[language]
  const field = (name: string, value = query[name] ?? '') => ({ id: name, name, value, language })
  const actors = [
    { value: '', label: copy.people },
    ...people.map(({ subject, name }) => ({ value: subject, label: name })),
  ]
  // Somebody whom a row led to, and whom the list of people does not name: a system, or a person of another office.
  const isOther = query.actor && !actors.some(({ value }) => value === query.actor)
  const actions = Object.entries(copy.actions).map(([value, label]) => ({ value, label }))
  return (
    <FilterForm visit={visit}>
      <Field {...field('from', from)} label={copy.from} type="date" />
      <Field {...field('to', to)} label={copy.to} type="date" />
      <Field
        {...field('actor')}
        label={copy.actor}
        options={isOther ? [...actors, { value: query.actor ?? '', label: query.actor ?? '' }] : actors}
      />
      <Field {...field('action')} label={copy.action} options={[{ value: '', label: copy.any }, ...actions]} />
      <Field {...field('object')} label={copy.object} maxLength={100} />
    </FilterForm>
  )
}

const List: FC<{ rows: readonly Row[]; people: People; visit: Visit }> = ({ rows, people, visit }) => {
  const { language, query } = visit
  const copy = words[language]
  const only = (more: Record<string, string>) => hrefOf(visit, { ...query, cursor: null, ...more })
  return (
    <Table
      caption={copy.list}
      language={language}
      rows={rows}
      columns={[
        { head: copy.at, cell: ({ at }) => <span class="whole">{shortTime(at, language)}</span> },
        { head: copy.actor, cell: ({ actor }) => <a href={only({ actor })}>{people(actor)}</a> },
        {
          head: copy.what,
          cell: ({ action, format, rows: shown }) => (
            <>
              {termOf(copy.actions, action)}
              <div class="small">
                {[shown === null ? null : copy.showed(shown), format].filter(Boolean).join(' · ')}
              </div>
            </>
          ),
        },
        { head: copy.about, cell: (row) => <About row={row} href={only} /> },
        {
          head: copy.asked,
          cell: ({ query: asks }) => (
            <span class="small">
              {Object.entries(asks)
                .map(([name, value]) => `${name}: ${value}`)
                .join('; ')}
            </span>
          ),
        },
        { head: copy.agency, cell: ({ agency_code }) => agency_code },
        {
          head: copy.where,
          cell: ({ network, request_id }) => (
            <span class="small">
              {network} <code>{request_id}</code>
            </span>
          ),
        },
      ]}
    />
  )
}

/** Leads to what it is where there is a page, and else to all that was done with it. */
const About = ({ row: { object }, href }: { row: Row; href: (more: Record<string, string>) => string }): Child =>
  object === null ? (
    ''
  ) : (
    <a href={object.startsWith('ord_') ? `/console/orders/${object}` : href({ object })}>
      <code>{object}</code>
    </a>
  )
