/** What callbacks have told and what had its effect. A nonce is written in the transaction of the effect, so that a message whose effect was undone is not lost. */
import type { StoredCallback } from './callbacks.ts'
import type { Fragment, Query, Sql } from './database.ts'

/** `outcome` is the status of what was told, `credit` for a bank's credit of no payment. */
export type NonceKey = { merchantReference: string; providerReference: string | null; outcome: string }

/** The statement that writes it, unless the same was told before. */
export const insertNonce = (sql: Sql, stored: StoredCallback, key: NonceKey): Query => sql`
  insert into callback_nonces ${sql({
    merchantAccountId: stored.merchantAccountId,
    merchantReference: key.merchantReference,
    providerReference: key.providerReference ?? '',
    outcome: key.outcome,
    agencyCode: stored.agencyCode,
    callbackId: stored.id,
    createdAt: stored.receivedAt,
  })} on conflict do nothing`

/**
 * The statement that marks a callback as a replay of the first that told the same: when nothing of it was new, or when it is that one byte by byte. It answers
 * a row when it did. It comes after insertNonce, in the same transaction.
 */
export const markReplay = (sql: Sql, stored: StoredCallback, key: NonceKey, verdict: string | Fragment): Query => sql`
  update callbacks as repeated set replay_of = nonce.callback_id
  from callback_nonces as nonce
  where repeated.id = ${stored.id} and nonce.merchant_account_id = ${stored.merchantAccountId}
    and nonce.merchant_reference = ${key.merchantReference} and nonce.provider_reference = ${key.providerReference ?? ''}
    and nonce.outcome = ${key.outcome} and nonce.callback_id <> repeated.id
    and ((${verdict})::text = 'already_confirmed' or lephi_callback_hash(nonce.callback_id) = repeated.content_hash)
  returning repeated.replay_of`
