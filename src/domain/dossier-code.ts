// Codes of dossiers (mã hồ sơ): unit, day of receipt, number of the day. There is no check digit.
import { isBusinessDayText } from '../lib/time.ts'

/** The parts of a dossier code of known shape; `day` is the day of receipt, `yyyy-MM-dd`. */
export type DossierParts = { unit: string; day: string; sequence: string }

/** A code that is accepted: normalised, its parts if its shape is known, and what the portal should look at. */
export type DossierCode = { code: string; parts: DossierParts | null; warnings: DossierWarning[] }

/** `message` is for the portal's developers, in English; `code` is stable. */
export type DossierWarning = {
  code: 'dossier_code_unknown_shape' | 'dossier_code_bad_date' | 'dossier_code_future_date'
  message: string
}

/** The longest dossier code, in characters, after normalising. */
export const dossierCodeMax = 50

/**
 * The code in the form that is stored and compared: NFC, upper case, every dash a `-`, no space anywhere.
 * `h56.14–261122-0001 ` and `H56.14-261122-0001` are one dossier.
 */
export function normaliseDossierCode(text: string): string {
  return text.normalize('NFC').replace(dashes, '-').replace(/\s+/g, '').toUpperCase()
}

/**
 * The dossier code in a text. Codes of ministries and of the national portal vary, so an unknown shape is accepted as
 * opaque, with a warning; so is a date that does not exist or lies after `today` (`yyyy-MM-dd`, in Vietnam).
 * null only when nothing is left, it is longer than 50 characters, or it holds control characters.
 */
export function readDossierCode(text: string, today: string): DossierCode | null {
  const code = normaliseDossierCode(text)
  if (code === '' || Array.from(code).length > dossierCodeMax || unprintable.test(code)) return null
  const [, unit, yy, mm, dd, sequence] = shape.exec(code) ?? []
  if (!unit || !sequence) return opaque(code, 'dossier_code_unknown_shape')
  const day = `20${yy}-${mm}-${dd}`
  if (!isBusinessDayText(day)) return opaque(code, 'dossier_code_bad_date')
  const warnings = day > today ? [warningOf('dossier_code_future_date')] : []
  return { code, parts: { unit, day, sequence }, warnings }
}

const messages: Record<DossierWarning['code'], string> = {
  dossier_code_unknown_shape: 'The dossier code has no known shape; it is kept as it is.',
  dossier_code_bad_date: 'The dossier code has the known shape, but its date does not exist; it is kept as it is.',
  dossier_code_future_date: 'The day of receipt in the dossier code lies in the future.',
}

// Old unit codes follow QCVN 102:2016 (000.17.22.H56), new ones QĐ 20/2020/QĐ-TTg (H56.14.03; communes may have three
// digits). Provincial systems count to 4 digits a day, ministries to 7.
const shape = /^([A-Z]\d{2}(?:\.\d{2,3}){0,5}|\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2})-(\d{2})(\d{2})(\d{2})-(\d{4,7})$/
// Hyphens and dashes U+2010 … U+2015, the minus sign, and the small and full-width hyphens.
const dashes = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/u

function opaque(code: string, warning: DossierWarning['code']): DossierCode {
  return { code, parts: null, warnings: [warningOf(warning)] }
}

function warningOf(code: DossierWarning['code']): DossierWarning {
  return { code, message: messages[code] }
}
