/** The receipts of an order, by Accept. */
import { z } from '@hono/zod-openapi'
import { presentReceipt } from '../domain/receipt.ts'
import { receiptPdf } from '../flows/print-receipt.ts'
import { receiptStatusList } from '../flows/prove-receipt.ts'
import { readReceiptHistories, readReceipts, signReceipts } from '../flows/read-receipts.ts'
import { isId } from '../lib/id.ts'
import { chooseType } from './accept.ts'
import { amountOut, instantOut } from './fields.ts'
import { definePublicRoute, defineRoute } from './route.ts'

export const receiptObject = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    kind: z.enum(['phi', 'le_phi']),
    form: z.string().openapi({ example: 'EBL01' }),
    serial: z.string().openapi({ example: '26TAA' }),
    number: z.int().openapi({ description: 'Without gaps within the agency’s serial, from 1 in each year.' }),
    issued_on: z.string(),
    issued_at: instantOut,
    collector: z.strictObject({
      agency_code: z.string(),
      name: z.string(),
      tax_code: z.string().nullable(),
      address: z.string().nullable(),
      phone: z.string().nullable(),
      account: z.strictObject({ number: z.string(), bank_bin: z.string(), holder: z.string() }).nullable(),
    }),
    payer: z.strictObject({ name: z.string() }),
    fees: z.array(
      z.strictObject({
        fee_code: z.string().nullable(),
        description: z.string(),
        unit_amount: amountOut,
        quantity: z.int(),
        amount: amountOut,
        amount_in_words: z.string(),
        budget_item: z.string().nullable(),
      }),
    ),
    amount: amountOut,
    amount_in_words: z.string(),
    currency: z.literal('VND'),
    payment: z.strictObject({
      method: z.string(),
      attempt: z.string(),
      provider: z.string(),
      provider_reference: z.string().nullable(),
      merchant_reference: z.string(),
      paid_at: instantOut.nullable(),
    }),
    order: z.string(),
    dossier_code: z.string(),
    procedure_code: z.string().nullable(),
    procedure_name: z.string().nullable(),
    ledger_root: z.strictObject({ day: z.string(), root: z.string() }).nullish().openapi({
      description: 'The latest sealed day of the ledger when it was issued, as GET /v1/ledger/seals has it.',
    }),
    replaces: z
      .strictObject({
        id: z.string(),
        form: z.string(),
        serial: z.string(),
        number: z.int(),
        issued_on: z.string(),
        reason: z.string(),
        left_out: z.array(z.string()).optional().openapi({ description: 'The refunds whose money it is without.' }),
      })
      .optional()
      .openapi({ description: 'The receipt that this one stands in place of.' }),
    url: z.string(),
  })
  .openapi('Receipt')

export const receiptRoutes = [
  definePublicRoute({
    method: 'get',
    path: '/.well-known/receipt-status.json',
    operationId: 'readReceiptStatus',
    summary: 'Receipts that were replaced or noticed, or whose money went back',
    description:
      'For whoever verifies receipts without asking us: `signed` is a compact JWS under a key of /.well-known/jwks.json with `typ` `rcs`, over the same members. `refunded`: fees were returned; `reversed`: the provider or the bank took the payment back, or a part of it; `noticed`: notice was given of a mistake. Names are `agency/serial/number`, the newest first; complete for receipts issued from `since` on, or for all when it is null. Up to a minute old.',
    consistency: 'eventual',
    tag: 'Receipts',
    responses: {
      200: {
        description: 'The list.',
        schema: z.strictObject({
          at: z.int().openapi({ description: 'In seconds since 1970, as `since`.' }),
          since: z.int().nullable(),
          replaced: z.array(z.string()),
          refunded: z.array(z.string()),
          reversed: z.array(z.string()),
          noticed: z.array(z.string()),
          signed: z.string(),
        }),
      },
    },
    handle: async ({ deps }) => {
      const { list, signed } = await receiptStatusList(deps)
      return { status: 200, json: { ...list, signed }, headers: { 'cache-control': 'public, max-age=60' } }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/orders/{id}/receipt',
    operationId: 'readReceipt',
    summary: 'The receipts of a paid order',
    description:
      'One for its phí and one for its lệ phí. As application/jose, one compact JWS over both, signed by a key of /.well-known/jwks.json and naming the order and its dossier. As application/pdf, one document with all of them, each on a page of form 01/PLPĐT.',
    tag: 'Receipts',
    scopes: ['orders:read'],
    objects: { id: 'order' },
    audit: { read: 'receipt.read', file: 'receipt.exported', object: 'id' },
    request: { params: z.strictObject({ id: z.string().refine((text) => isId('ord', text), 'is not an order id') }) },
    responses: {
      200: {
        description: 'The receipts.',
        schema: z.strictObject({ receipts: z.array(receiptObject) }),
        contentTypes: ['application/json', 'application/jose', 'application/pdf'],
      },
    },
    errors: ['not_found', 'not_acceptable', 'receipt_not_issued', 'receipt_altered'],
    handle: async ({ deps, caller, params, request }) => {
      const type = chooseType(request.headers.get('accept'), [
        'application/json',
        'application/jose',
        'application/pdf',
      ])
      const receipts = await readReceipts(deps, caller.agency, params.id)
      if (type === 'application/jose') {
        const headers = { 'content-type': type, 'cache-control': 'no-store', vary: 'accept' }
        return new Response(await signReceipts(deps, receipts), { status: 200, headers })
      }
      if (type === 'application/pdf') {
        const histories = await readReceiptHistories(deps, caller.agency, params.id)
        const live = receipts.flatMap(({ id }) => histories.filter(({ receipt }) => receipt.id === id))
        const headers = {
          'content-type': type,
          'content-disposition': `attachment; filename="bien-lai-${params.id}.pdf"`,
          'cache-control': 'no-store',
          vary: 'accept',
        }
        return new Response(await receiptPdf(deps, live), { status: 200, headers })
      }
      const json = { receipts: receipts.map((receipt) => presentReceipt(receipt, deps.publicUrl)) }
      return { status: 200, json, headers: { vary: 'accept' } }
    },
  }),
]
