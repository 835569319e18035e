/** The case file of a tracing case: to be read, and to be handed over as a file. */
import type { FC } from 'hono/jsx'
import { z } from 'zod'
import { shortDay, shortTime } from '../../wording.ts'
import { dong, instant } from '../console-api.ts'
import { Card, Money, Note, Table } from '../parts.tsx'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { words } from './words.ts'

const bundle = z.object({
  case: z.object({ code: z.string() }),
  money: z.array(
    z.object({
      kind: z.string(),
      reference: z.string(),
      amount: dong,
      source: z.string(),
      occurred_at: instant,
      received_at: instant,
    }),
  ),
  callbacks: z.array(
    z.object({
      received_at: instant,
      claimed_reference: z.string().nullable(),
      verdict: z.string().nullable(),
      content_hash: z.string(),
    }),
  ),
  callbacks_more: z.boolean(),
  statement_lines: z.array(
    z.object({
      statement: z.string(),
      line: z.int(),
      file_name: z.string(),
      file_sha256: z.string(),
      business_day: z.string().nullable(),
      merchant_reference: z.string().nullable(),
      provider_reference: z.string().nullable(),
      amount: dong,
    }),
  ),
  statement_lines_more: z.boolean(),
})
type Bundle = z.output<typeof bundle>

const pathOf = ({ params }: Visit): string => `/v1/tracing_cases/${encodeURIComponent(params.id ?? '')}/evidence`

export const evidenceScreen = defineScreen({
  path: '/tracing/:id/evidence',
  roles: everybody,
  view: async (visit) => {
    const copy = words[visit.language]
    const found = await visit.api.get(bundle, pathOf(visit))
    const back = `/console/tracing/${visit.params.id}`
    return {
      title: `${copy.bundle} ${found.case.code}`,
      body: (
        <>
          <Note tone="calm">
            <p>{copy.bundleHint}</p>
          </Note>
          <p class="acts">
            <a href={back}>{copy.back}</a>
            <a href={`${back}/evidence.json`}>{copy.download}</a>
          </p>
          <MoneyTold visit={visit} found={found} />
          <Callbacks visit={visit} found={found} />
          <Lines visit={visit} found={found} />
        </>
      ),
    }
  },
})

/** The same as a file. */
export const evidenceFile = defineScreen({
  path: '/tracing/:id/evidence.json',
  roles: everybody,
  view: async (visit) => {
    const answer = await visit.api.raw(pathOf(visit))
    return new Response(answer.body, {
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-disposition': `attachment; filename="tra-soat-${visit.params.id}.json"`,
      },
    })
  },
})

type Shown = { visit: Visit; found: Bundle }

const MoneyTold: FC<Shown> = ({ visit: { language }, found }) => {
  const copy = words[language]
  return (
    <Card heading={copy.money} id="money">
      <Table
        caption={copy.moneyTable}
        isCaptionUnseen
        language={language}
        rows={found.money}
        columns={[
          { head: copy.told, cell: (row) => copy.moneyKinds[row.kind] ?? row.kind },
          { head: copy.sum, isFigure: true, cell: (row) => <Money amount={row.amount} language={language} /> },
          { head: copy.source, cell: (row) => copy.sources[row.source] ?? row.source },
          { head: copy.reference, cell: (row) => <code>{row.reference}</code> },
          { head: copy.when, cell: (row) => shortTime(row.occurred_at, language) },
          { head: copy.received, cell: (row) => shortTime(row.received_at, language) },
        ]}
      />
    </Card>
  )
}

const Callbacks: FC<Shown> = ({ visit: { language }, found }) => {
  const copy = words[language]
  return (
    <Card heading={copy.callbacks} id="callbacks">
      <Table
        caption={copy.callbacksTable}
        isCaptionUnseen
        language={language}
        rows={found.callbacks}
        columns={[
          { head: copy.received, cell: (row) => shortTime(row.received_at, language) },
          { head: copy.reference, cell: (row) => <code>{row.claimed_reference ?? ''}</code> },
          { head: copy.verdict, cell: (row) => <code>{row.verdict ?? ''}</code> },
          { head: copy.hash, cell: (row) => <code class="small">{row.content_hash}</code> },
        ]}
      />
      {found.callbacks_more ? <p class="small">{copy.more}</p> : null}
    </Card>
  )
}

const Lines: FC<Shown> = ({ visit: { language }, found }) => {
  const copy = words[language]
  return (
    <Card heading={copy.lines} id="lines">
      <Table
        caption={copy.linesTable}
        isCaptionUnseen
        language={language}
        rows={found.statement_lines}
        columns={[
          {
            head: copy.file,
            cell: (row) => (
              <a href={`/console/statements/${row.statement}`}>{`${row.file_name}, ${copy.line(row.line)}`}</a>
            ),
          },
          { head: copy.when, cell: (row) => (row.business_day ? shortDay(row.business_day, language) : '') },
          {
            head: copy.reference,
            cell: (row) => <code>{row.merchant_reference ?? row.provider_reference ?? ''}</code>,
          },
          { head: copy.sum, isFigure: true, cell: (row) => <Money amount={row.amount} language={language} /> },
          { head: copy.hash, cell: (row) => <code class="small">{row.file_sha256}</code> },
        ]}
      />
      {found.statement_lines_more ? <p class="small">{copy.more}</p> : null}
    </Card>
  )
}
