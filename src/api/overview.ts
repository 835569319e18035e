/** How an agency's money stands: what moved in a period and what waits for somebody, in one answer. */
import { z } from '@hono/zod-openapi'
import { covers } from '../domain/agency-scope.ts'
import { presentOverview } from '../domain/present-overview.ts'
import { Refusal } from '../domain/refusal.ts'
import { addDays, businessDay, toRfc3339 } from '../lib/time.ts'
import { readOverview } from '../store/overview.ts'
import { agencyCodeField, amountOut, day, instantOut } from './fields.ts'
import { defineRoute } from './route.ts'

const moved = { collected: amountOut, refunded: amountOut, settled: amountOut }
const counted = z.strictObject({ count: z.int(), amount: amountOut })

const overviewObject = z
  .strictObject({
    from: z.string(),
    to: z.string(),
    agency_code: z.string().nullable(),
    at: instantOut,
    collected: amountOut.openapi({ description: 'In the period, as the report `collections` has it.' }),
    refunded: amountOut.openapi({ description: 'In the period, as the report `refunds` has it.' }),
    settled: amountOut.openapi({
      description: 'What bank statements show of payouts in the period, as the report `settlements` has it.',
    }),
    in_suspense: amountOut.openapi({ description: 'What belongs to no order yet, at present, whenever it came.' }),
    unmatched: amountOut.openapi({
      description: 'What the discrepancies that are not resolved are about, at present.',
    }),
    unknown: z.strictObject({ amount: amountOut, attempts: counted, refunds: counted }).openapi({
      description: 'Attempts and refunds whose provider has not answered, at present: neither paid nor failed.',
    }),
    orders: z
      .array(z.strictObject({ status: z.string(), ...counted.shape }))
      .openapi({ description: 'Placed in the period, by how they stand at present.' }),
    discrepancies: z
      .strictObject({
        ...counted.shape,
        overdue: counted,
        by_age: z.array(z.strictObject({ from_days: z.int(), to_days: z.int().nullable(), ...counted.shape })),
      })
      .openapi({ description: 'Not resolved at present; ages are calendar days since they were opened.' }),
    by_day: z.array(z.strictObject({ day: z.string(), ...moved })).openapi({ description: 'Every day of the period.' }),
    by_agency: z.array(z.strictObject({ agency_code: z.string(), name: z.string().nullable(), ...moved })),
    by_provider: z.array(z.strictObject({ provider: z.string(), ...moved, unknown: amountOut })),
  })
  .openapi('Overview')

/** Days that the default period can be counted from and to. */
const countable = day.refine((value) => value > '2000' && value < '9000', 'is no day of this gateway')

const daysMax = 400
const daysDefault = 30

export const overviewRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/overview',
    operationId: 'readOverview',
    summary: 'How the money stands',
    description: `What moved on the business days from \`from\` to \`to\`, inclusive and at most ${daysMax} (without them the last ${daysDefault}), and what waits for somebody at present. The sums of the period are those of the reports; they are read at once, so the days, the agencies and the providers each add up to them.`,
    tag: 'Reports',
    scopes: ['reports:read', 'reconciliation:read'],
    request: {
      query: z.strictObject({
        from: countable.optional(),
        to: countable.optional(),
        agency_code: agencyCodeField.optional(),
      }),
    },
    responses: { 200: { description: 'The overview.', schema: overviewObject } },
    errors: ['not_found'],
    handle: async ({ deps, caller, query }) => {
      const now = deps.now()
      const today = businessDay(now)
      const to = query.to ?? (query.from ? addDays(query.from, daysDefault - 1) : today)
      const from = query.from ?? addDays(to, 1 - daysDefault)
      if (from > to || addDays(from, daysMax) <= to) {
        const message = from > to ? 'lies before from' : `at most ${daysMax} days`
        throw new Refusal('invalid_input', 'Those days cannot be shown.', {
          errors: [{ pointer: '/query/to', message }],
        })
      }
      const agencyCode = query.agency_code ?? null
      if (agencyCode !== null && !covers(caller.agency, agencyCode))
        throw new Refusal('not_found', 'There is no such agency.')
      const overview = await readOverview(deps.db, caller.agency, { from, to, agencyCode, today })
      const head = { from, to, agency_code: agencyCode, at: toRfc3339(now) }
      return { status: 200, json: { ...head, ...presentOverview(overview, { from, to }) } }
    },
  }),
]
