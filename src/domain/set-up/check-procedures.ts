/** The catalogue of procedures beside the prices: nothing of it is stored, since an order brings its procedure along; what does not fit together is named. */
import { readProcedureCode } from '../procedure-code.ts'
import { type Fault, type Placed, repeated } from './step.ts'

export type Procedure = { procedureCode: string; name: string; agencyCode: string | null; feeCodes: readonly string[] }

/** `hasPrice`: whether the fee has a price today for that agency, or anywhere where none is named. */
export const checkProcedures = (
  file: string,
  rows: readonly Placed<Procedure>[],
  hasPrice: (feeCode: string, agencyCode: string | null) => boolean,
): Fault[] => {
  const fault = (line: number, column: string, reason: string): Fault => ({ file, line, column, reason })
  const nationalOf = (code: string) => readProcedureCode(code)?.national ?? code
  return [
    ...repeated(rows, ({ procedureCode, agencyCode }) => `${nationalOf(procedureCode)} ${agencyCode ?? ''}`).map(
      ({ line, before }) => fault(line, 'procedure_code', `is the same procedure as in line ${before}`),
    ),
    ...rows.flatMap(({ line, value: { procedureCode, agencyCode, feeCodes } }) => [
      ...(readProcedureCode(procedureCode)
        ? []
        : [fault(line, 'procedure_code', 'must be a code such as 1.001193 or 2.000815.H56')]),
      ...feeCodes
        .filter((feeCode) => !hasPrice(feeCode, agencyCode))
        .map((feeCode) => fault(line, 'fee_codes', `names ${feeCode}, which has no price today`)),
    ]),
  ]
}
