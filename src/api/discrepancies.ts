/** The accountant's queue: what disagrees, whose turn it is, and how it was settled. */
import { z } from '@hono/zod-openapi'
import { doorPolicies, policyTable } from '../domain/discrepancy-policy.ts'
import { decisionOn, type MoneyCell, moneyCells } from '../domain/money-decisions.ts'
import { presentDiscrepancy } from '../domain/present-reconciliation.ts'
import { Refusal } from '../domain/refusal.ts'
import { resolutions } from '../domain/resolutions.ts'
import { businessDay, businessDayRange } from '../lib/time.ts'
import { findDiscrepancy, listDiscrepancies } from '../store/discrepancies.ts'
import {
  decisionObject,
  discrepancyClass,
  discrepancyId,
  discrepancyObject,
  discrepancyStatus,
  policyObject,
} from './discrepancy-schemas.ts'
import { agencyCodeField, day, idField, text } from './fields.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

export const discrepancyRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/discrepancies',
    operationId: 'listDiscrepancies',
    summary: 'List discrepancies',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    audit: { read: 'discrepancies.found' },
    request: {
      query: z.strictObject({
        ...pageQuery,
        status: z
          .enum([...discrepancyStatus.options, 'unresolved'])
          .optional()
          .openapi({ description: 'unresolved: open or proposed.' }),
        class: discrepancyClass.optional(),
        merchant_account: idField('mac').optional(),
        owner: text(200).optional(),
        overdue: z.literal('true').optional(),
        order: idField('ord').optional(),
        agency_code: agencyCodeField.optional().openapi({ description: 'Those of agencies below it too.' }),
        opened_from: day.optional().openapi({ description: 'A day; inclusive, as `opened_to`.' }),
        opened_to: day.optional(),
      }),
    },
    responses: { 200: { description: 'A page, oldest first.', schema: pageOf(discrepancyObject) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('discrepancies', query)
      const now = deps.now()
      const rows = await listDiscrepancies(deps.db, caller.agency, {
        status: query.status ?? null,
        class: query.class ?? null,
        merchantAccountId: query.merchant_account ?? null,
        owner: query.owner ?? null,
        overdueOn: query.overdue ? businessDay(now) : null,
        orderId: query.order ?? null,
        agencyCode: query.agency_code ?? null,
        openedFrom: query.opened_from ? businessDayRange(query.opened_from).from : null,
        openedTo: query.opened_to ? businessDayRange(query.opened_to).to : null,
        after,
        limit: limit + 1,
      })
      return {
        status: 200,
        json: pageAnswer(rows, {
          list: 'discrepancies',
          limit,
          keyOf: (row) => row.id,
          present: (row) => presentDiscrepancy(row, now),
        }),
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
    audit: { read: 'discrepancy.read', object: 'id' },
    request: { params: discrepancyId },
    responses: { 200: { description: 'The discrepancy.', schema: discrepancyObject } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id } }) => {
      const discrepancy = await findDiscrepancy(deps.db, caller.agency, id)
      if (!discrepancy) throw new Refusal('not_found', 'There is no such discrepancy.')
      return { status: 200, json: presentDiscrepancy(discrepancy, deps.now()) }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/discrepancy_policies',
    operationId: 'listDiscrepancyPolicies',
    summary: 'List what happens to discrepancies, class by class',
    description:
      'The table that the gateway itself goes by. Own words are taken too: they take a second person where there is an amount and the class has a resolution that takes one, and what is in suspense is taken back.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write', 'reports:read'],
    request: { query: z.strictObject({}) },
    responses: { 200: { description: 'All of them.', schema: pageOf(policyObject) } },
    handle: async () => ({ status: 200, json: { data: policyTable.map(presentPolicy), next_cursor: null } }),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/money_decisions',
    operationId: 'listMoneyDecisions',
    summary: 'List what becomes of money that arrives, case by case',
    description:
      'Every case of how the order stands, what came of what is due, how its dossier stands and whose number it came under. Whoever tells of it, a callback, a query, a statement or a person, the answer is the same.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write', 'reports:read'],
    request: { query: z.strictObject({}) },
    responses: { 200: { description: 'All of them.', schema: pageOf(decisionObject) } },
    handle: async () => ({ status: 200, json: { data: moneyCells.map(presentDecision), next_cursor: null } }),
  }),
]

const presentDecision = (cell: MoneyCell) => {
  const { booked, class: name, proposal } = decisionOn(cell)
  return { ...cell, booked, class: name, proposal, working_days: name ? doorPolicies[name].workingDays : null }
}

const presentPolicy = ({ vietnamese, workingDays, resolutions: allowed, ...row }: (typeof policyTable)[number]) => ({
  ...row,
  title: vietnamese,
  working_days: workingDays,
  resolutions: allowed.map((resolution) => ({
    resolution,
    title: resolutions[resolution].vietnamese,
    decided_by: resolutions[resolution].needsApproval ? 'second_person' : 'one_person',
    suspense: resolutions[resolution].suspense,
  })),
})
