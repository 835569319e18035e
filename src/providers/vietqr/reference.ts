/**
 * The reference that a payer's transfer carries: `LP`, fifteen digits of chance and two check digits (ISO/IEC 7064, MOD 97-10), so that a mistyped one hits no
 * other payment. Nineteen characters: the tightest limit that is known for a transfer's text. Banks write around it, and respell what is written; so it is
 * searched and not compared.
 */
import { sha256Hex } from '../../lib/hmac.ts'
import { withoutDiacritics } from '../../lib/text.ts'

const chanceDigits = 15
const chanceSpace = 10n ** BigInt(chanceDigits)
const shape = /^LP[0-9]{17}$/

/** A new reference out of a new id. Two ids may give one reference; the database's unique index refuses the second. */
export const referenceOf = (id: string): string => {
  const chance = BigInt(`0x${sha256Hex(id).slice(0, 24)}`) % chanceSpace
  const check = 98n - ((chance * 100n) % 97n)
  return `LP${String(chance).padStart(chanceDigits, '0')}${String(check).padStart(2, '0')}`
}

/** Whether `text` is a reference, with its check digits right. */
export const isReference = (text: string): boolean => shape.test(text) && BigInt(text.slice(2)) % 97n === 1n

/**
 * The one reference in the texts of a transfer, the first text that holds any deciding; null when there is none, and also when there are two: which of them
 * was meant is for a person. Looked for in the text without spaces and signs, where it may also touch the bank's own letters and digits.
 */
export const findReference = (texts: readonly string[]): string | null => {
  for (const text of texts) {
    const squeezed = withoutDiacritics(text)
      .toUpperCase()
      .replace(/[^0-9A-Z]/g, '')
    const [first, ...others] = new Set(squeezed.match(/LP[0-9]{17}/g)?.filter(isReference))
    if (first !== undefined) return others.length === 0 ? first : null
  }
  return null
}
