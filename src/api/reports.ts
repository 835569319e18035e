/** Reports: by name, in the format that the Accept header asks for. */
import { z } from '@hono/zod-openapi'
import { changeReasons } from '../domain/report-changes.ts'
import { reportGroups, reportNames } from '../domain/report-columns.ts'
import { compareReport } from '../flows/compare-report.ts'
import type { Deps } from '../flows/deps.ts'
import { reportPdf } from '../flows/print-report.ts'
import { type ReportInput, reportInstant, wrong } from '../flows/read-report.ts'
import { reportCsv, reportFileName, reportJson, reportXlsx } from '../flows/report.ts'
import { businessDayRange } from '../lib/time.ts'
import { chooseType } from './accept.ts'
import { agencyCodeField, day, idField, instantOut, queryInstant, queryTimeMessage } from './fields.ts'
import { defineRoute } from './route.ts'

const jsonType = 'application/json'
const csvType = 'text/csv'
const pdfType = 'application/pdf'
const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** An instant, or a day, whose end it then is. */
const asOf = z.union([day.transform((value) => new Date(businessDayRange(value).to.getTime() - 1)), queryInstant], {
  error: `${queryTimeMessage}, or a day`,
})

const cell = z.union([z.string(), z.int(), z.null()])

const columns = z.array(
  z.strictObject({ key: z.string(), title: z.string(), type: z.enum(['text', 'amount', 'count', 'rate', 'date']) }),
)
const rows = z.array(z.record(z.string(), cell))

const reportObject = z
  .strictObject({
    name: z.enum(reportNames),
    group_by: z.enum(reportGroups).optional(),
    title: z.string(),
    from: z.string(),
    to: z.string(),
    as_of: instantOut,
    time_zone: z.literal('UTC+7').openapi({ description: 'Of the business days.' }),
    columns,
    rows,
    totals: z.record(z.string(), z.int()).openapi({
      description:
        'What the rows add up to. `amount`, and whatever else the ledger knows, is compared with it before it is answered.',
    }),
    rates: z
      .record(z.string(), z.string())
      .optional()
      .openapi({ description: 'Rates over all rows, with two decimals; `N/A` where there is nothing to divide by.' }),
    summaries: z
      .array(z.strictObject({ name: z.string(), title: z.string(), columns, rows }))
      .openapi({ description: 'The same figures by something else, or an equation that they fulfil.' }),
    comparison: z
      .strictObject({
        from: instantOut,
        to: instantOut,
        changes: z.array(
          z.strictObject({
            key: z.string(),
            change: z.enum(['added', 'removed', 'changed']),
            reason: z.enum(changeReasons),
            fields: z.array(z.string()),
            before: z.record(z.string(), cell).nullable(),
            after: z.record(z.string(), cell).nullable(),
          }),
        ),
      })
      .optional()
      .openapi({ description: 'With `compare_to`: from the earlier of the two instants to the later.' }),
  })
  .openapi('Report')

export const reportRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/reports/{name}',
    operationId: 'readReport',
    summary: 'Make a report',
    description:
      'As JSON (up to 10,000 rows), text/csv, an Excel workbook or PDF (up to 5,000 rows), by Accept. `from` and `to` are business days of Vietnam, inclusive. The same `as_of` gives the same bytes; it lies in the past, and a day is meant to its end. While somebody still writes what belongs to that instant the answer is 409.',
    tag: 'Reports',
    scopes: ['reports:read'],
    names: ['name'],
    audit: { read: 'report.read', file: 'report.exported', object: 'name' },
    request: {
      params: z.strictObject({ name: z.enum(reportNames) }),
      query: z.strictObject({
        from: day,
        to: day,
        agency_code: agencyCodeField.optional(),
        merchant_account: idField('mac').optional(),
        as_of: asOf.optional(),
        compare_to: asOf
          .optional()
          .openapi({ description: 'Another instant: JSON then says what became of each line in between, and why.' }),
        group_by: z.enum(reportGroups).optional().openapi({ description: 'For collections.' }),
      }),
    },
    responses: {
      200: { description: 'The report.', schema: reportObject, contentTypes: [jsonType, csvType, xlsxType, pdfType] },
    },
    errors: ['not_found', 'not_acceptable', 'conflict'],
    handle: async ({ deps, caller, request, params: { name }, query }) => {
      const type = chooseType(request.headers.get('accept'), [jsonType, csvType, xlsxType, pdfType])
      const asOf = await reportInstant(deps, query.as_of ?? null)
      const input = {
        name,
        from: query.from,
        to: query.to,
        agencyCode: query.agency_code ?? null,
        merchantAccountId: query.merchant_account ?? null,
        groupBy: query.group_by ?? null,
        asOf,
      }
      if (type === jsonType) {
        const json = await reportJson(deps, caller.agency, input)
        if (!query.compare_to) return { status: 200, json }
        const comparison = await compareReport(deps, caller.agency, { ...input, compareTo: query.compare_to })
        return { status: 200, json: { ...json, comparison } }
      }
      if (query.compare_to) throw wrong('/query/compare_to', 'only JSON compares')
      const { extension, contentType, make } = files[type]
      return new Response(await make(deps, caller.agency, input), {
        headers: {
          'content-type': contentType,
          'content-disposition': `attachment; filename="${reportFileName(input, asOf, extension)}"`,
          'cache-control': 'no-store',
        },
      })
    },
  }),
]

type FileMaker = {
  extension: string
  contentType: string
  make: (deps: Deps, scope: string, input: ReportInput) => Promise<ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>>
}

const files: Readonly<Record<typeof csvType | typeof xlsxType | typeof pdfType, FileMaker>> = {
  [csvType]: { extension: 'csv', contentType: `${csvType}; charset=utf-8; header=present`, make: reportCsv },
  [xlsxType]: { extension: 'xlsx', contentType: xlsxType, make: reportXlsx },
  [pdfType]: { extension: 'pdf', contentType: pdfType, make: reportPdf },
}
