/** The accountant's queue: what disagrees, whose turn it is, and how it was settled. */
import { z } from '@hono/zod-openapi'
import { doorPolicies } from '../domain/discrepancy-policy.ts'
import { presentDiscrepancy } from '../domain/present-reconciliation.ts'
import { itemClasses } from '../domain/reconciliation-classes.ts'
import { Refusal } from '../domain/refusal.ts'
import { reopenDiscrepancy, resolveDiscrepancy } from '../flows/decide-discrepancy.ts'
import { findDiscrepancy, listDiscrepancies } from '../store/discrepancies.ts'
import { amountOut, idField, instantOut, text } from './fields.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

const discrepancyClass = z.enum([
  ...new Set([...Object.keys(doorPolicies), ...itemClasses.filter((name) => name !== 'matched')]),
])
const discrepancyStatus = z.enum(['open', 'proposed', 'resolved'])

const discrepancyObject = z
  .strictObject({
    id: z.string(),
    class: z.string(),
    status: discrepancyStatus,
    source: z.enum(['door', 'query', 'reconciliation']).openapi({
      description:
        'Who found it: the door, when money came that did not fit its order; a query, when a provider denied what its callback had told; or a reconciliation.',
    }),
    agency_code: z.string(),
    merchant_account: z.string().nullable(),
    order: z.string().nullable(),
    attempt: z.string().nullable(),
    refund: z.string().nullable(),
    item: z.string().nullable(),
    reconciliation: z.string().nullable(),
    amount: amountOut,
    owner: z.string().nullable(),
    opened_at: instantOut,
    due_on: z.string().nullable(),
    policy: z.string(),
    resolution: z.string().nullable(),
    note: z.string().nullable(),
    resolved_at: instantOut.nullable(),
    resolved_by: z.string().nullable(),
    history: z.array(z.looseObject({ at: z.string(), event: z.string(), by: z.string() })),
  })
  .openapi('Discrepancy')

const params = z.strictObject({ id: idField('dsc') })
const found = { 200: { description: 'The discrepancy.', schema: discrepancyObject } }

export const discrepancyRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/discrepancies',
    operationId: 'listDiscrepancies',
    summary: 'List discrepancies',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    request: {
      query: z.strictObject({
        ...pageQuery,
        status: discrepancyStatus.optional(),
        class: discrepancyClass.optional(),
        merchant_account: idField('mac').optional(),
      }),
    },
    responses: { 200: { description: 'A page, oldest first.', schema: pageOf(discrepancyObject) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('discrepancies', query)
      const rows = await listDiscrepancies(deps.db, caller.agency, {
        status: query.status ?? null,
        class: query.class ?? null,
        merchantAccountId: query.merchant_account ?? null,
        after,
        limit: limit + 1,
      })
      return {
        status: 200,
        json: pageAnswer(rows, { list: 'discrepancies', limit, keyOf: (row) => row.id, present: presentDiscrepancy }),
      }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/discrepancies/{id}',
    operationId: 'readDiscrepancy',
    summary: 'Read a discrepancy',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    objects: { id: 'discrepancy' },
    request: { params },
    responses: found,
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id } }) => {
      const discrepancy = await findDiscrepancy(deps.db, caller.agency, id)
      if (!discrepancy) throw new Refusal('not_found', 'There is no such discrepancy.')
      return { status: 200, json: presentDiscrepancy(discrepancy) }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/discrepancies/{id}/resolve',
    operationId: 'resolveDiscrepancy',
    summary: 'Resolve a discrepancy',
    description:
      'Moves no money: a refund or a correction is asked for by itself. The history keeps who resolved it, how and why. What is resolved already is refused, so that a repetition decides nothing.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    objects: { id: 'discrepancy' },
    idempotencyKey: 'natural',
    request: {
      params,
      json: z.strictObject({ resolution: text(100), note: text(1_000) }),
    },
    responses: found,
    errors: ['not_found', 'discrepancy_not_open'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const decider = { scope: caller.agency, actor: caller.clientId }
      return { status: 200, json: presentDiscrepancy(await resolveDiscrepancy(deps, decider, { id, ...json })) }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/discrepancies/{id}/reopen',
    operationId: 'reopenDiscrepancy',
    summary: 'Open a resolved discrepancy again',
    description: 'One that is open is refused, so that a repetition decides nothing.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    objects: { id: 'discrepancy' },
    idempotencyKey: 'natural',
    request: { params, json: z.strictObject({ note: text(1_000).optional() }).optional() },
    responses: found,
    errors: ['not_found', 'discrepancy_not_resolved'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const decider = { scope: caller.agency, actor: caller.clientId }
      const discrepancy = await reopenDiscrepancy(deps, decider, { id, note: json?.note ?? '' })
      return { status: 200, json: presentDiscrepancy(discrepancy) }
    },
  }),
]
