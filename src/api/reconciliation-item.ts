/** One item of a reconciliation, with everything that a person puts beside it. */
import { z } from '@hono/zod-openapi'
import { presentItem } from '../domain/present-reconciliation.ts'
import { presentLine } from '../domain/present-statement-line.ts'
import { Refusal } from '../domain/refusal.ts'
import { findItem, type ItemSurroundings } from '../store/item-surroundings.ts'
import { findReconciliation } from '../store/reconciliations.ts'
import { readTariff } from '../store/settlement-terms.ts'
import { amountOut, idField } from './fields.ts'
import { itemClass, itemObject } from './reconciliations.ts'
import { defineRoute } from './route.ts'
import { lineObject } from './statement-line.ts'

const bankLine = z.strictObject({
  item: z.string(),
  reconciliation: z.string(),
  class: itemClass,
  statement_line: z.strictObject({ statement: z.string(), line: z.int() }),
  amount: amountOut,
  value_date: z.string().nullable(),
  bank_reference: z.string().nullable(),
  description: z.string().nullable(),
  payout_references: z.array(z.string()),
})

const surroundedItem = z
  .strictObject({
    ...itemObject.shape,
    row: z
      .strictObject({ ...lineObject.shape, statement: z.string(), file_name: z.string() })
      .nullable()
      .openapi({ description: 'The row of the file as it was read.' }),
    payment: z
      .strictObject({
        merchant_reference: z.string(),
        provider: z.string(),
        status: z.string(),
        amount: amountOut,
        dossier_code: z.string(),
        order_status: z.string(),
      })
      .nullable()
      .openapi({ description: 'The attempt and its order as they are now.' }),
    refunded: z
      .strictObject({ merchant_reference: z.string(), status: z.string(), amount: amountOut })
      .nullable()
      .openapi({ description: 'The refund as it is now.' }),
    bank: z
      .array(bankLine)
      .openapi({ description: 'Of a row of the provider: the bank’s lines that paid its payout, up to 20.' }),
    discrepancy: z.string().nullable(),
  })
  .openapi('ReconciliationItemSurrounded')

export const reconciliationItemRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/reconciliations/{id}/items/{item}',
    operationId: 'readReconciliationItem',
    summary: 'Read one item with what stands around it',
    description:
      'Our side, the row of the file and the bank’s lines beside one another, and the discrepancy that the item has.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    objects: { id: 'reconciliation', item: 'reconciliation_item' },
    audit: { read: 'reconciliation_item.read', object: 'item' },
    request: { params: z.strictObject({ id: idField('rec'), item: idField('itm') }) },
    responses: { 200: { description: 'The item.', schema: surroundedItem } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id, item } }) => {
      const run = await findReconciliation(deps.db, caller.agency, id)
      const found = run && (await findItem(deps.db, caller.agency, { reconciliationId: id, id: item }))
      if (!found) throw new Refusal('not_found', 'There is no such item.')
      const tariff = run.progress.tariff ? readTariff(run.progress.tariff) : null
      return { status: 200, json: { ...presentItem(found.item, tariff), ...presentSurroundings(found) } }
    },
  }),
]

const presentSurroundings = ({ row, payment, refund, bank, discrepancy }: ItemSurroundings) => ({
  row: row && { ...presentLine(row), statement: row.statementId, file_name: row.fileName },
  payment: payment && {
    merchant_reference: payment.merchantReference,
    provider: payment.provider,
    status: payment.status,
    amount: payment.amount,
    dossier_code: payment.dossierCode,
    order_status: payment.orderStatus,
  },
  refunded: refund && {
    merchant_reference: refund.merchantReference,
    status: refund.status,
    amount: refund.amount,
  },
  bank: bank.map((line) => ({
    item: line.id,
    reconciliation: line.reconciliationId,
    class: line.class,
    statement_line: { statement: line.statementId, line: line.line },
    amount: line.amount,
    value_date: line.valueDate,
    bank_reference: line.bankReference,
    description: line.description,
    payout_references: [...line.payoutReferences],
  })),
  discrepancy,
})
