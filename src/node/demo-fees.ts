// Reads the sample fees: the demo's fee schedule, and the procedures that a demonstration pays for.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type FeeFormula, feeFormula } from '../domain/fee-formula.ts'
import type { FeeKind } from '../domain/order-facts.ts'
import type { SeededFee } from '../store/seeding.ts'
import { packageRoot } from './migrations.ts'

const line = z.object({
  line_code: z.string().min(1).max(50),
  name_vi: z.string().min(1).max(150),
  type: z.enum(['phi', 'le_phi', 'le_phi_thue', 'thue', 'tien_phat', 'nghia_vu_tai_chinh']),
  calc: feeFormula,
  tieu_muc: z.string().nullable(),
})
const file = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      local_code: z.string().nullable(),
      procedure_name_vi: z.string(),
      field_vi: z.string(),
      fee_lines: z.array(line),
      legal_basis: z.array(z.string()).default([]),
    }),
  ),
})

export type SampleLine = z.output<typeof line>
export type SampleProcedure = z.output<typeof file>['items'][number]

/** The procedures of demo/fees.json. Throws when the file is not what it should be. */
export async function readSampleProcedures(): Promise<readonly SampleProcedure[]> {
  return file.parse(JSON.parse(await readFile(join(packageRoot(), 'demo', 'fees.json'), 'utf8'))).items
}

/** What the types of the sample file are in an order. */
export const kindOf: Readonly<Record<SampleLine['type'], FeeKind>> = {
  phi: 'phi',
  le_phi: 'le_phi',
  le_phi_thue: 'le_phi',
  thue: 'thue',
  tien_phat: 'phat',
  nghia_vu_tai_chinh: 'khac',
}

/** One dated price for each fee code, in force since the start of the sample's year. A fee that several procedures charge is listed once. */
export function scheduleOf(
  procedures: readonly SampleProcedure[],
  { agencyCode, idOf }: { agencyCode: string; idOf: (feeCode: string) => string },
): SeededFee[] {
  const fees = new Map<string, SeededFee>()
  for (const { fee_lines, legal_basis } of procedures) {
    for (const { line_code, name_vi, type, calc, tieu_muc } of fee_lines) {
      if (fees.has(line_code)) continue
      fees.set(line_code, {
        id: idOf(line_code),
        agencyCode,
        feeCode: line_code,
        name: name_vi,
        kind: kindOf[type],
        unitAmount: fixedUnitAmount(calc),
        budgetItem: tieu_muc,
        legalBasis: legal_basis.join('; ') || null,
        validFrom: '2026-01-01',
        validTo: null,
      })
    }
  }
  return [...fees.values()]
}

/** The price of one unit where it is one number; null where it follows from pages, values, areas or notices. */
function fixedUnitAmount(formula: FeeFormula): bigint | null {
  if (formula.kind === 'fixed') return formula.amount_vnd
  if (formula.kind === 'per_unit' || formula.kind === 'per_unit_from') return formula.unit_amount_vnd
  return null
}
