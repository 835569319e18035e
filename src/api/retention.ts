/** How long what is kept, what was erased when, and legal holds, which keep it longer. */
import { z } from '@hono/zod-openapi'
import { keptFrom, type RetentionKind, retentionKinds, retentionRules, termOn } from '../domain/retention.ts'
import { placeHold, releaseLegalHold } from '../flows/legal-holds.ts'
import { toRfc3339 } from '../lib/time.ts'
import { heldKinds, type LegalHold, listHolds } from '../store/legal-holds.ts'
import { listRetentionPasses, type RetentionPass } from '../store/retention-passes.ts'
import { day, idField, instantOut, text } from './fields.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

const kind = z.enum(retentionKinds as readonly [RetentionKind, ...RetentionKind[]])

const term = z.strictObject({
  from: day,
  days: z.int().nullable(),
  years_from_year_end: z.int().nullable(),
})

const rule = z.strictObject({
  kind,
  what: z.string(),
  since: z.string().openapi({ description: 'From when the term is counted.' }),
  at_end: z.string(),
  basis: z.string(),
  certainty: z.enum(['law', 'inferred', 'policy']).openapi({
    description:
      'Whether a law says it, we read it out of one, or this gateway has set the term because no law names one.',
  }),
  terms: z.array(term).openapi({ description: 'Each holds from its day on, until the next one does.' }),
  kept_from: instantOut.openapi({ description: 'What is from before then has been kept long enough today.' }),
})

const retentionPass = z.strictObject({
  id: z.string(),
  at: instantOut,
  kind,
  cutoff: instantOut,
  due: z.int(),
  held: z.int().openapi({ description: 'Due, and kept: open, not closed in the books, or under a legal hold.' }),
  erased: z.int(),
})

const holdObject = z
  .strictObject({
    id: z.string(),
    agency_code: z.string(),
    kind: z.enum(heldKinds),
    object: z.string(),
    reason: z.string(),
    placed_by: z.string(),
    placed_at: instantOut,
    released_by: z.string().nullable(),
    released_at: instantOut.nullable(),
    release_reason: z.string().nullable(),
  })
  .openapi('LegalHold')

const reason = z.strictObject({ reason: text(500) })
const params = z.strictObject({ id: idField('hld') })

const place = (held: 'order' | 'merchant_account', { path, prefix }: { path: string; prefix: string }) =>
  defineRoute({
    method: 'post',
    path,
    operationId: held === 'order' ? 'holdOrder' : 'holdMerchantAccount',
    summary: held === 'order' ? 'Place a legal hold on an order' : 'Place a legal hold on a merchant account',
    description:
      held === 'order'
        ? 'Nothing of the order is erased until the hold is released, however old it is: payer, callbacks, refund accounts, the record of reading it. The same again by the same caller is the hold that stands.'
        : "Nothing of the account's orders, callbacks, credits and statements is erased until the hold is released. The same again by the same caller is the hold that stands.",
    tag: 'Retention',
    scopes: ['admin'],
    objects: { id: held },
    idempotencyKey: 'natural',
    audit: { read: 'hold.placed', object: 'id', everybody: true },
    request: { params: z.strictObject({ id: idField(prefix) }), json: reason },
    responses: { 201: { description: 'The hold.', schema: holdObject } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const hold = await placeHold(deps, caller, { kind: held, objectId: id, reason: json.reason })
      return { status: 201, json: presentHold(hold) }
    },
  })

export const retentionRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/retention',
    operationId: 'readRetention',
    summary: 'How long what is kept',
    description:
      'Each kind of data with its terms, what they rest on, and what is done at their end. Entries, facts, events, receipts, closes and seals are never erased.',
    tag: 'Retention',
    scopes: ['reports:read'],
    responses: { 200: { description: 'The rules.', schema: z.strictObject({ data: z.array(rule) }) } },
    handle: async ({ deps }) => ({
      status: 200,
      json: { data: retentionKinds.map((each) => presentRule(each, deps.now())) },
    }),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/retention_passes',
    operationId: 'listRetentionPasses',
    summary: 'What was erased when',
    description:
      'Newest first: a row for each kind of which a pass found something that had been kept long enough. The counts are those of the whole gateway.',
    tag: 'Retention',
    scopes: ['reports:read'],
    request: { query: z.strictObject(pageQuery) },
    responses: { 200: { description: 'A page.', schema: pageOf(retentionPass) } },
    handle: async ({ deps, query }) => {
      const { limit, after } = readPage('retention_passes', query)
      const rows = await listRetentionPasses(deps.db, { before: after, limit: limit + 1 })
      const json = pageAnswer(rows, { list: 'retention_passes', limit, keyOf: ({ id }) => id, present: presentPass })
      return { status: 200, json }
    },
  }),
  place('order', { path: '/v1/orders/{id}/holds', prefix: 'ord' }),
  place('merchant_account', { path: '/v1/merchant_accounts/{id}/holds', prefix: 'mac' }),
  defineRoute({
    method: 'get',
    path: '/v1/legal_holds',
    operationId: 'listLegalHolds',
    summary: 'List legal holds',
    description: 'Newest first.',
    tag: 'Retention',
    scopes: ['reports:read'],
    request: { query: z.strictObject({ ...pageQuery, active: z.enum(['true', 'false']).optional() }) },
    responses: { 200: { description: 'A page.', schema: pageOf(holdObject) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('legal_holds', query)
      const active = query.active === undefined ? null : query.active === 'true'
      const rows = await listHolds(deps.db, caller.agency, { active, before: after, limit: limit + 1 })
      const json = pageAnswer(rows, { list: 'legal_holds', limit, keyOf: ({ id }) => id, present: presentHold })
      return { status: 200, json }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/legal_holds/{id}/release',
    operationId: 'releaseLegalHold',
    summary: 'Release a legal hold',
    description:
      'What has been kept long enough is erased by the next pass. A hold is released once; a repetition changes nothing.',
    tag: 'Retention',
    scopes: ['admin'],
    objects: { id: 'legal_hold' },
    idempotencyKey: 'natural',
    audit: { read: 'hold.released', object: 'id', everybody: true },
    request: { params, json: reason },
    responses: { 200: { description: 'The hold.', schema: holdObject } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id }, json }) => ({
      status: 200,
      json: presentHold(await releaseLegalHold(deps, caller, { id, reason: json.reason })),
    }),
  }),
]

const presentRule = (each: RetentionKind, now: Date) => {
  const { what, since, atEnd, basis, certainty, terms } = retentionRules[each]
  return {
    ...{ kind: each, what, since, at_end: atEnd, basis, certainty },
    terms: terms.map(({ from }) => {
      const keep = termOn(each, from)
      return {
        from,
        days: 'days' in keep ? keep.days : null,
        years_from_year_end: 'yearsFromYearEnd' in keep ? keep.yearsFromYearEnd : null,
      }
    }),
    kept_from: toRfc3339(keptFrom(each, now)),
  }
}

const presentPass = ({ id, at, kind: erased, cutoff, due, held, erased: count }: RetentionPass) => ({
  ...{ id, at: toRfc3339(at), kind: erased, cutoff: toRfc3339(cutoff), due, held, erased: count },
})

const presentHold = (hold: LegalHold) => ({
  id: hold.id,
  agency_code: hold.agencyCode,
  kind: hold.kind,
  object: hold.objectId,
  reason: hold.reason,
  placed_by: hold.placedBy,
  placed_at: toRfc3339(hold.placedAt),
  released_by: hold.releasedBy,
  released_at: hold.releasedAt && toRfc3339(hold.releasedAt),
  release_reason: hold.releaseReason,
})
