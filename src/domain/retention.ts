/**
 * How long what is kept, and what is done with it then. A term begins to hold on a day and holds until another one does, so that what the law or the house changes is
 * another line. `law` is what a law says itself; `inferred` is our reading of one; `policy` is a term that this gateway has set because no law names one.
 *
 * Accounting documents (Luật Kế toán 88/2015/QH13, Điều 41; NĐ 174/2016/NĐ-CP, Điều 12 to 15) are of three classes: at least five years, at least ten for what is booked
 * from, and for ever; ten years are taken for whatever a booking rests on, counted from the end of the year. Nobody here has compared the articles with the official
 * text, so all of it is `inferred`. Personal data go when their purpose is fulfilled and no law keeps them (Luật 91/2025/QH15, Điều 14, in force since 2026-01-01).
 * Entries, postings, facts, events, receipts, closes and seals are never erased: they are the books, and a place that is taken out of a chain breaks it.
 */
import { businessDay, businessDayRange } from '../lib/time.ts'

export type Term = { days: number } | { yearsFromYearEnd: number }

export type RetentionRule = {
  /** What it is, and what is done with it. */
  what: string
  atEnd: string
  /** From when the term is counted. */
  since: string
  basis: string
  certainty: 'law' | 'inferred' | 'policy'
  /** Each with the first day on which it holds, the oldest first. */
  terms: readonly { from: string; keep: Term }[]
}

const accounting = 'Luật Kế toán 88/2015/QH13, Điều 41; NĐ 174/2016/NĐ-CP, Điều 13 và 15'
const purpose = 'Luật 91/2025/QH15, Điều 14: xóa khi đã đạt mục đích'
const tenYears = [{ from: '2017-01-01', keep: { yearsFromYearEnd: 10 } }] as const
const days = (count: number) => [{ from: '2026-01-01', keep: { days: count } }] as const

export const retentionRules = {
  payer_details: {
    what: "Identity number, tax code, phone, e-mail and address of an order's payer (sealed)",
    atEnd: 'erased; the name stays with the books',
    since: 'the payment, or the end of an order that was never paid',
    basis: purpose,
    certainty: 'policy',
    terms: days(730),
  },
  payer_networks: {
    what: 'Address that a payment was started from, and the page that the browser was sent to for it',
    atEnd: 'cut to its network, /24 of IPv4 and /48 of IPv6; the page is erased',
    since: 'the start of the payment',
    basis: purpose,
    certainty: 'policy',
    terms: days(180),
  },
  payee_accounts: {
    what: 'Account and holder of a refund by hand (sealed)',
    atEnd: 'erased; its last four digits and the bank stay',
    since: 'the request',
    basis: purpose,
    certainty: 'policy',
    terms: days(730),
  },
  payer_words: {
    what: "Words of payers' names, by which orders are found",
    atEnd: 'erased; the order is found by its code',
    since: 'the order',
    basis: accounting,
    certainty: 'inferred',
    terms: tenYears,
  },
  callbacks: {
    what: "Bytes of genuine callbacks (sealed), of which the bookings' facts were made",
    atEnd: 'erased; their hash, judgement and verdict stay',
    since: 'their receipt',
    basis: accounting,
    certainty: 'inferred',
    terms: tenYears,
  },
  refused_callbacks: {
    what: 'Bytes of callbacks that were not believed (sealed)',
    atEnd: 'erased; their hash and judgement stay',
    since: 'their receipt',
    basis: purpose,
    certainty: 'policy',
    terms: days(365),
  },
  statement_files: {
    what: 'Files of statements (sealed), and the texts and names in their lines',
    atEnd: "erased; the file's hash and the lines' amounts, days and references stay",
    since: 'the upload',
    basis: accounting,
    certainty: 'inferred',
    terms: tenYears,
  },
  rejected_statements: {
    what: 'Files that were rejected (sealed)',
    atEnd: 'erased; the hash and the reason stay',
    since: 'the upload',
    basis: purpose,
    certainty: 'policy',
    terms: days(365),
  },
  credit_texts: {
    what: "What payers' banks wrote with credits of no payment",
    atEnd: 'erased; amount, references and decision stay',
    since: 'the credit',
    basis: accounting,
    certainty: 'inferred',
    terms: tenYears,
  },
  staff_sessions: {
    what: 'Sessions of the console',
    atEnd: 'erased, except the last one of each person, which says what the person of a deed is called',
    since: 'the last use',
    basis: purpose,
    certainty: 'policy',
    terms: days(400),
  },
  audit_records: {
    what: 'The record of reading',
    atEnd: 'erased',
    since: 'the reading',
    basis: 'as long as the documents that were read',
    certainty: 'policy',
    terms: tenYears,
  },
  first_answers: {
    what: 'First answers to idempotent requests',
    atEnd: 'erased, by a job of its own every minute',
    since: 'the request',
    basis: 'contract of the API: a key holds for 30 days',
    certainty: 'policy',
    terms: days(30),
  },
  statement_drafts: {
    what: 'Uploaded files that did not become statements (sealed)',
    atEnd: 'erased, by a job of its own every five minutes',
    since: 'the upload',
    basis: purpose,
    certainty: 'policy',
    terms: days(1),
  },
  provider_calls: {
    what: 'Counts of calls to providers, without personal data',
    atEnd: 'erased, by a job of its own every minute',
    since: 'the minute',
    basis: 'a year of scorecards and its month before',
    certainty: 'policy',
    terms: days(400),
  },
} as const satisfies Record<string, RetentionRule>

export type RetentionKind = keyof typeof retentionRules

export const retentionKinds = Object.keys(retentionRules) as readonly RetentionKind[]

/** The term that holds on a day; the first one before any does. */
export const termOn = (kind: RetentionKind, day: string): Term => {
  const terms: readonly { from: string; keep: Term }[] = retentionRules[kind].terms
  const held = terms.filter(({ from }) => from <= day).at(-1) ?? terms[0]
  if (!held) throw new Error(`no term of ${kind}`)
  return held.keep
}

/** What is from before then has been kept long enough. */
export const keptFrom = (kind: RetentionKind, now: Date): Date => {
  const today = businessDay(now)
  const keep = termOn(kind, today)
  if ('days' in keep) return new Date(now.getTime() - keep.days * 86_400_000)
  // The year of a record ends, and then the years are counted: on the first of January of the year after them.
  const firstKept = `${String(Number(today.slice(0, 4)) - keep.yearsFromYearEnd).padStart(4, '0')}-01-01`
  return businessDayRange(firstKept).from
}

/** How long what is written now is kept, in milliseconds. */
export const keptMs = (kind: RetentionKind, now: Date): number => now.getTime() - keptFrom(kind, now).getTime()
