/** How discrepancies and the policy of their classes look on the wire. */
import { z } from '@hono/zod-openapi'
import { policyTable } from '../domain/discrepancy-policy.ts'
import { amountRelations, dossierStandings, orderStandings, referenceStandings } from '../domain/money-decisions.ts'
import { amountOut, idField, instantOut, text } from './fields.ts'

export const discrepancyClass = z.enum([...new Set(policyTable.map((row) => row.class))])
export const discrepancyStatus = z.enum(['open', 'proposed', 'resolved'])
const source = z.enum(['door', 'query', 'reconciliation'])

export const discrepancyObject = z
  .strictObject({
    id: z.string(),
    class: z.string(),
    status: discrepancyStatus.openapi({ description: 'proposed: a resolution waits for a second person.' }),
    source: source.openapi({
      description:
        'Who found it: the door, when money came that did not fit its order; a query, when a provider denied what its callback had told; or a reconciliation.',
    }),
    agency_code: z.string(),
    merchant_account: z.string().nullable(),
    order: z.string().nullable(),
    attempt: z.string().nullable(),
    refund: z.string().nullable(),
    item: z.string().nullable(),
    reconciliation: z.string().nullable(),
    amount: amountOut,
    in_suspense: amountOut.openapi({
      description:
        'What stands in the ledger’s suspense account for it, booked by the reconciliation: negative where the provider lists more than is booked here. Money that the door holds is booked with its order or credit and is not counted here.',
    }),
    owner: z.string().nullable(),
    opened_at: instantOut,
    due_on: z.string().nullable(),
    age_working_days: z.int(),
    overdue: z.boolean(),
    policy: z.string(),
    resolution: z.string().nullable(),
    note: z.string().nullable(),
    proposed_by: z.string().nullable(),
    proposed_at: instantOut.nullable(),
    resolved_at: instantOut.nullable(),
    resolved_by: z.string().nullable(),
    reopening: z
      .strictObject({ proposed_by: z.string(), proposed_at: instantOut.nullable(), note: z.string().nullable() })
      .nullable()
      .openapi({ description: 'What two persons decided stays decided until a second one agrees to open it again.' }),
    version: z.int().openapi({ description: 'Grows with each line of the history.' }),
    history: z.array(z.looseObject({ at: z.string(), event: z.string(), by: z.string() })),
  })
  .openapi('Discrepancy')

export const discrepancyId = z.strictObject({ id: idField('dsc') })

/** References only: a file stays where it is kept. */
export const evidence = z
  .array(
    z.strictObject({
      kind: z.enum([
        'statement_line',
        'callback',
        'order',
        'refund',
        'quarantine_entry',
        'tracing_case',
        'document',
        'other',
      ]),
      reference: text(255),
    }),
  )
  .max(20)

export const policyObject = z
  .strictObject({
    class: z.string(),
    source,
    policy: z.string(),
    title: z.string(),
    automatic: z.string().nullable().openapi({ description: 'What the gateway does by itself.' }),
    proposed: z.string().nullable().openapi({ description: 'What it proposes to a person.' }),
    working_days: z.int(),
    basis: z.string().openapi({ description: 'Where the number of working days comes from.' }),
    money: z.enum(['line', 'door', 'settlement', 'none']).openapi({
      description:
        'Where the money behind an open discrepancy stands. line: in suspense, by the difference between what the provider lists and what is booked here. door: in suspense since the door booked it, if it belongs to no order. settlement: in the booking of the bank’s statement. none: no money is in question.',
    }),
    resolutions: z.array(
      z.strictObject({
        resolution: z.string(),
        title: z.string(),
        decided_by: z.enum(['one_person', 'second_person']),
        suspense: z.enum(['taken_back', 'stays']),
      }),
    ),
  })
  .openapi('DiscrepancyPolicy')

export const decisionObject = z
  .strictObject({
    order: z.enum(orderStandings),
    amount: z.enum(amountRelations),
    dossier: z.enum(dossierStandings).openapi({
      description:
        'paid_by_other_order: another order of the same dossier line is paid. rejected: what is returned then is asked for with the reason `dossier_rejected`, and each fee line follows its price’s `refundable_when_rejected`.',
    }),
    reference: z.enum(referenceStandings).openapi({
      description: 'taken: another attempt was captured under the provider’s same number.',
    }),
    booked: z.enum(['collected', 'suspense']),
    class: z.string().nullable().openapi({ description: 'Of the discrepancy that is opened.' }),
    proposal: z.enum(['refund']).nullable().openapi({ description: 'What the gateway proposes; a person decides it.' }),
    working_days: z.int().nullable().openapi({ description: 'Until somebody must have dealt with it.' }),
  })
  .openapi('MoneyDecision')
