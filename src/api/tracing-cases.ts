/** Tracing cases (tra soát): opened, answered, closed, found, and read with everything that shows how the payment went. */
import { z } from '@hono/zod-openapi'
import { Refusal } from '../domain/refusal.ts'
import { presentTracingCase, readTracingCode } from '../domain/tracing.ts'
import { presentEvidence } from '../domain/tracing-evidence.ts'
import { answerTracing, closeTracing, openTracing } from '../flows/trace-money.ts'
import { businessDay } from '../lib/time.ts'
import { loadFacts } from '../store/facts.ts'
import { findTracingCase, listTracingCases, type TracingSubject } from '../store/tracing-cases.ts'
import { findEvidence } from '../store/tracing-evidence.ts'
import { evidence } from './discrepancy-schemas.ts'
import { idField, text } from './fields.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'
import { tracingEvidence, tracingKind, tracingObject, tracingStatus } from './tracing-schemas.ts'

const params = z.strictObject({ id: idField('trc') })
const objects = { id: 'tracing_case' } as const
const found = { 200: { description: 'The case.', schema: tracingObject } }
const lineField = z.strictObject({ statement: idField('stm'), line: z.int().min(1).max(2_147_483_647) })

const code = z
  .string()
  .max(30)
  .transform((value, context) => {
    const read = readTracingCode(value)
    if (read) return read
    context.addIssue('is not a code of a tracing case')
    return z.NEVER
  })
  .openapi({ type: 'string', example: 'TS-7K3M-9QWD-4' })

const opening = z
  .strictObject({
    discrepancy: idField('dsc').optional(),
    order: idField('ord').optional(),
    statement_line: lineField.optional(),
    kind: tracingKind,
    finder: text(150),
    cause: text(1_000),
    counterpart: text(255),
    evidence: evidence.default([]),
  })
  .refine(
    (body) => [body.discrepancy, body.order, body.statement_line].filter((each) => each !== undefined).length === 1,
    {
      path: ['discrepancy'],
      message: 'exactly one of discrepancy, order and statement_line must be given',
    },
  )

const subjectOf = ({ discrepancy, order, statement_line }: z.output<typeof opening>): TracingSubject => {
  if (discrepancy) return { discrepancy }
  if (order) return { order }
  if (statement_line) return statement_line
  throw new Error('the schema lets no case without a subject through')
}

export const tracingRoutes = [
  defineRoute({
    method: 'post',
    path: '/v1/tracing_cases',
    operationId: 'openTracing',
    summary: 'Open a tracing case',
    description:
      'About a discrepancy, an order, or a line of a statement. Moves no money. A second one of the same kind about the same is refused while the first is not closed, so that a repetition changes nothing.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    idempotencyKey: 'natural',
    request: { json: opening },
    responses: { 201: { description: 'The case.', schema: tracingObject } },
    errors: ['already_exists'],
    handle: async ({ deps, caller, json }) => {
      const { kind, finder, cause, counterpart, evidence: shown } = json
      const input = { kind, finder, cause, counterpart, evidence: shown, about: subjectOf(json) }
      const opened = await openTracing(deps, { scope: caller.agency, actor: caller.clientId }, input)
      return { status: 201, json: presentTracingCase(opened, deps.now()) }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/tracing_cases',
    operationId: 'listTracing',
    summary: 'List tracing cases',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    request: {
      query: z.strictObject({
        ...pageQuery,
        status: tracingStatus.optional(),
        kind: tracingKind.optional(),
        code: code.optional(),
        order: idField('ord').optional(),
        discrepancy: idField('dsc').optional(),
        overdue: z.literal('true').optional(),
      }),
    },
    responses: { 200: { description: 'A page, oldest first.', schema: pageOf(tracingObject) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('tracing_cases', query)
      const now = deps.now()
      const rows = await listTracingCases(deps.db, caller.agency, {
        status: query.status ?? null,
        kind: query.kind ?? null,
        code: query.code ?? null,
        orderId: query.order ?? null,
        discrepancyId: query.discrepancy ?? null,
        overdueOn: query.overdue ? businessDay(now) : null,
        after,
        limit: limit + 1,
      })
      const present = (row: (typeof rows)[number]) => presentTracingCase(row, now)
      return { status: 200, json: pageAnswer(rows, { list: 'tracing_cases', limit, keyOf: (row) => row.id, present }) }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/tracing_cases/{id}',
    operationId: 'readTracing',
    summary: 'Read a tracing case',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    objects,
    request: { params },
    responses: found,
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id } }) => {
      const each = await findTracingCase(deps.db, caller.agency, id)
      if (!each) throw noCase()
      return { status: 200, json: presentTracingCase(each, deps.now()) }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/tracing_cases/{id}/evidence',
    operationId: 'readTracingEvidence',
    summary: 'Read a tracing case with its evidence',
    description:
      'References, amounts, instants and hashes, as they stand now; no secrets, and of people only what the reason of a refund may say.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    objects,
    audit: { read: 'tracing.read', object: 'id' },
    request: { params },
    responses: { 200: { description: 'The case file.', schema: tracingEvidence } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id } }) => {
      const each = await findTracingCase(deps.db, caller.agency, id)
      if (!each) throw noCase()
      const shown = await findEvidence(deps.db, caller.agency, each)
      const facts = each.orderId ? await loadFacts(deps.db, caller.agency, { orderId: each.orderId }) : null
      return { status: 200, json: { case: presentTracingCase(each, deps.now()), ...presentEvidence(facts, shown) } }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/tracing_cases/{id}/answer',
    operationId: 'answerTracing',
    summary: 'Write down what was answered',
    description:
      'And in which document. Moves no money and changes no amount. What was answered or closed already is refused, so that a repetition changes nothing.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    objects,
    idempotencyKey: 'natural',
    request: { params, json: z.strictObject({ result: text(1_000), document: text(255).nullish() }) },
    responses: found,
    errors: ['not_found', 'tracing_case_not_open'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const decider = { scope: caller.agency, actor: caller.clientId }
      const answer = { id, result: json.result, document: json.document ?? null }
      return { status: 200, json: presentTracingCase(await answerTracing(deps, decider, answer), deps.now()) }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/tracing_cases/{id}/close',
    operationId: 'closeTracing',
    summary: 'Close a tracing case',
    description:
      'Answered or not, with a reason. What is closed already is refused, so that a repetition changes nothing.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    objects,
    idempotencyKey: 'natural',
    request: { params, json: z.strictObject({ note: text(1_000) }) },
    responses: found,
    errors: ['not_found', 'tracing_case_not_open'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const decider = { scope: caller.agency, actor: caller.clientId }
      return { status: 200, json: presentTracingCase(await closeTracing(deps, decider, { id, ...json }), deps.now()) }
    },
  }),
]

const noCase = (): Refusal => new Refusal('not_found', 'There is no such tracing case.')
