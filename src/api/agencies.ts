/** Administration of agencies. */
import { z } from '@hono/zod-openapi'
import { presentAgency } from '../domain/present-administration.ts'
import { Refusal } from '../domain/refusal.ts'
import { type AddAgencyInput, addAgency } from '../flows/add-agency.ts'
import { changeAgency } from '../flows/change-agency.ts'
import { findAgency, listAgencies } from '../store/agencies.ts'
import { withoutUndefined } from './changes.ts'
import { agencyCodeField, amount, amountOut, instantOut, text } from './fields.ts'
import { firstAnswer } from './first-answer.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

const feeCheck = z.enum(['off', 'warn', 'enforce']).openapi({
  description:
    'What a price that differs from the fee schedule, or a budget item or a relief that is in none of the catalogues that hold, does: nothing, a warning on the order, or a refusal. A procedure that is in none is only warned of, and with `off` not.',
})
const taxCode = z.string().regex(/^\d{10}(-?\d{3})?$/, 'must be a tax code of 10 or 13 digits')
const budgetUnitCode = z
  .string()
  .regex(/^[0-9A-Z.-]{1,20}$/, 'must be 1 to 20 digits, capital letters, dots or hyphens')
  .openapi({ description: 'Mã đơn vị quan hệ ngân sách (ĐVQHNS), which reports bear in their head.' })
const receiptSerial = z
  .string()
  .regex(/^T[ABCDEGHKLMNPQRSTUVXY]{2}$/, 'must be T and two letters of ABCDEGHKLMNPQRSTUVXY')
const serialTold = (kind: string) => ({
  description: `What follows the year in the serials of its receipts for ${kind} (TT 91 annex II). Another one begins a series of its own, from number 1, with the next receipt.`,
})

const agencyObject = z
  .strictObject({
    agency_code: z.string(),
    parent_code: z.string().nullable(),
    name: z.string(),
    tax_code: z.string().nullable(),
    budget_unit_code: z.string().nullable(),
    address: z.string().nullable(),
    phone: z.string().nullable(),
    fee_check: feeCheck,
    accepts_late_money: z.boolean(),
    refund_limit: amountOut.openapi({ description: 'Refunds above this need a checker; 0: all of them.' }),
    refund_working_days: z.int().openapi({
      description:
        'Working days within which an approved refund is promised: a policy of the agency, 7 unless set; no law names a term.',
    }),
    receipt_serial_phi: z.string().openapi(serialTold('phí')),
    receipt_serial_le_phi: z.string().openapi(serialTold('lệ phí')),
    created_at: instantOut,
  })
  .openapi('Agency')

const changeable = {
  name: text(150),
  tax_code: taxCode.nullable(),
  budget_unit_code: budgetUnitCode.nullable(),
  address: text(300).nullable(),
  phone: text(30).nullable(),
  fee_check: feeCheck,
  accepts_late_money: z.boolean(),
  refund_limit: amount(),
  refund_working_days: z.int().min(1).max(60),
  receipt_serial_phi: receiptSerial.openapi(serialTold('phí')),
  receipt_serial_le_phi: receiptSerial.openapi(serialTold('lệ phí')),
}

export const agencyInput = z
  .strictObject({ agency_code: agencyCodeField, ...z.strictObject(changeable).partial().shape, name: changeable.name })
  .openapi('AgencyInput')

const agencyPatch = z
  .strictObject(changeable)
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, 'names nothing to change')
  .openapi('AgencyPatch')

/** An agency as it is asked for, with what holds where nothing is said. */
export const agencyOf = (json: z.output<typeof agencyInput>): AddAgencyInput['agency'] => ({
  agencyCode: json.agency_code,
  name: json.name,
  taxCode: json.tax_code ?? null,
  budgetUnitCode: json.budget_unit_code ?? null,
  address: json.address ?? null,
  phone: json.phone ?? null,
  feeCheck: json.fee_check ?? 'warn',
  acceptsLateMoney: json.accepts_late_money ?? true,
  refundLimit: json.refund_limit ?? 0n,
  refundWorkingDays: json.refund_working_days ?? 7,
  receiptSerialPhi: json.receipt_serial_phi ?? 'TAA',
  receiptSerialLePhi: json.receipt_serial_le_phi ?? 'TAB',
})

const params = z.strictObject({ agency_code: agencyCodeField })
const found = { 200: { description: 'The agency.', schema: agencyObject } }

export const agencyRoutes = [
  defineRoute({
    method: 'post',
    path: '/v1/agencies',
    operationId: 'addAgency',
    summary: 'Add an agency',
    description: 'Its code must lie below that of an agency that you cover, such as H56.12.03 below H56.12.',
    tag: 'Administration',
    scopes: ['admin'],
    idempotencyKey: 'accepted',
    request: { json: agencyInput },
    responses: { 201: { description: 'The agency.', schema: agencyObject } },
    errors: ['not_found', 'already_exists'],
    handle: async ({ deps, caller, json, idempotencyKey }) => {
      const agency = agencyOf(json)
      return firstAnswer(await addAgency(deps, caller, { agency, key: idempotencyKey, body: json }))
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/agencies',
    operationId: 'listAgencies',
    summary: 'List agencies',
    description: 'By code. Lists the agencies that you cover.',
    tag: 'Administration',
    // Whoever reads an agency's orders or books may know what it is called.
    scopes: ['admin', 'orders:read', 'reconciliation:read', 'reports:read'],
    request: { query: z.strictObject(pageQuery) },
    responses: { 200: { description: 'A page of agencies.', schema: pageOf(agencyObject) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('agencies', query)
      const rows = await listAgencies(deps.db, caller, { after, limit: limit + 1 })
      return {
        status: 200,
        json: pageAnswer(rows, {
          list: 'agencies',
          limit,
          keyOf: ({ agencyCode }) => agencyCode,
          present: presentAgency,
        }),
      }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/agencies/{agency_code}',
    operationId: 'readAgency',
    summary: 'Read an agency',
    tag: 'Administration',
    scopes: ['admin', 'orders:read', 'reconciliation:read', 'reports:read'],
    objects: { agency_code: 'agency' },
    request: { params },
    responses: found,
    handle: async ({ deps, caller, params: { agency_code } }) => {
      const agency = await findAgency(deps.db, caller, agency_code)
      if (!agency) throw new Refusal('not_found', 'There is no such agency.')
      return { status: 200, json: presentAgency(agency) }
    },
  }),
  defineRoute({
    method: 'patch',
    path: '/v1/agencies/{agency_code}',
    operationId: 'changeAgency',
    summary: 'Change an agency',
    tag: 'Administration',
    scopes: ['admin'],
    objects: { agency_code: 'agency' },
    request: { params, json: agencyPatch },
    responses: found,
    handle: async ({ deps, caller, params: { agency_code }, json }) => {
      const changes = withoutUndefined({
        name: json.name,
        taxCode: json.tax_code,
        budgetUnitCode: json.budget_unit_code,
        address: json.address,
        phone: json.phone,
        feeCheck: json.fee_check,
        acceptsLateMoney: json.accepts_late_money,
        refundLimit: json.refund_limit,
        refundWorkingDays: json.refund_working_days,
        receiptSerialPhi: json.receipt_serial_phi,
        receiptSerialLePhi: json.receipt_serial_le_phi,
      })
      return { status: 200, json: presentAgency(await changeAgency(deps, caller, { code: agency_code, changes })) }
    },
  }),
]
