/** The catalogue of procedures beside the prices: what does not fit together is named. */
import { readProcedureCode } from '../procedure-code.ts'
import { type Fault, type Placed, repeated } from './step.ts'

export type Procedure = {
  code: string
  agencyCode: string | null
  feeCodes: readonly string[]
  validFrom: string | null
  validTo: string | null
}

type Checking = {
  file: string
  rows: readonly Placed<Procedure>[]
  today: string
  /** Whether the fee has a price today for that agency, or anywhere where none is named. */
  hasPrice: (feeCode: string, agencyCode: string | null) => boolean
}

export const checkProcedures = ({ file, rows, today, hasPrice }: Checking): Fault[] => {
  const fault = (line: number, column: string, reason: string): Fault => ({ file, line, column, reason })
  const nationalOf = (code: string) => readProcedureCode(code)?.national ?? code
  const keyOf = ({ code, agencyCode, validFrom }: Procedure) => `${nationalOf(code)} ${agencyCode} ${validFrom}`
  const holdsToday = ({ validFrom, validTo }: Procedure) =>
    (validFrom ?? today) <= today && (validTo === null || validTo >= today)
  return [
    ...repeated(rows, keyOf).map(({ line, before }) =>
      fault(line, 'procedure_code', `is the same procedure as in line ${before}`),
    ),
    ...rows.flatMap(({ line, value }) => [
      ...(readProcedureCode(value.code)
        ? []
        : [
            fault(
              line,
              'procedure_code',
              'must be a code such as 1.001193 or 2.000815.H56; a spreadsheet takes zeros away where the column is not text',
            ),
          ]),
      ...(holdsToday(value) ? value.feeCodes : [])
        .filter((feeCode) => !hasPrice(feeCode, value.agencyCode))
        .map((feeCode) => fault(line, 'fee_codes', `names ${feeCode}, which has no price today`)),
    ]),
  ]
}
