/** The record of reading, for auditors. To read it is on record as well. */
import { z } from '@hono/zod-openapi'
import { auditActions, isPerson } from '../domain/audit.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Deps } from '../flows/deps.ts'
import { type CsvCell, writeCsv } from '../lib/csv.ts'
import { addDays, businessDay, businessDayRange, parseRfc3339, toRfc3339 } from '../lib/time.ts'
import { type AuditFilter, type AuditRow, listAudit } from '../store/audit-log.ts'
import { chooseType } from './accept.ts'
import { day, instantOut, text } from './fields.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

const action = z.enum(auditActions)

const auditObject = z
  .strictObject({
    id: z.string(),
    at: instantOut,
    actor: z.string().openapi({ description: 'A client of ours, or `issuer#subject`; `GET /v1/staff` has the names.' }),
    is_person: z.boolean(),
    action,
    agency_code: z.string().openapi({ description: 'Whose data it was, or else for whom the actor speaks.' }),
    object: z.string().nullable().openapi({ description: 'An id, or the name of a report or a catalogue.' }),
    shown: z.array(z.string()).openapi({ description: 'The ids on the page that a list showed.' }),
    rows: z.int().nullable(),
    format: z.string().nullable().openapi({ description: 'The media type of a file that left.' }),
    query: z.record(z.string(), z.string()).openapi({
      description:
        'What was asked for. Of names that were searched for only that they were. Of a catalogue its file, with its SHA-256, and how many entries were added and given another end.',
    }),
    request_id: z.string(),
    network: z.string().nullable().openapi({ description: 'Where the request came from: /24 of IPv4, /48 of IPv6.' }),
  })
  .openapi('AuditRecord')

const jsonType = 'application/json'
const csvType = 'text/csv'

/** Rows of one file, and of one reading for it. */
const fileRowsMax = 100_000
const filePageRows = 500

const daysMax = 400
const daysDefault = 31
const counted = day.refine((value) => value > '2000' && value < '9000', 'is no day of this gateway')

export const auditRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/audit',
    operationId: 'listAudit',
    summary: 'Who read personal data, and what left as a file',
    description: `Newest first; as text/csv all at once, at most ${fileRowsMax} rows. From \`from\` to \`to\`, business days, inclusive and at most ${daysMax}; without them the last ${daysDefault}. On record are files that leave and raw evidence, whoever asks; personal data where a person reads it; sign-in; programs and webhook endpoints that were let in; catalogues that were imported; and reading this list. Rows are only ever added.`,
    tag: 'Audit',
    scopes: ['reports:read'],
    audit: { read: 'audit.read', file: 'audit.exported', everybody: true },
    request: {
      query: z.strictObject({
        ...pageQuery,
        from: counted.optional(),
        to: counted.optional(),
        actor: text(200).optional(),
        object: text(100).optional(),
        action: action.optional(),
      }),
    },
    responses: {
      200: { description: 'A page, newest first.', schema: pageOf(auditObject), contentTypes: [jsonType, csvType] },
    },
    errors: ['not_acceptable'],
    handle: async ({ deps, caller, query, request }) => {
      const type = chooseType(request.headers.get('accept'), [jsonType, csvType])
      const to = query.to ?? (query.from ? addDays(query.from, daysDefault - 1) : businessDay(deps.now()))
      const from = query.from ?? addDays(to, 1 - daysDefault)
      if (from > to || addDays(from, daysMax) <= to)
        throw wrong('/query/to', from > to ? 'lies before from' : `at most ${daysMax} days`)
      const { limit, after } = readPage('audit', query)
      const filter = {
        from: businessDayRange(from).from,
        to: businessDayRange(to).to,
        actor: query.actor ?? null,
        object: query.object ?? null,
        action: query.action ?? null,
      }
      if (type === csvType) return csvFile(deps, caller.agency, { filter, name: `audit-${from}-${to}.csv` })
      const before = after === null ? null : placeOf(after)
      const rows = await listAudit(deps.db, caller.agency, { ...filter, before, limit: limit + 1 })
      const json = pageAnswer(rows, { list: 'audit', limit, keyOf, present })
      return { status: 200, json, headers: { vary: 'accept' } }
    },
  }),
]

type Filter = Omit<AuditFilter, 'before' | 'limit'>

const csvFile = (deps: Deps, scope: string, { filter, name }: { filter: Filter; name: string }): Response =>
  new Response(writeCsv(csvRows(deps, scope, filter)), {
    headers: {
      'content-type': `${csvType}; charset=utf-8; header=present`,
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
      vary: 'accept',
    },
  })

/** Page by page, so that memory does not grow with the file. */
async function* csvRows(deps: Deps, scope: string, filter: Filter): AsyncGenerator<readonly CsvCell[]> {
  yield ['Thời điểm', 'Ai', 'Việc', 'Cơ quan', 'Đối tượng', 'Đã xem', 'Định dạng', 'Điều kiện', 'Yêu cầu', 'Mạng']
  let before: AuditFilter['before'] = null
  for (let written = 0; written < fileRowsMax; ) {
    const rows: readonly AuditRow[] = await listAudit(deps.db, scope, { ...filter, before, limit: filePageRows })
    for (const row of rows) yield csvRow(row)
    const last = rows.at(-1)
    if (!last || rows.length < filePageRows) return
    before = { at: last.at, id: last.id }
    written += rows.length
  }
  yield [null, `Chỉ ghi ${fileRowsMax} dòng mới nhất: hãy thu hẹp khoảng thời gian`]
}

const csvRow = (row: AuditRow): readonly CsvCell[] => [
  toRfc3339(row.at),
  row.actor,
  row.action,
  row.agencyCode,
  row.object,
  row.shown.join(' '),
  row.format,
  new URLSearchParams(row.query).toString(),
  row.requestId,
  row.address,
]

const wrong = (pointer: string, message: string) =>
  new Refusal('invalid_input', `${pointer} ${message}.`, { errors: [{ pointer, message }] })

const keyOf = ({ at, id }: AuditRow): string => `${at.toISOString()} ${id}`

const placeOf = (key: string): { at: Date; id: string } => {
  const [time = '', id = ''] = key.split(' ')
  const at = parseRfc3339(time)
  if (!at) throw wrong('/query/cursor', 'is not a cursor of this list')
  return { at, id }
}

const present = (row: AuditRow) => ({
  id: row.id,
  at: toRfc3339(row.at),
  actor: row.actor,
  is_person: isPerson(row.actor),
  action: row.action,
  agency_code: row.agencyCode,
  object: row.object,
  shown: [...row.shown],
  rows: row.rows,
  format: row.format,
  query: row.query,
  request_id: row.requestId,
  network: row.address,
})
