/** Quarantine: money that a provider or a bank told of and that belongs to no payment of ours, and where people say that it belongs. */
import { z } from '@hono/zod-openapi'
import { presentQuarantine, quarantineKinds, quarantineStatuses } from '../domain/quarantine.ts'
import { Refusal } from '../domain/refusal.ts'
import { attributeQuarantine, dismissQuarantine } from '../flows/decide-quarantine.ts'
import { findQuarantine, listQuarantine } from '../store/quarantine.ts'
import { amountOut, idField, instantOut, text } from './fields.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

const candidate = z.strictObject({
  attempt: z.string(),
  order: z.string(),
  dossier_code: z.string(),
  merchant_reference: z.string(),
  amount: amountOut,
  created_at: instantOut,
  score: z.int(),
  reasons: z.array(z.string()),
})

const shape = {
  id: z.string(),
  kind: z.enum(quarantineKinds).openapi({
    description:
      'unknown_reference: told under a reference that the merchant account does not have; nothing is booked. unknown_credit: money on the agency’s own account, booked to suspense when it was told, with a discrepancy.',
  }),
  status: z.enum(quarantineStatuses),
  agency_code: z.string(),
  merchant_account: z.string(),
  provider: z.string(),
  callback: z.string(),
  outcome: z.enum(['captured', 'refunded', 'reversed']),
  merchant_reference: z.string().nullable(),
  provider_reference: z.string().nullable(),
  amount: amountOut,
  text: z.string().nullable().openapi({ description: "What the payer's bank wrote with a credit." }),
  occurred_at: instantOut,
  candidates: z.array(candidate).openapi({
    description:
      'Attempts that it might be about when it was opened, at most ten, the likeliest first, with the reasons. Suggestions, never links.',
  }),
  discrepancy: z.string().nullable(),
  attempt: z.string().nullable(),
  opened_at: instantOut,
  decided_by: z.string().nullable(),
  decided_at: instantOut.nullable(),
  note: z.string().nullable(),
  history: z.array(z.looseObject({ at: z.string(), event: z.string(), by: z.string() })),
}
const entryObject = z.strictObject(shape).openapi('QuarantineEntry')
const attributedObject = z
  .strictObject({
    ...shape,
    verdict: z.enum(['accepted', 'already_confirmed', 'amount_mismatch']).openapi({
      description:
        'What the one door made of the money: of another amount than the attempt, it does not pay the order.',
    }),
  })
  .openapi('AttributedQuarantineEntry')

const params = z.strictObject({ id: idField('qrn') })
const objects = { id: 'quarantine_entry' } as const

export const quarantineRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/quarantine',
    operationId: 'listQuarantine',
    summary: 'List money of no known payment',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    audit: { read: 'quarantine.found' },
    request: {
      query: z.strictObject({
        ...pageQuery,
        status: z.enum(quarantineStatuses).optional(),
        kind: z.enum(quarantineKinds).optional(),
        merchant_account: idField('mac').optional(),
      }),
    },
    responses: { 200: { description: 'A page, oldest first.', schema: pageOf(entryObject) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('quarantine', query)
      const rows = await listQuarantine(deps.db, caller.agency, {
        status: query.status ?? null,
        kind: query.kind ?? null,
        merchantAccountId: query.merchant_account ?? null,
        after,
        limit: limit + 1,
      })
      return {
        status: 200,
        json: pageAnswer(rows, { list: 'quarantine', limit, keyOf: (row) => row.id, present: presentQuarantine }),
      }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/quarantine/{id}',
    operationId: 'readQuarantine',
    summary: 'Read a quarantine entry',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    objects,
    audit: { read: 'quarantine.read', object: 'id' },
    request: { params },
    responses: { 200: { description: 'The entry.', schema: entryObject } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id } }) => {
      const entry = await findQuarantine(deps.db, caller.agency, id)
      if (!entry) throw new Refusal('not_found', 'There is no such quarantine entry.')
      return { status: 200, json: presentQuarantine(entry) }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/quarantine/{id}/attribute',
    operationId: 'attributeQuarantine',
    summary: 'Say which attempt the money belongs to',
    description:
      'The money goes through the one door as the attempt’s; a credit leaves suspense and its discrepancy is resolved in the same commit. What is attributed already is refused, so that a repetition moves nothing.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    objects,
    idempotencyKey: 'natural',
    request: { params, json: z.strictObject({ attempt: idField('att'), note: text(1_000) }) },
    responses: { 200: { description: 'The entry, and what became of the money.', schema: attributedObject } },
    errors: ['not_found', 'quarantine_not_open', 'conflict'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const decider = { scope: caller.agency, actor: caller.clientId }
      const { entry, verdict } = await attributeQuarantine(deps, decider, { id, ...json })
      return { status: 200, json: { ...presentQuarantine(entry), verdict } }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/quarantine/{id}/dismiss',
    operationId: 'dismissQuarantine',
    summary: 'Say that an entry belongs to no payment',
    description:
      'Moves no money: a credit stays in suspense and its discrepancy open, and it can still be attributed later. What is decided already is refused, so that a repetition changes nothing.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    objects,
    idempotencyKey: 'natural',
    request: { params, json: z.strictObject({ note: text(1_000) }) },
    responses: { 200: { description: 'The entry.', schema: entryObject } },
    errors: ['not_found', 'quarantine_not_open'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const decider = { scope: caller.agency, actor: caller.clientId }
      return { status: 200, json: presentQuarantine(await dismissQuarantine(deps, decider, { id, ...json })) }
    },
  }),
]
