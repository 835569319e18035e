// What the texts of a row say of a reference: as they stand, without marks and signs, cut, or among other words.
import { foldReference, withoutDiacritics } from '../lib/text.ts'
import type { MatchRow } from './match-evidence.ts'

const wordEnds = /^[.,;:()[\]{}<>"'/|#*]+|[.,;:()[\]{}<>"'/|#*]+$/g
export const wordsOf = ({ bankReference, description }: MatchRow): string[] => [
  ...(bankReference === null ? [] : [bankReference]),
  ...(description ?? '').split(/\s+/).flatMap((word) => [word.replace(wordEnds, ''), ...word.split(/[^0-9A-Za-z]+/)]),
]

const textsOf = ({ bankReference, description }: MatchRow): string[] => [
  foldReference(bankReference ?? ''),
  foldReference(description ?? ''),
]
/** Whether what is left of the name stands in the row. */
export const holdsName = (row: MatchRow, name: string): boolean => {
  const wanted = foldReference(name)
  return wanted !== '' && textsOf(row).some((text) => text.includes(wanted))
}

/** Two spellings of one number; one of nothing but signs is only itself. */
export const isSameNumber = (a: string, b: string): boolean =>
  a === b || (foldReference(a) !== '' && foldReference(a) === foldReference(b))

/** A number stands in a text as a word of its own when it is so long, however it is spelt. */
const numberMin = 6
export const holdsNumber = (row: MatchRow, number: string): boolean =>
  [...wordsOf(row), ...withoutDiacritics(row.description ?? '').split(/[^0-9A-Za-z]+/)].some(
    (word) => word.length >= numberMin && isSameNumber(word, number),
  )

/** So many letters and digits of a reference say something. */
const partMin = 8
export const isPart = (said: string, ours: string): boolean =>
  said.length >= partMin && said.length < ours.length && (ours.startsWith(said) || ours.endsWith(said))

/** Whether words in a row, and nothing of their neighbours, make the reference. */
export const isAmongWords = (text: string | null, reference: string | null): boolean => {
  const wanted = foldReference(reference ?? '')
  const words =
    withoutDiacritics(text ?? '')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? []
  if (wanted.length < partMin) return false
  return words.some((_, from) => {
    let said = ''
    for (const word of words.slice(from)) {
      said += word
      if (said.length >= wanted.length) return said === wanted
    }
    return false
  })
}

/** Whether the text is the reference, or its head or tail, without case, marks, spaces and signs, or has it among other words. */
export const isDamaged = (text: string, reference: string): boolean => {
  const [said, whole] = [foldReference(text), foldReference(reference)]
  return whole !== '' && (said === whole || isPart(said, whole) || isAmongWords(text, reference))
}

export const holdsPart = (row: MatchRow, name: string): boolean => {
  const whole = foldReference(name)
  const parts = [whole.slice(0, partMin), whole.slice(-partMin)]
  return whole.length >= partMin && textsOf(row).some((text) => parts.some((part) => text.includes(part)))
}
