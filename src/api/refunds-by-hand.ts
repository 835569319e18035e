/** Refunds that people return: who gets them, that the transfer was made, and that it bounced. */
import { z } from '@hono/zod-openapi'
import { askedBank, presentWithBank } from '../domain/payee-banks.ts'
import { presentRefund } from '../domain/present.ts'
import { bounceRefund, confirmRefund } from '../flows/confirm-refund.ts'
import { givePayee, tellPayee } from '../flows/refund-payee.ts'
import { readRefund } from '../flows/settle-refund.ts'
import { businessDay } from '../lib/time.ts'
import { readBanks } from '../store/bank-catalogues.ts'
import { day, idField, text } from './fields.ts'
import { payeeAccount } from './merchant-account-schemas.ts'
import { refundObject } from './order-schemas.ts'
import { defineRoute } from './route.ts'

const params = z.strictObject({ id: idField('rfd') })
const objects = { id: 'refund' } as const
const found = { 200: { description: 'The refund.', schema: refundObject } }

export const refundsByHandRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/refunds/{id}/payee_account',
    operationId: 'readRefundPayee',
    summary: 'Read who gets a refund by hand',
    description: 'The account in full, for who approves or pays. Everywhere else only its last digits are shown.',
    tag: 'Refunds',
    scopes: ['refunds:approve'],
    objects,
    audit: { read: 'refund_payee.read', object: 'id', everybody: true },
    request: { params },
    responses: { 200: { description: 'The account.', schema: payeeAccount } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id } }) => ({ status: 200, json: await tellPayee(deps, caller, id) }),
  }),
  defineRoute({
    method: 'put',
    path: '/v1/refunds/{id}/payee_account',
    operationId: 'giveRefundPayee',
    summary: 'Say who gets a refund by hand',
    description:
      'Once, before it is approved, by who asked for it. Who says so for a refund that the gateway proposed is its maker from then on, so that somebody else approves it, with the `payee_version` that the refund has then. Saying it again is refused.',
    tag: 'Refunds',
    scopes: ['refunds:write'],
    objects,
    idempotencyKey: 'natural',
    request: { params, json: payeeAccount },
    responses: found,
    errors: ['not_found', 'refund_not_awaiting_approval', 'conflict'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      await givePayee(deps, caller, { refundId: id, account: json })
      const { refund } = await readRefund(deps, caller.agency, id)
      const banks = await readBanks(deps.db, askedBank(refund), businessDay(deps.now()))
      return { status: 200, json: presentWithBank(refund, banks) }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/refunds/{id}/confirm',
    operationId: 'confirmRefund',
    summary: 'Confirm the transfer of a refund by hand',
    description:
      'For a refund whose method is manual or treasury, by somebody else than who asked for it, or, where the gateway proposed it, than who approved it. It is booked through the one door as returned on that day out of the bank. A transfer returns one refund: its number is refused for another one, however it is spelt. The same again changes nothing. `evidence` is told with the event: name no people in it.',
    tag: 'Refunds',
    scopes: ['refunds:approve'],
    objects,
    idempotencyKey: 'natural',
    request: { params, json: z.strictObject({ bank_reference: text(100), paid_on: day, evidence: text(1_000) }) },
    responses: found,
    errors: ['not_found', 'maker_cannot_approve', 'refund_not_under_way', 'already_exists', 'conflict'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const input = {
        refundId: id,
        bankReference: json.bank_reference,
        paidOn: json.paid_on,
        evidence: json.evidence,
      }
      return { status: 200, json: presentRefund(await confirmRefund(deps, caller, input)) }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/refunds/{id}/bounce',
    operationId: 'bounceRefund',
    summary: 'Say that the transfer of a refund came back',
    description:
      'For a confirmed transfer that the bank gave back, by somebody else than who asked for the refund. The refund has failed then, its money counts as ours again, and it may be asked for anew. `bank_reference` is the number of the credit, which gives back one refund only, however it is spelt; `note` is told with the event: name no people in it.',
    tag: 'Refunds',
    scopes: ['refunds:approve'],
    objects,
    idempotencyKey: 'natural',
    request: { params, json: z.strictObject({ bank_reference: text(100), returned_on: day, note: text(1_000) }) },
    responses: found,
    errors: ['not_found', 'maker_cannot_approve', 'refund_not_under_way', 'already_exists', 'conflict'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const input = {
        refundId: id,
        bankReference: json.bank_reference,
        returnedOn: json.returned_on,
        note: json.note,
      }
      return { status: 200, json: presentRefund(await bounceRefund(deps, caller, input)) }
    },
  }),
]
