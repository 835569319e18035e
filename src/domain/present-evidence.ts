/** How an order's entries and its raw evidence look on the wire. */
import { toHex } from '../lib/hex.ts'
import { toRfc3339 } from '../lib/time.ts'
import type { ShownField } from './mask-message.ts'

type Entry = {
  id: string
  kind: string
  subject: string | null
  attemptId: string | null
  refundId: string | null
  memo: string | null
  businessDay: string
  occurredAt: Date
  postedAt: Date
  postings: readonly { line: number; account: string; merchant_account: string; amount: string }[]
  place: bigint | null
  leaf: Uint8Array | null
  sealedOn: string | null
}

export const presentEntry = (entry: Entry) => ({
  id: entry.id,
  kind: entry.kind,
  subject: entry.subject,
  attempt: entry.attemptId,
  refund: entry.refundId,
  memo: entry.memo,
  business_day: entry.businessDay,
  occurred_at: toRfc3339(entry.occurredAt),
  posted_at: toRfc3339(entry.postedAt),
  postings: entry.postings.map(({ amount, ...posting }) => ({ ...posting, amount: BigInt(amount) })),
  chain:
    entry.place === null || entry.leaf === null
      ? null
      : { place: entry.place, leaf_hash: toHex(entry.leaf), sealed_on: entry.sealedOn },
})

type Fact = {
  kind: string
  attemptId: string
  refundId: string | null
  merchantAccountId: string
  reference: string
  amount: bigint
  source: string
  code: string
  occurredAt: Date
  receivedAt: Date
}

export const presentFact = (fact: Fact) => ({
  source: fact.source,
  kind: fact.kind,
  attempt: fact.attemptId,
  refund: fact.refundId,
  merchant_account: fact.merchantAccountId,
  reference: fact.reference,
  amount: fact.amount,
  code: fact.code,
  occurred_at: toRfc3339(fact.occurredAt),
  received_at: toRfc3339(fact.receivedAt),
})

type Callback = {
  id: string
  receivedAt: Date
  provider: string
  merchantAccountId: string
  claimedReference: string | null
  reading: 'genuine' | 'forged' | 'malformed' | 'foreign'
  verdict: string | null
  keyId: string | null
  replayOf: string | null
  contentHash: string
  requestId: string
  erasedAt?: Date | null
  message: {
    method: string
    bodyType: string | null
    bodyBytes: number
    fields: readonly ShownField[]
    isCut: boolean
  } | null
}

/** Why a callback came to nothing, or to nothing new; the first that holds. */
export const callbackReasons = [
  'signature_fits_no_key',
  'not_the_protocol',
  'of_another_merchant',
  'told_before',
  'not_acted_on_yet',
] as const

const reasonOf = ({ reading, replayOf, verdict }: Callback): (typeof callbackReasons)[number] | null => {
  if (reading === 'forged') return 'signature_fits_no_key'
  if (reading === 'malformed') return 'not_the_protocol'
  if (reading === 'foreign') return 'of_another_merchant'
  if (replayOf !== null) return 'told_before'
  return verdict === null ? 'not_acted_on_yet' : null
}

export const presentCallback = (callback: Callback) => ({
  id: callback.id,
  received_at: toRfc3339(callback.receivedAt),
  provider: callback.provider,
  merchant_account: callback.merchantAccountId,
  claimed_reference: callback.claimedReference,
  reading: callback.reading,
  verdict: callback.verdict,
  reason: reasonOf(callback),
  key: callback.keyId,
  replay_of: callback.replayOf,
  content_hash: callback.contentHash,
  request_id: callback.requestId,
  erased_at: callback.erasedAt ? toRfc3339(callback.erasedAt) : null,
  message: callback.message && {
    method: callback.message.method,
    body_type: callback.message.bodyType,
    body_bytes: callback.message.bodyBytes,
    fields: callback.message.fields.map((field) => ({ ...field })),
    is_cut: callback.message.isCut,
  },
})
