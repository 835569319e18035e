/** Catalogues: codes that others give out, each with a name and the days on which it holds. An entry binds its agency and those below it; the nearest counts. */
import { readProcedureCode } from './procedure-code.ts'

/** Tiểu mục (mã NDKT), thủ tục hành chính, rules of miễn, giảm, and banks by their BIN. */
export const catalogueNames = ['budget_items', 'procedures', 'reliefs', 'banks'] as const
export type CatalogueName = (typeof catalogueNames)[number]

export type CatalogueEntry = {
  agencyCode: string
  catalogue: CatalogueName
  code: string
  name: string
  nameEn: string | null
  /** What a procedure charges. */
  feeCodes: readonly string[]
  /** The document that says so. */
  source: string | null
  /** The first and the last day (`yyyy-MM-dd`) on which it holds; no last day: until further notice. */
  validFrom: string
  validTo: string | null
}

/** A code that something names, to be looked for in its catalogue. */
export type NamedCode = { catalogue: CatalogueName; code: string }

/** What catalogues say to some codes on a day. */
export type CodesHeld = {
  /** Catalogues of which at least one entry holds that day, whether or not one of the codes is of it. Of others nothing is known, so nothing is wrong. */
  catalogues: readonly CatalogueName[]
  /** Those of the codes that hold that day, each with its nearest name. */
  entries: readonly (NamedCode & { name: string })[]
}

/** How a procedure stands in its catalogue: by the national code, where the text has one. */
export const procedureKey = (code: string): string => readProcedureCode(code)?.national ?? code.normalize('NFC').trim()
