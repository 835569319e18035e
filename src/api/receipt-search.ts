/** Receipts that were issued, as somebody with one in hand looks for it. */
import { z } from '@hono/zod-openapi'
import { presentReceipt } from '../domain/receipt.ts'
import { receiptFault } from '../flows/sign-receipt.ts'
import { searchReceipts } from '../store/receipt-search.ts'
import { day, text } from './fields.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { receiptObject } from './receipts.ts'
import { defineRoute } from './route.ts'

const found = z
  .strictObject({
    ...receiptObject.shape,
    status: z.enum(['issued', 'replaced', 'noticed']),
    altered: z.boolean().openapi({
      description: 'True: the stored receipt is not what was signed when it was issued. No other answer has it.',
    }),
  })
  .openapi('FoundReceipt')

const number = z
  .string()
  .regex(/^\d{1,8}$/, 'must be a number of at most 8 digits')
  .transform(Number)
  .openapi({ type: 'integer', minimum: 1, maximum: 99_999_999 } as never)

export const receiptSearchRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/issued_receipts',
    operationId: 'findReceipts',
    summary: 'Find receipts',
    description: 'By what is printed on them, by their dossier, or by the day of their issue; replaced ones too.',
    tag: 'Receipts',
    scopes: ['reconciliation:read'],
    audit: { read: 'receipts.found' },
    request: {
      query: z.strictObject({
        ...pageQuery,
        dossier_code: text(100).optional(),
        serial: z
          .string()
          .regex(/^\d{2}T[A-Z]{2}$/, 'must be a serial such as 26TAA')
          .optional(),
        number: number.optional(),
        issued_on: day.optional(),
      }),
    },
    responses: { 200: { description: 'A page, newest first.', schema: pageOf(found) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('issued_receipts', query)
      const rows = await searchReceipts(deps.db, caller.agency, {
        dossierCode: query.dossier_code ?? null,
        serial: query.serial ?? null,
        number: query.number ?? null,
        issuedOn: query.issued_on ?? null,
        before: after,
        limit: limit + 1,
      })
      const checked = await Promise.all(
        rows.map(async (row) => ({ ...row, altered: (await receiptFault(deps, row.receipt)) !== null })),
      )
      const present = ({ receipt, state, altered }: (typeof checked)[number]) => ({
        ...presentReceipt(receipt, deps.publicUrl),
        status: state,
        altered,
      })
      const json = pageAnswer(checked, { list: 'issued_receipts', limit, keyOf: ({ receipt }) => receipt.id, present })
      return { status: 200, json }
    },
  }),
]
