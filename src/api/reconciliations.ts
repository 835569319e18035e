/** Runs of reconciliation and their items. */
import { z } from '@hono/zod-openapi'
import { presentItem, presentReconciliation } from '../domain/present-reconciliation.ts'
import { itemClasses } from '../domain/reconciliation-classes.ts'
import { Refusal } from '../domain/refusal.ts'
import { runReconciliation, startReconciliation } from '../flows/reconcile.ts'
import {
  findReconciliation,
  listItems,
  listReconciliations,
  type ReconciliationItem,
} from '../store/reconciliations.ts'
import { readTariff } from '../store/settlement-terms.ts'
import { amountOut, day, idField, instantOut } from './fields.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

export const itemClass = z.enum(itemClasses)
const runStatus = z.enum(['running', 'completed', 'failed'])

const reconciliationObject = z
  .strictObject({
    id: z.string(),
    status: runStatus,
    merchant_account: z.string(),
    from: z.string(),
    to: z.string(),
    progress: z.strictObject({
      phase: z.enum(['matching', 'healing', 'done']),
      items: z.int(),
      healed: z.int().openapi({ description: 'Lines that told of money which was not known here.' }),
    }),
    calendar_version: z
      .string()
      .nullable()
      .openapi({ description: 'The list of days off by which lateness was judged.' }),
    calendar_certainty: z.enum(['announced', 'inferred', 'unknown']).nullable().openapi({
      description:
        'How sure those days off are, from `from` to the last day on which what the run lists is due: `inferred` where a year of them was not announced yet (`GET /v1/calendar`). Null of a run of before this was noted.',
    }),
    summary: z
      .partialRecord(itemClass, z.strictObject({ count: z.int(), amount_here: amountOut, amount_there: amountOut }))
      .openapi({ description: 'By class, each of them; empty until the run is completed.' }),
    failure: z.string().nullable(),
    created_at: instantOut,
    completed_at: instantOut.nullable(),
  })
  .openapi('Reconciliation')

export const itemObject = z
  .strictObject({
    id: z.string(),
    class: itemClass,
    source: z.enum(['provider', 'bank']),
    statement_line: z.strictObject({ statement: z.string(), line: z.int() }).nullable(),
    order: z.string().nullable(),
    attempt: z.string().nullable(),
    refund: z.string().nullable(),
    merchant_reference: z.string().nullable(),
    provider_reference: z.string().nullable(),
    payout_reference: z.string().nullable(),
    bank_reference: z.string().nullable(),
    payout_references: z.array(z.string()),
    amount_here: amountOut.nullable(),
    amount_there: amountOut.nullable(),
    provider_fee_here: amountOut.nullable(),
    provider_fee_there: amountOut.nullable(),
    business_day: z.string().nullable(),
    value_date: z.string().nullable(),
    expected_on: z.string().nullable().openapi({
      description:
        'The day by which the provider owed it: cut-off, settlement days, working days. Nothing is late before it has passed.',
    }),
    candidates: z.array(z.string()).openapi({ description: 'What an ambiguous line could have been; never a link.' }),
    proof: z.unknown().openapi({ description: 'The rule, both sides of each field, and the hashes of the rows.' }),
  })
  .openapi('ReconciliationItem')

const params = z.strictObject({ id: idField('rec') })

export const reconciliationRoutes = [
  defineRoute({
    method: 'post',
    path: '/v1/reconciliations',
    operationId: 'startReconciliation',
    summary: 'Reconcile a merchant account',
    description:
      'Compares the statements of the business days from `from` to `to`, inclusive, with what is known here. It runs behind this answer: read it until it is completed. Running it again changes nothing but what was healed or listed since.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    idempotencyKey: 'natural',
    request: { json: z.strictObject({ merchant_account: idField('mac'), from: day, to: day }) },
    responses: {
      202: { description: 'It runs.', schema: z.strictObject({ id: z.string(), status: z.literal('running') }) },
    },
    errors: ['not_found'],
    handle: async ({ deps, caller, json }) => {
      const { id } = await startReconciliation(
        deps,
        { scope: caller.agency, actor: caller.clientId },
        { merchantAccountId: json.merchant_account, from: json.from, to: json.to },
      )
      const run = runReconciliation(deps, id).catch((error) =>
        deps.log.error({ reconciliation: id, error }, 'a reconciliation was cut off and will be carried on'),
      )
      deps.defer(run)
      return { status: 202, json: { id, status: 'running' } }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/reconciliations',
    operationId: 'listReconciliations',
    summary: 'List reconciliations',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    request: {
      query: z.strictObject({
        ...pageQuery,
        merchant_account: idField('mac').optional(),
        status: runStatus.optional(),
      }),
    },
    responses: { 200: { description: 'A page, newest first.', schema: pageOf(reconciliationObject) } },
    handle: async ({ deps, caller, query }) => {
      const list = 'reconciliations'
      const { limit, after } = readPage(list, query)
      const rows = await listReconciliations(deps.db, caller.agency, {
        merchantAccountId: query.merchant_account ?? null,
        status: query.status ?? null,
        before: after,
        limit: limit + 1,
      })
      return {
        status: 200,
        json: pageAnswer(rows, { list, limit, keyOf: ({ id }) => id, present: presentReconciliation }),
      }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/reconciliations/{id}',
    operationId: 'readReconciliation',
    summary: 'Read a reconciliation',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    objects: { id: 'reconciliation' },
    request: { params },
    responses: { 200: { description: 'The run.', schema: reconciliationObject } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id } }) => {
      const run = await findReconciliation(deps.db, caller.agency, id)
      if (!run) throw new Refusal('not_found', 'There is no such reconciliation.')
      return { status: 200, json: presentReconciliation(run) }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/reconciliations/{id}/items',
    operationId: 'listReconciliationItems',
    summary: 'List the items of a reconciliation',
    description: 'One item per statement line of the period, and one per due payment or refund that no line lists.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    objects: { id: 'reconciliation' },
    request: { params, query: z.strictObject({ ...pageQuery, class: itemClass.optional() }) },
    responses: { 200: { description: 'A page, by business day.', schema: pageOf(itemObject) } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id }, query }) => {
      const run = await findReconciliation(deps.db, caller.agency, id)
      if (!run) throw new Refusal('not_found', 'There is no such reconciliation.')
      const tariff = run.progress.tariff ? readTariff(run.progress.tariff) : null
      const present = (row: ReconciliationItem) => presentItem(row, tariff)
      const list = `reconciliation_items ${id}`
      const { limit, after } = readPage(list, query)
      const rows = await listItems(deps.db, caller.agency, {
        reconciliationId: id,
        class: query.class ?? null,
        after: after ?? '',
        limit: limit + 1,
      })
      return { status: 200, json: pageAnswer(rows, { list, limit, keyOf: (row) => row.id, present }) }
    },
  }),
]
