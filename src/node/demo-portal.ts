// What the demo's service portal is handed: its catalogue, made from the sample fees, and the client that it is at the gateway.
import type { Hono } from 'hono'
import { type FeeFormula, feeAmount } from '../domain/fee-formula.ts'
import type { Deps } from '../flows/deps.ts'
import { createPortal, type PortalFee, type PortalProcedure } from '../simulators/portal/portal.tsx'
import { kindOf, readSampleProcedures, type SampleLine, type SampleProcedure } from './demo-fees.ts'
import type { DemoFile } from './demo-file.ts'
import { agencies } from './demo-province.ts'

type PortalPorts = Pick<Deps, 'fetch' | 'now' | 'newId' | 'publicUrl'>

/** The portal, to be mounted at `/demo-portal`. */
export async function openDemoPortal(
  { fetch, now, newId, publicUrl }: PortalPorts,
  client: DemoFile['clients']['portal'],
): Promise<Hono> {
  return createPortal({
    fetch,
    now,
    publicUrl,
    newId: () => newId('key'),
    client,
    procedures: (await readSampleProcedures()).map(procedureOf),
    // The province itself takes no dossiers.
    agencies: agencies.slice(1).map(({ agencyCode, name }) => ({ code: agencyCode, name })),
  })
}

const procedureOf = (sample: SampleProcedure): PortalProcedure => ({
  id: sample.id,
  code: sample.local_code,
  name: sample.procedure_name_vi,
  field: sample.field_vi,
  fees: sample.fee_lines.map((line, index) => feeOf(line, sample, index)),
})

/** The first fee is owed once; the others are alternatives or additions, which the form offers. */
const feeOf = (line: SampleLine, { fee_lines }: SampleProcedure, index: number): PortalFee => ({
  fee_code: line.line_code,
  kind: kindOf[line.type],
  description: line.name_vi,
  unit_amount: unitAmount(line.calc, fee_lines),
  quantity: index === 0 ? 1 : 0,
  budget_item: line.tieu_muc,
})

/** The price of one plain case: a copy of two pages, filed online, in a town. Null where a notice or a value from outside says it. */
const unitAmount = (formula: FeeFormula, lines: readonly SampleLine[]): bigint | null => {
  switch (formula.kind) {
    case 'percent':
    case 'percent_of_notice':
    case 'remainder_of_notice':
    case 'external_notice':
      return null
    case 'per_unit_from':
      return formula.unit_amount_vnd
    case 'percent_of_line': {
      const whole = lines.find(({ line_code }) => line_code === formula.line)?.calc
      const amount = whole ? unitAmount(whole, lines) : null
      return amount === null ? null : feeAmount(formula, { lines: { [formula.line]: amount } })
    }
    default:
      return feeAmount(formula, { pages: 2, channel: 'online', area: 'city', counted: 1 })
  }
}
