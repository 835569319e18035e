/** Reports: by name, in the format that the Accept header asks for. */
import { z } from '@hono/zod-openapi'
import { reportNames } from '../domain/report-columns.ts'
import { type ReportInput, reportCsv, reportFileName, reportJson, reportXlsx } from '../flows/report.ts'
import { businessDayRange } from '../lib/time.ts'
import { chooseType } from './accept.ts'
import { agencyCodeField, day, idField, instantOut, queryInstant, queryTimeMessage } from './fields.ts'
import { defineRoute } from './route.ts'

const csvType = 'text/csv'
const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** An instant, or a day, whose end it then is. */
const asOf = z.union([day.transform((value) => new Date(businessDayRange(value).to.getTime() - 1)), queryInstant], {
  error: `${queryTimeMessage}, or a day`,
})

const cell = z.union([z.string(), z.int(), z.null()])

const reportObject = z
  .strictObject({
    name: z.enum(reportNames),
    title: z.string(),
    from: z.string(),
    to: z.string(),
    as_of: instantOut,
    time_zone: z.literal('UTC+7').openapi({ description: 'Of the business days.' }),
    columns: z.array(z.strictObject({ key: z.string(), title: z.string(), type: z.enum(['text', 'amount', 'date']) })),
    rows: z.array(z.record(z.string(), cell)),
    totals: z
      .record(z.string(), z.int())
      .openapi({ description: 'Each is compared with the ledger before it is answered.' }),
  })
  .openapi('Report')

export const reportRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/reports/{name}',
    operationId: 'readReport',
    summary: 'Make a report',
    description:
      'As JSON (up to 10,000 rows), text/csv or an Excel workbook, by Accept. `from` and `to` are business days of Vietnam, inclusive. The same `as_of` gives the same bytes; it lies in the past, and a day is meant to its end.',
    tag: 'Reports',
    scopes: ['reports:read'],
    names: ['name'],
    request: {
      params: z.strictObject({ name: z.enum(reportNames) }),
      query: z.strictObject({
        from: day,
        to: day,
        agency_code: agencyCodeField.optional(),
        merchant_account: idField('mac').optional(),
        as_of: asOf.optional(),
      }),
    },
    responses: {
      200: { description: 'The report.', schema: reportObject, contentTypes: ['application/json', csvType, xlsxType] },
    },
    errors: ['not_found', 'not_acceptable'],
    handle: async ({ deps, caller, request, params: { name }, query }) => {
      const type = chooseType(request.headers.get('accept'), ['application/json', csvType, xlsxType])
      const input: ReportInput = {
        name,
        from: query.from,
        to: query.to,
        agencyCode: query.agency_code ?? null,
        merchantAccountId: query.merchant_account ?? null,
        asOf: query.as_of ?? deps.now(),
      }
      if (type === 'application/json') return { status: 200, json: await reportJson(deps, caller.agency, input) }
      const isCsv = type === csvType
      const body = isCsv ? await reportCsv(deps, caller.agency, input) : await reportXlsx(deps, caller.agency, input)
      const fileName = reportFileName(input, input.asOf ?? deps.now(), isCsv ? 'csv' : 'xlsx')
      return new Response(body, {
        headers: {
          'content-type': isCsv ? `${csvType}; charset=utf-8; header=present` : xlsxType,
          'content-disposition': `attachment; filename="${fileName}"`,
          'cache-control': 'no-store',
        },
      })
    },
  }),
]
