// Owns the form of a new order: what it begins with, what it becomes at the gateway, and which field a refusal of the gateway belongs to. The portal judges
// nothing by itself, so that what the gateway says about bad input can be seen.
import { clip } from '../../lib/text.ts'
import type { Language } from '../page-language.ts'
import { businessDay, stamp } from '../vietnam-time.ts'
import type { Problem } from './gateway.ts'
import type { PortalProcedure } from './procedures.ts'

/** The fields as texts, by their names in the form. */
export type Fields = Readonly<Record<string, string>>

export const fieldOf = {
  unitAmount: (index: number) => `unit_amount_${index}`,
  quantity: (index: number) => `quantity_${index}`,
}

/** A dossier code as the one-stop systems write it: agency, day, number of the day. The number is the time of the day here. */
export const newDossierCode = (agency: string, at: Date): string =>
  `${agency}-${businessDay(at).slice(2).replaceAll('-', '')}-${stamp(at).slice(8)}`

export const emptyForm = (
  procedure: PortalProcedure,
  { agency, at, key, language }: { agency: string; at: Date; key: string; language: Language },
): Fields => ({
  procedure: procedure.id,
  agency,
  key,
  payer_name: 'Nguyễn Thị Lan',
  identity_number: '038190001234',
  dossier_code: newDossierCode(agency, at),
  language,
  ...Object.fromEntries(
    procedure.fees.flatMap(({ unit_amount, quantity }, index) => [
      [fieldOf.unitAmount(index), unit_amount === null ? '' : String(unit_amount)],
      [fieldOf.quantity(index), String(quantity)],
    ]),
  ),
})

/** The body of POST /v1/orders, and which fee each of its lines is; what cannot be read as a number is sent as it was typed. */
export const orderOf = (
  procedure: PortalProcedure,
  fields: Fields,
  returnUrl: string,
): { json: object; feeOfLine: readonly number[] } => {
  const get = (name: string) => fields[name]?.trim() ?? ''
  const feeOfLine = procedure.fees.flatMap((_, index) => (/^0*$/.test(get(fieldOf.quantity(index))) ? [] : [index]))
  const lines = feeOfLine.map((index) => ({
    ...procedure.fees[index],
    unit_amount: numberOrText(get(fieldOf.unitAmount(index))),
    quantity: numberOrText(get(fieldOf.quantity(index))),
  }))
  return {
    feeOfLine,
    json: {
      dossier_code: get('dossier_code'),
      agency_code: get('agency'),
      procedure_code: procedure.code,
      procedure_name: clip(procedure.name, 150),
      payer: { name: get('payer_name'), identity_number: get('identity_number') || null },
      lines,
      collection_stage: 'before_acceptance',
      return_url: returnUrl,
      language: get('language'),
      metadata: { portal: portalMark },
    },
  }
}

/** What the portal's own orders carry, to be told from those that others place with the same client. */
export const portalMark = 'demo-portal'

const numberOrText = (text: string): number | string => {
  const digits = text.replace(/[.,\s]/g, '')
  return /^-?\d{1,15}$/.test(digits) ? Number(digits) : text
}

export interface FormTrouble {
  problem: Problem
  /** By field of the form. */
  byField: ReadonlyMap<string, string>
  /** What belongs to no field, as the gateway points to it. */
  others: readonly { pointer: string; message: string }[]
}

/** Sorts what the gateway says by the fields of the form. */
export const troubleOf = (problem: Problem, feeOfLine: readonly number[]): FormTrouble => {
  const byField = new Map<string, string>()
  const others: { pointer: string; message: string }[] = []
  for (const error of problem.errors) {
    const field = fieldAt(error.pointer, feeOfLine)
    if (field === null) others.push(error)
    else byField.set(field, [byField.get(field), error.message].filter(Boolean).join('; '))
  }
  return { problem, byField, others }
}

const plainFields: Readonly<Record<string, string>> = {
  '/dossier_code': 'dossier_code',
  '/agency_code': 'agency',
  '/payer/name': 'payer_name',
  '/payer/identity_number': 'identity_number',
  '/language': 'language',
}

const fieldAt = (pointer: string, feeOfLine: readonly number[]): string | null => {
  const [, line, member] = /^\/lines\/(\d+)\/(unit_amount|quantity)$/.exec(pointer) ?? []
  const fee = line === undefined ? undefined : feeOfLine[Number(line)]
  if (fee === undefined) return plainFields[pointer] ?? null
  return member === 'quantity' ? fieldOf.quantity(fee) : fieldOf.unitAmount(fee)
}
