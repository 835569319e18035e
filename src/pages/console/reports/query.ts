/** What a report is asked for, in the address of its screen. */
import { type ReportName, reportNames } from '../../../domain/report-columns.ts'
import { businessDay } from '../../../lib/time.ts'
import type { Query } from '../console-api.ts'
import type { Visit } from '../screen.ts'

/** The formats of a file, by the word in the address. */
export const fileTypes = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv',
  pdf: 'application/pdf',
} as const
export type FileType = keyof typeof fileTypes

export const isReportName = (text: string | undefined): text is ReportName => reportNames.some((name) => name === text)

/** Only what the API knows; the month to date unless the address names days. */
export const reportQuery = ({ query, now }: Pick<Visit, 'query' | 'now'>): Query => {
  const today = businessDay(now)
  return {
    from: query.from || `${today.slice(0, 8)}01`,
    to: query.to || today,
    agency_code: query.agency_code,
    merchant_account: query.merchant_account,
    group_by: query.group_by,
    as_of: query.as_of,
  }
}
