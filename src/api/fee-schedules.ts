/** Administration of fee schedules: the price of a fee from day to day. */
import { z } from '@hono/zod-openapi'
import { presentFeeSchedule } from '../domain/present-administration.ts'
import { Refusal } from '../domain/refusal.ts'
import { type AddFeeScheduleInput, addFeeSchedule, closeFeeSchedule } from '../flows/change-fee-schedule.ts'
import { findFeeSchedule, listFeeSchedules } from '../store/fee-schedules.ts'
import { agencyCodeField, amount, amountOut, code, day, idField, instantOut, text } from './fields.ts'
import { firstAnswer } from './first-answer.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

const kind = z.enum(['phi', 'le_phi', 'phat', 'thue', 'khac'])

const scheduleObject = z
  .strictObject({
    id: z.string(),
    agency_code: z.string(),
    fee_code: z.string(),
    name: z.string(),
    kind,
    unit_amount: amountOut.nullable(),
    budget_item: z.string().nullable(),
    legal_basis: z.string().nullable(),
    refundable_when_rejected: z.boolean().nullable().openapi({
      description: 'Whether it is returned when the dossier is rejected; null: the agency decides case by case.',
    }),
    valid_from: day,
    valid_to: day.nullable(),
    created_at: instantOut,
  })
  .openapi('FeeSchedule')

export const scheduleInput = z
  .strictObject({
    agency_code: agencyCodeField,
    fee_code: code,
    name: text(255),
    kind,
    unit_amount: amount().nullable(),
    budget_item: z
      .string()
      .regex(/^\d{4}$/, 'must be a budget item of 4 digits')
      .nullish(),
    legal_basis: text(500).nullish(),
    refundable_when_rejected: z.boolean().nullish(),
    valid_from: day,
    valid_to: day.nullish(),
  })
  .openapi('FeeScheduleInput')

/** A price as it is asked for. */
export const scheduleOf = (json: z.output<typeof scheduleInput>): AddFeeScheduleInput['schedule'] => ({
  agencyCode: json.agency_code,
  feeCode: json.fee_code,
  name: json.name,
  kind: json.kind,
  unitAmount: json.unit_amount,
  budgetItem: json.budget_item ?? null,
  legalBasis: json.legal_basis ?? null,
  refundableWhenRejected: json.refundable_when_rejected ?? null,
  validFrom: json.valid_from,
  validTo: json.valid_to ?? null,
})

const params = z.strictObject({ id: idField('fee') })
const found = { 200: { description: 'The price.', schema: scheduleObject } }

export const feeScheduleRoutes = [
  defineRoute({
    method: 'post',
    path: '/v1/fee_schedules',
    operationId: 'addFeeSchedule',
    summary: 'Add a price of a fee',
    description:
      'From `valid_from` to `valid_to`, both included. `unit_amount` null: the fee follows a formula and is not compared.',
    tag: 'Administration',
    scopes: ['admin'],
    idempotencyKey: 'accepted',
    request: { json: scheduleInput },
    responses: { 201: { description: 'The price.', schema: scheduleObject } },
    errors: ['not_found', 'already_exists'],
    handle: async ({ deps, caller, json, idempotencyKey }) => {
      const schedule = scheduleOf(json)
      return firstAnswer(await addFeeSchedule(deps, caller, { schedule, key: idempotencyKey, body: json }))
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/fee_schedules',
    operationId: 'listFeeSchedules',
    summary: 'List prices',
    description:
      'In the order in which they were added. `agency_code` keeps that agency’s and those of the agencies below it, `on` those that hold on that day.',
    tag: 'Administration',
    scopes: ['admin', 'orders:read'],
    request: {
      query: z.strictObject({
        ...pageQuery,
        agency_code: agencyCodeField.optional(),
        fee_code: code.optional(),
        on: day.optional(),
      }),
    },
    responses: { 200: { description: 'A page of prices.', schema: pageOf(scheduleObject) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('fee_schedules', query)
      const { agency_code: agencyCode, fee_code: feeCode, on } = query
      const rows = await listFeeSchedules(deps.db, caller, { after, limit: limit + 1, agencyCode, feeCode, on })
      return {
        status: 200,
        json: pageAnswer(rows, { list: 'fee_schedules', limit, keyOf: ({ id }) => id, present: presentFeeSchedule }),
      }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/fee_schedules/{id}',
    operationId: 'readFeeSchedule',
    summary: 'Read a price',
    tag: 'Administration',
    scopes: ['admin', 'orders:read'],
    objects: { id: 'fee_schedule' },
    request: { params },
    responses: found,
    handle: async ({ deps, caller, params: { id } }) => {
      const schedule = await findFeeSchedule(deps.db, caller, id)
      if (!schedule) throw new Refusal('not_found', 'There is no such fee schedule.')
      return { status: 200, json: presentFeeSchedule(schedule) }
    },
  }),
  defineRoute({
    method: 'patch',
    path: '/v1/fee_schedules/{id}',
    operationId: 'closeFeeSchedule',
    summary: 'End a price',
    description: 'Sets the last day on which it holds. Prices are never rewritten: end one and add the next.',
    tag: 'Administration',
    scopes: ['admin'],
    objects: { id: 'fee_schedule' },
    request: { params, json: z.strictObject({ valid_to: day.nullable() }).openapi('FeeSchedulePatch') },
    responses: found,
    errors: ['already_exists'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const schedule = await closeFeeSchedule(deps, caller, { id, validTo: json.valid_to })
      return { status: 200, json: presentFeeSchedule(schedule) }
    },
  }),
]
