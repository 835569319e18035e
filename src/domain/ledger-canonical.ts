/**
 * What is hashed of the ledger and the timelines, byte for byte. A record is one or two lines of JSON arrays without spaces (the form of RFC 8785), UTF-8, with a line feed between:
 * every value is a text or null, amounts in decimal, days yyyy-MM-dd, instants in UTC as 2026-11-22T03:00:00.000Z. An entry's second line is its postings by
 * line number, each `[line, agency, account, merchant account, order, amount, business day]`. Whoever gives places computes this in SQL (lephi_chain_latest);
 * whoever verifies computes it here, so that a mistake in one of the two is seen.
 */
import { sha256 } from '../lib/hmac.ts'
import { leafHash } from './merkle.ts'

export type ChainedPosting = {
  lineNo: number
  agencyCode: string
  account: string
  merchantAccountId: string
  orderId: string | null
  amount: bigint
  businessDay: string
}

export type ChainedEntry = {
  id: string
  agencyCode: string
  kind: string
  orderId: string | null
  attemptId: string | null
  refundId: string | null
  factId: string | null
  memo: string | null
  subject: string | null
  businessDay: string
  occurredAt: Date
  postedAt: Date
  postings: readonly ChainedPosting[]
}

export type ChainedFact = {
  id: string
  agencyCode: string
  orderId: string
  attemptId: string
  refundId: string | null
  merchantAccountId: string
  kind: string
  reference: string
  amount: bigint
  source: string
  code: string
  occurredAt: Date
  receivedAt: Date
  isContested: boolean
  sequence: number
  businessDay: string
}

export type ChainedEvent = {
  id: string
  agencyCode: string
  type: string
  subjectId: string
  orderId: string | null
  sequence: number
  /** As stored, to the byte. */
  data: string
  hash: string | null
  createdAt: Date
}

export type ChainedRecord =
  | { kind: 'entry'; entry: ChainedEntry }
  | { kind: 'fact'; fact: ChainedFact }
  | { kind: 'event'; event: ChainedEvent }

export const canonicalRecord = (record: ChainedRecord): string => {
  if (record.kind === 'entry') return canonicalEntry(record.entry)
  return record.kind === 'fact' ? canonicalFact(record.fact) : canonicalEvent(record.event)
}

/** A journal entry with its postings. */
export const canonicalEntry = (entry: ChainedEntry): string => {
  const { id, agencyCode, kind, orderId, attemptId, refundId, factId, memo, subject, businessDay } = entry
  const head = ['lephi-entry-1', id, agencyCode, kind, orderId, attemptId, refundId, factId, memo, subject, businessDay]
  const lines = entry.postings
    .toSorted((a, b) => a.lineNo - b.lineNo)
    .map((line) => [
      String(line.lineNo),
      line.agencyCode,
      line.account,
      line.merchantAccountId,
      line.orderId,
      line.amount.toString(),
      line.businessDay,
    ])
  const times = [entry.occurredAt.toISOString(), entry.postedAt.toISOString()]
  return `${JSON.stringify([...head, ...times])}\n${JSON.stringify(lines)}`
}

/** A fact about money, the evidence below the entries: an order's state is a function of these. */
export const canonicalFact = (fact: ChainedFact): string =>
  JSON.stringify([
    'lephi-fact-1',
    fact.id,
    fact.agencyCode,
    fact.orderId,
    fact.attemptId,
    fact.refundId,
    fact.merchantAccountId,
    fact.kind,
    fact.reference,
    fact.amount.toString(),
    fact.source,
    fact.code,
    fact.occurredAt.toISOString(),
    fact.receivedAt.toISOString(),
    String(fact.isContested),
    String(fact.sequence),
    fact.businessDay,
  ])

/** An event of a timeline. What its place in the feed is was decided after its commit and is no part of it. */
export const canonicalEvent = (event: ChainedEvent): string =>
  JSON.stringify([
    'lephi-event-1',
    event.id,
    event.agencyCode,
    event.type,
    event.subjectId,
    event.orderId,
    String(event.sequence),
    event.data,
    event.hash,
    event.createdAt.toISOString(),
  ])

/** The leaf of a record in its canonical form. */
export const recordLeaf = (canonical: string): Uint8Array => leafHash(canonical)

/** What the first place of a tenant's chain is linked to: no two tenants' chains can be exchanged. */
export const chainStart = (agencyCode: string): Uint8Array => sha256(`lephi-ledger-chain-1\n${agencyCode}`)

/** The hash of a place: it covers the leaf, and by the hash before it every place before. */
export const chainHash = (former: Uint8Array, leaf: Uint8Array): Uint8Array => sha256(chainMark, former, leaf)

const chainMark = new Uint8Array([2])
