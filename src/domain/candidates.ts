/**
 * Which attempts a payment that nobody knows might be about: suggestions for a person, each with its reasons, and never links. Money is attributed by what
 * somebody has found out, not by likeness.
 */
import { withoutDiacritics } from '../lib/text.ts'

/** What was told: a reference that is not ours, or a bank's text in which none was found. */
export type Told = { merchantReference: string | null; text: string | null; amount: bigint; at: Date }

export type Suspect = {
  attempt: string
  order: string
  dossierCode: string
  merchantReference: string
  amount: bigint
  createdAt: Date
}

/** Why somebody should look at an attempt, and what that is worth. Of the reasons about its reference the strongest counts. */
export const reasonScores = {
  /** The same letters and digits, written with other case, marks, spaces or signs. */
  reference_spelling: 90,
  /** One character wrong, missing, too many, or two in the wrong order. */
  reference_one_edit: 70,
  /** Up to three characters missing. */
  reference_characters_lost: 60,
  /** Its beginning or its end. */
  reference_cut: 50,
  dossier_in_text: 40,
  same_amount: 20,
  near_in_time: 10,
} as const
export type Reason = keyof typeof reasonScores

export type Candidate = Suspect & { score: number; reasons: Reason[] }

const candidatesMax = 10
/** A citizen pays within a day of choosing to; the clocks of two houses differ. */
const nearBeforeMs = 86_400_000
const nearAfterMs = 600_000
/** Fewer characters say nothing: references that were made on one day begin alike. */
const overlapMin = 8
const lostMax = 3

/** At most ten, the likeliest first: by score, then by nearness in time, then by id. The same input gives the same list. */
export const findCandidates = (told: Told, suspects: readonly Suspect[]): Candidate[] => {
  const fragments = fragmentsOf(told)
  const whole = squeeze(told.text ?? '')
  const distance = ({ createdAt }: Suspect) => Math.abs(told.at.getTime() - createdAt.getTime())
  return suspects
    .flatMap((suspect) => {
      const reasons = reasonsFor(told, suspect, { fragments, whole })
      const score = reasons.reduce((total, reason) => total + reasonScores[reason], 0)
      return reasons.length > 0 ? [{ ...suspect, score, reasons }] : []
    })
    .toSorted((a, b) => b.score - a.score || distance(a) - distance(b) || (a.attempt < b.attempt ? -1 : 1))
    .slice(0, candidatesMax)
}

/** Letters and digits only, in capitals and without marks: what banks and people leave of a reference. */
export const squeeze = (text: string): string =>
  withoutDiacritics(text)
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')

type Heard = { fragments: readonly string[]; whole: string }

/** An amount that many pay, or an hour in which many pay, is no reason by itself; the two together are one. */
const reasonsFor = (told: Told, suspect: Suspect, { fragments, whole }: Heard): Reason[] => {
  const ofReference = referenceReason(squeeze(suspect.merchantReference), { fragments, whole })
  const dossier = squeeze(suspect.dossierCode)
  const isDossier = dossier.length >= overlapMin && whole.includes(dossier)
  const since = told.at.getTime() - suspect.createdAt.getTime()
  const isNear = since <= nearBeforeMs && since >= -nearAfterMs
  const isSameAmount = suspect.amount === told.amount
  if (!ofReference && !isDossier && !(isSameAmount && isNear)) return []
  return [
    ...(ofReference ? [ofReference] : []),
    ...(isDossier ? (['dossier_in_text'] as const) : []),
    ...(isSameAmount ? (['same_amount'] as const) : []),
    ...(isNear ? (['near_in_time'] as const) : []),
  ]
}

const likenesses: readonly (readonly [Reason, (heard: string, ours: string) => boolean])[] = [
  ['reference_spelling', (heard, ours) => heard === ours],
  ['reference_one_edit', (heard, ours) => isOneEdit(heard, ours)],
  ['reference_characters_lost', (heard, ours) => hasLost(heard, ours)],
  ['reference_cut', (heard, ours) => isCut(heard, ours)],
]

const referenceReason = (ours: string, { fragments, whole }: Heard): Reason | null => {
  if (ours.length < overlapMin) return fragments.includes(ours) ? 'reference_spelling' : null
  if (whole.includes(ours)) return 'reference_spelling'
  return likenesses.find(([, isLike]) => fragments.some((heard) => isLike(heard, ours)))?.[0] ?? null
}

/** The reference as it was told, and every word of the text, alone and joined with the one or two behind it: banks break references apart. */
const fragmentsOf = ({ merchantReference, text }: Told): string[] => {
  const words = (text ?? '').slice(0, textMax).split(/\s+/).map(squeeze).filter(Boolean)
  const joined = words.flatMap((word, index) => [
    word,
    word + (words[index + 1] ?? ''),
    word + (words[index + 1] ?? '') + (words[index + 2] ?? ''),
  ])
  return [...new Set([squeeze(merchantReference ?? ''), ...joined])].filter(Boolean)
}

const textMax = 500

const isOneEdit = (a: string, b: string): boolean => {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  if (left.length <= 1 && right.length <= 1) return true
  return left.length === 2 && right.length === 2 && left === `${right[1]}${right[0]}`
}

const hasLost = (heard: string, ours: string): boolean => {
  const lost = ours.length - heard.length
  if (lost < 1 || lost > lostMax || heard.length < overlapMin) return false
  let at = 0
  for (const character of ours) if (character === heard[at]) at += 1
  return at === heard.length
}

const isCut = (heard: string, ours: string): boolean =>
  heard.length >= overlapMin && heard.length < ours.length && (ours.startsWith(heard) || ours.endsWith(heard))
