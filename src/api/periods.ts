/** Business days of a merchant account: closing, signing too, opening again, reading. */
import { z } from '@hono/zod-openapi'
import { presentDays, presentGate, presentPeriod } from '../domain/present-period.ts'
import { Refusal } from '../domain/refusal.ts'
import { closePeriod, termsOf } from '../flows/close-period.ts'
import { showGate, shownMax } from '../flows/read-gate.ts'
import { countersignPeriod, reopenPeriod } from '../flows/reopen-period.ts'
import { isId } from '../lib/id.ts'
import { addDays, businessDay, businessDayRange } from '../lib/time.ts'
import { findPeriods, listClosedPeriods, listReopenedDays } from '../store/periods.ts'
import { chooseType } from './accept.ts'
import { amountOut, day, idField, instantOut, text } from './fields.ts'
import { defineRoute } from './route.ts'

const closeHead = {
  id: z.string(),
  version: z.int(),
  sha256: z.string().openapi({ description: 'SHA-256 of the signed document, hex.' }),
  closed_by: z.string(),
  closed_at: instantOut,
  countersigned_by: z.string().nullable(),
  countersigned_at: instantOut.nullable(),
}
const reopening = {
  reopened_by: z.string().nullable(),
  reopened_at: instantOut.nullable(),
  reopen_reason: z.string().nullable(),
}
const status = z.enum(['open', 'closed'])

const periodObject = z
  .strictObject({
    merchant_account: z.string(),
    day: z.string(),
    status,
    close: z
      .strictObject({
        ...closeHead,
        ...reopening,
        covers: z.strictObject({ from: z.string().nullable(), to: z.string() }).openapi({
          description:
            'The day and those before it on which nothing was booked, behind the close before; null: all before.',
        }),
        document: z.looseObject({}).openapi({ description: 'What was signed, as JSON.' }),
        signature: z
          .string()
          .openapi({ description: 'Compact JWS over the document; keys in /.well-known/jwks.json.' }),
        countersignature: z.string().nullable(),
      })
      .nullable()
      .openapi({ description: 'The close that holds, else the newest one that was opened again.' }),
    versions: z.array(z.strictObject({ ...closeHead, ...reopening })),
  })
  .openapi('Period')

const dayObject = z.strictObject({
  day: z.string(),
  status,
  reopened: z.boolean().openapi({ description: 'Open, after it had been closed.' }),
  close: z.strictObject({ ...closeHead, day: z.string() }).nullable(),
})

const lineObject = z.strictObject({
  kind: z.enum(['discrepancy', 'attempt', 'capture', 'refund', 'credit']),
  id: z.string(),
  what: z.string().openapi({ description: 'Its class or status.' }),
  day: z.string(),
  amount: amountOut,
  order: z.string().nullable(),
})

const gateObject = z
  .strictObject({
    merchant_account: z.string(),
    day: z.string(),
    status,
    ended: z.boolean().openapi({ description: 'Whether the day is over in Vietnam: no day closes before.' }),
    closable: z.boolean().openapi({ description: 'Whether it can be closed now without carrying any other line.' }),
    covers: z.strictObject({ from: z.string().nullable(), to: z.string() }).nullable(),
    hindrances: z
      .array(z.strictObject({ kind: z.enum(['day', 'statement', 'reconciliation']), id: z.string(), what: z.string() }))
      .openapi({ description: 'What must come to its end first, and cannot be carried.' }),
    open_lines: z.int().openapi({ description: 'How many lines are open and carried by nobody.' }),
    lines: z.array(lineObject).openapi({ description: `The first ${shownMax} of them, by day.` }),
    carried: z
      .array(lineObject.extend({ reason: z.string(), carried_by: z.string(), since: z.string() }))
      .openapi({ description: 'Open lines that the close before carries, and that this one would carry on.' }),
    not_due: z.strictObject({ count: z.int(), amount: amountOut }).openapi({
      description: 'Captures that the provider does not have to list yet.',
    }),
    ledger: z
      .strictObject({ entries: z.int(), totals: z.record(z.string(), amountOut) })
      .openapi({ description: 'What is booked on the days that the close would cover.' }),
  })
  .openapi('PeriodGate')

const account = z.strictObject({ merchant_account: idField('mac') })
const params = z.strictObject({ merchant_account: idField('mac'), date: day })
const objects = { merchant_account: 'merchant_account' } as const
const found = {
  200: {
    description: 'The period.',
    schema: periodObject,
    contentTypes: ['application/json', 'application/jose'],
  },
}

const linePrefixes = ['dsc', 'itm', 'att', 'rfd', 'qrn']
const lineId = z
  .string()
  .refine((value) => linePrefixes.some((prefix) => isId(prefix, value)), 'must be the id of an open line')
const carriedLine = z
  .strictObject({
    discrepancy: idField('dsc').optional(),
    item: lineId.optional().openapi({
      description:
        'Attempt, refund or quarantine entry, as the refusal named it, or an item of a reconciliation whose discrepancy is open.',
    }),
    reason: text(500),
  })
  .refine((line) => (line.discrepancy === undefined) !== (line.item === undefined), 'names a discrepancy or an item')

/** Lines that one request may carry forward. */
const carriedMax = 500
/** Days of one list, and those of a list that names none. */
const daysMax = 366
const daysDefault = 31

type Context = Parameters<Parameters<typeof defineRoute>[0]['handle']>[0]
type Named = Pick<Context, 'deps' | 'caller' | 'request'> & { params: z.output<typeof params> }

/** The period as JSON, or its close as it was signed. */
const answer = async ({ deps, caller, request, params: { merchant_account: merchantAccountId, date } }: Named) => {
  const type = chooseType(request.headers.get('accept'), ['application/json', 'application/jose'])
  const closes = await findPeriods(deps.db, caller.agency, { merchantAccountId, day: date })
  if (type === 'application/json')
    return { status: 200, json: presentPeriod({ merchantAccountId, day: date }, closes), headers: { vary: 'accept' } }
  const [close] = closes
  if (close?.reopenedAt !== null) throw new Refusal('period_not_closed', 'The day is not closed, so nothing is signed.')
  const headers = { 'content-type': type, 'cache-control': 'no-store', vary: 'accept' }
  return new Response(close.signature, { status: 200, headers })
}

export const periodRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/periods/{merchant_account}',
    operationId: 'listPeriods',
    summary: 'List the business days of a merchant account',
    description: `One row a day, open or closed, from \`from\` to \`to\`, inclusive and at most ${daysMax} days; without them the last ${daysDefault}.`,
    tag: 'Periods',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    objects,
    request: { params: account, query: z.strictObject({ from: day.optional(), to: day.optional() }) },
    responses: {
      200: {
        description: 'Every day.',
        schema: z.strictObject({ data: z.array(dayObject), next_cursor: z.null() }),
      },
    },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { merchant_account: merchantAccountId }, query }) => {
      const to = query.to ?? (query.from ? addDays(query.from, daysDefault - 1) : businessDay(deps.now()))
      const from = query.from ?? addDays(to, 1 - daysDefault)
      if (from > to || addDays(from, daysMax) <= to) {
        const message = from > to ? 'lies before from' : `at most ${daysMax} days`
        throw new Refusal('invalid_input', 'Those days cannot be listed.', {
          errors: [{ pointer: '/query/to', message }],
        })
      }
      await termsOf(deps, { scope: caller.agency }, merchantAccountId)
      const days = { merchantAccountId, from, to }
      const closes = await listClosedPeriods(deps.db, caller.agency, days)
      const reopened = await listReopenedDays(deps.db, caller.agency, days)
      return { status: 200, json: { data: presentDays({ from, to }, closes, reopened), next_cursor: null } }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/periods/{merchant_account}/{date}',
    operationId: 'readPeriod',
    summary: 'Read a business day of a merchant account',
    description: 'As application/jose, the close as it was signed: one compact JWS.',
    tag: 'Periods',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    objects,
    audit: { file: 'period.exported', object: 'merchant_account' },
    request: { params },
    responses: found,
    errors: ['not_found', 'not_acceptable', 'period_not_closed'],
    handle: async ({ deps, caller, params, request }) => {
      await termsOf(deps, { scope: caller.agency }, params.merchant_account)
      return answer({ deps, caller, params, request })
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/periods/{merchant_account}/{date}/gate',
    operationId: 'readPeriodGate',
    summary: 'Read what keeps a business day open',
    description:
      'Everything that a close of the day would be refused for, and what it would carry on, as it stands now; changes nothing. Of a closed day it is empty.',
    tag: 'Periods',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    objects,
    request: { params },
    responses: { 200: { description: 'The gate.', schema: gateObject } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { merchant_account: merchantAccountId, date } }) => {
      const name = { merchantAccountId, day: date }
      const terms = await termsOf(deps, { scope: caller.agency }, merchantAccountId)
      const ended = deps.now() >= businessDayRange(date).to
      return { status: 200, json: presentGate({ ...name, ended }, await showGate(deps, terms, name)) }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/periods/{merchant_account}/{date}/close',
    operationId: 'closePeriod',
    summary: 'Close a business day',
    description:
      'Refused with every open line named (at most 100, and their number) while one is not carried forward by name; a line that was carried stays carried until it is settled. Days close in order. The close is signed over the ledger of the day, the statements, the reconciliations and the lines carried. Nothing is booked on a closed day: what comes late is booked on the first open one. Closing a closed day again changes nothing; with another note or other lines to carry it is refused, since they would be lost.',
    tag: 'Periods',
    scopes: ['reconciliation:write'],
    objects,
    idempotencyKey: 'natural',
    request: {
      params,
      json: z
        .strictObject({ carry_forward: z.array(carriedLine).max(carriedMax).optional(), note: text(1_000).optional() })
        .optional(),
    },
    responses: found,
    errors: [
      'not_found',
      'not_acceptable',
      'period_not_closable',
      'period_has_open_lines',
      'already_exists',
      'conflict',
    ],
    handle: async ({ deps, caller, params, request, json }) => {
      chooseType(request.headers.get('accept'), ['application/json', 'application/jose'])
      const carryForward = (json?.carry_forward ?? []).map(({ discrepancy, item, reason }, index) => ({
        id: discrepancy ?? item ?? '',
        reason,
        pointer: `/carry_forward/${index}`,
      }))
      const by = { scope: caller.agency, actor: caller.clientId }
      const input = {
        merchantAccountId: params.merchant_account,
        day: params.date,
        carryForward,
        note: json?.note ?? null,
      }
      await closePeriod(deps, by, input)
      return answer({ deps, caller, params, request })
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/periods/{merchant_account}/{date}/countersign',
    operationId: 'countersignPeriod',
    summary: 'Sign a close too',
    description:
      'By another client than closed the day. Adds a second signature over the close; the same client again changes nothing.',
    tag: 'Periods',
    scopes: ['reconciliation:write', 'refunds:approve'],
    objects,
    idempotencyKey: 'natural',
    request: { params },
    responses: found,
    errors: ['not_found', 'not_acceptable', 'period_not_closed', 'period_four_eyes', 'already_exists', 'conflict'],
    handle: async ({ deps, caller, params, request }) => {
      chooseType(request.headers.get('accept'), ['application/json', 'application/jose'])
      const by = { scope: caller.agency, actor: caller.clientId }
      await countersignPeriod(deps, by, { merchantAccountId: params.merchant_account, day: params.date })
      return answer({ deps, caller, params, request })
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/periods/{merchant_account}/{date}/reopen',
    operationId: 'reopenPeriod',
    summary: 'Open a closed day again',
    description:
      'The last closed day only, and by another client than closed it. Everybody can see it: the close stays, the feed tells of it, and the next close is a new version. A repetition is refused, since the day is open then.',
    tag: 'Periods',
    scopes: ['reconciliation:write', 'refunds:approve'],
    objects,
    idempotencyKey: 'natural',
    request: { params, json: z.strictObject({ reason: text(1_000) }) },
    responses: { 200: { description: 'The period.', schema: periodObject } },
    errors: ['not_found', 'period_not_closed', 'period_four_eyes', 'period_closed', 'conflict'],
    handle: async ({ deps, caller, params: { merchant_account: merchantAccountId, date }, json }) => {
      const by = { scope: caller.agency, actor: caller.clientId }
      await reopenPeriod(deps, by, { merchantAccountId, day: date, reason: json.reason })
      const closes = await findPeriods(deps.db, caller.agency, { merchantAccountId, day: date })
      return { status: 200, json: presentPeriod({ merchantAccountId, day: date }, closes) }
    },
  }),
]
