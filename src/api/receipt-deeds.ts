/** What accountants do about receipts that were issued: read one with what became of it, put another in its place, or give notice. */
import { z } from '@hono/zod-openapi'
import { noticeFields, presentReceipt, presentReceiptHistory } from '../domain/receipt.ts'
import { readReceiptHistory } from '../flows/read-receipts.ts'
import { noticeReceipt, replaceReceipt } from '../flows/replace-receipt.ts'
import { receiptFault } from '../flows/sign-receipt.ts'
import { toRfc3339 } from '../lib/time.ts'
import { listUndecided } from '../store/receipt-histories.ts'
import { listUnreceipted, unreceiptedReasons } from '../store/unreceipted.ts'
import { amountOut, idField, instantOut, text } from './fields.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { receiptObject } from './receipts.ts'
import { defineRoute } from './route.ts'

const params = z.strictObject({ id: idField('rcp') })
const refund = idField('rfd').openapi({ description: 'The refund of this order that is the reason.' })

const historyObject = z
  .strictObject({
    ...receiptObject.shape,
    status: z.enum(['issued', 'replaced', 'noticed']),
    replaced_by: z.string().nullable().openapi({ description: 'The receipt that stands in its place.' }),
    refund: z.string().nullable().openapi({ description: 'The refund after which it was issued in place of another.' }),
    made_by: z
      .string()
      .nullable()
      .openapi({ description: 'Who put it in place of another; null for a first receipt.' }),
    notices: z.array(
      z.strictObject({
        id: z.string(),
        field: z.enum(noticeFields),
        text: z.string(),
        refund: z.string().nullable(),
        made_by: z.string(),
        noticed_at: instantOut,
      }),
    ),
    money: z.strictObject({ returned: amountOut, reversed: amountOut, disputed: z.boolean() }).openapi({
      description:
        'What went back of the fees on it by refunds that it does not leave out, what the provider or the bank took back of the payment, and whether somebody may still take it back.',
    }),
  })
  .openapi('ReceiptHistory')

const undecided = z
  .strictObject({
    ...receiptObject.shape,
    undecided_refunds: z.array(z.string()),
    altered: z.boolean().openapi({
      description: 'True: the stored receipt is not what was signed when it was issued. No other answer has it.',
    }),
  })
  .openapi('UndecidedReceipt')

const unreceipted = z
  .strictObject({
    order: z.string(),
    dossier_code: z.string(),
    agency_code: z.string(),
    paid_at: instantOut,
    reason: z.enum(unreceiptedReasons).nullable().openapi({ description: 'Null before the first try.' }),
    tries: z.int(),
    next_try_at: instantOut,
    overdue_at: instantOut.nullable().openapi({ description: 'When `receipt.overdue` told of it.' }),
  })
  .openapi('UnreceiptedOrder')

const answered = { description: 'The receipt.', schema: historyObject }

export const receiptDeedRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/receipts',
    operationId: 'listReceiptsInNeed',
    summary: 'Receipts that somebody must decide about',
    description:
      '`needs=decision`, the only need there is: fees on the receipt were returned, and neither a receipt in its place nor a notice tells of that refund. TT 91 Điều 20 does not say which, so an accountant chooses.',
    tag: 'Receipts',
    scopes: ['reconciliation:read'],
    audit: { read: 'receipts.found' },
    request: { query: z.strictObject({ needs: z.enum(['decision']).optional(), ...pageQuery }) },
    responses: { 200: { description: 'A page of receipts.', schema: pageOf(undecided) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('undecided_receipts', query)
      const rows = await listUndecided(deps.db, caller.agency, { after, limit: limit + 1 })
      const checked = await Promise.all(
        rows.map(async (row) => ({ ...row, altered: (await receiptFault(deps, row.receipt)) !== null })),
      )
      const json = pageAnswer(checked, {
        list: 'undecided_receipts',
        limit,
        keyOf: ({ receipt }) => receipt.id,
        present: ({ receipt, refunds, altered }) => ({
          ...presentReceipt(receipt, deps.publicUrl),
          undecided_refunds: [...refunds],
          altered,
        }),
      })
      return { status: 200, json }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/unreceipted_orders',
    operationId: 'listUnreceiptedOrders',
    summary: 'Paid orders whose receipts could not be issued yet',
    description:
      'Each was tried at least once, and is tried again without end. `no_tax_code`: the agency has none, and every receipt must bear it (NĐ 254/2026 Điều 23.2); its receipts are issued once it has. `failed`: something else went wrong, which the log names.',
    tag: 'Receipts',
    scopes: ['reconciliation:read'],
    request: { query: z.strictObject({ ...pageQuery }) },
    responses: { 200: { description: 'A page of orders.', schema: pageOf(unreceipted) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('unreceipted_orders', query)
      const rows = await listUnreceipted(deps.db, caller.agency, { after, limit: limit + 1 })
      const json = pageAnswer(rows, {
        list: 'unreceipted_orders',
        limit,
        keyOf: ({ orderId }) => orderId,
        present: ({ orderId, dossierCode, agencyCode, paidAt, reason, tries, nextTryAt, overdueAt }) => ({
          ...{ order: orderId, dossier_code: dossierCode, agency_code: agencyCode, paid_at: toRfc3339(paidAt) },
          ...{ reason, tries, next_try_at: toRfc3339(nextTryAt), overdue_at: overdueAt && toRfc3339(overdueAt) },
        }),
      })
      return { status: 200, json }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/receipts/{id}',
    operationId: 'readReceiptHistory',
    summary: 'A receipt, and what became of it',
    tag: 'Receipts',
    scopes: ['orders:read', 'reconciliation:read'],
    objects: { id: 'receipt' },
    audit: { read: 'receipt.read', object: 'id' },
    request: { params },
    responses: { 200: answered },
    errors: ['not_found', 'receipt_altered'],
    handle: async ({ deps, caller, params: { id } }) => {
      const history = await readReceiptHistory(deps, caller.agency, id)
      return { status: 200, json: presentReceiptHistory(history, deps.publicUrl) }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/receipts/{id}/replace',
    operationId: 'replaceReceipt',
    summary: 'Issue a receipt in place of another',
    description:
      'Under the next number of its series, with the agency’s data as they are now. `refund`: without what that refund returned. The former one stays and says by what it was replaced (TT 91 Điều 20: receipts are not cancelled). A wrong name alone needs no new receipt: POST …/notice tells of it. It moves no money and corrects the books’ papers, so it takes the accountant’s scope. What was replaced already is refused, so that a repetition issues nothing.',
    tag: 'Receipts',
    scopes: ['reconciliation:write'],
    objects: { id: 'receipt' },
    idempotencyKey: 'natural',
    request: {
      params,
      json: z
        .strictObject({
          reason: text(300),
          wrong: z.enum(['tax_code', 'amount', 'other']).optional().openapi({
            description:
              'What is wrong on the former one, besides a name: needed where a name is corrected on the way.',
          }),
          correction: z.strictObject({ payer_name: text(150) }).optional(),
          refund: refund.optional(),
        })
        .refine(({ wrong, correction, refund }) => !correction || wrong !== undefined || refund !== undefined, {
          path: ['correction', 'payer_name'],
          message: 'is told by notice where nothing else is wrong (TT 91/2026/TT-BTC Điều 20)',
        }),
    },
    responses: { 201: { ...answered, description: 'The new receipt.' } },
    errors: ['not_found', 'receipt_replaced', 'receipt_altered', 'receipt_not_issued'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const made = await replaceReceipt(deps, maker(caller), {
        id,
        reason: json.reason,
        payerName: json.correction?.payer_name ?? null,
        refund: json.refund ?? null,
      })
      return { status: 201, json: presentReceiptHistory(made, deps.publicUrl) }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/receipts/{id}/notice',
    operationId: 'noticeReceipt',
    summary: 'Give notice of a mistake on a receipt',
    description:
      'What 04/SS-CTĐT tells (TT 91 Điều 20): a wrong name, address or word, never the tax code or an amount, which need a receipt in its place. `refund`: fees were returned and the receipt stays as it is; `refund` then names it. A repetition of a notice of a refund is refused; any other that repeats the last one of the same caller is kept once.',
    tag: 'Receipts',
    scopes: ['reconciliation:write'],
    objects: { id: 'receipt' },
    idempotencyKey: 'natural',
    request: {
      params,
      json: z
        .strictObject({ field: z.enum(noticeFields), text: text(1_000), refund: refund.optional() })
        .refine(({ field, refund }) => (field === 'refund') === (refund !== undefined), {
          path: ['refund'],
          message: 'goes with the field refund, and with no other',
        }),
    },
    responses: { 201: answered },
    errors: ['not_found', 'receipt_replaced', 'receipt_altered', 'already_exists', 'too_many_notes'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const history = await noticeReceipt(deps, maker(caller), { id, ...json, refund: json.refund ?? null })
      return { status: 201, json: presentReceiptHistory(history, deps.publicUrl) }
    },
  }),
]

const maker = (caller: { agency: string; clientId: string }) => ({ scope: caller.agency, actor: caller.clientId })
