/** MoMo's `resultCode`, as a table (momo page result-handling/resultcode, vi and en, and the older list for 8000). */

/**
 * What a code says. About the payment: `paid`, `pending`, `failed` (cancelled and expired too: no money moved and none will), `doubtful` (failed,
 * once a query confirms it). About the call, so that the payment's own state stands: `refused` (our configuration or a bug), `busy` (ask later),
 * `not_found`. About a refund: `refund_failed`.
 */
export type Standing = 'paid' | 'pending' | 'failed' | 'doubtful' | 'refused' | 'busy' | 'not_found' | 'refund_failed'

export const resultCodes: Readonly<Record<string, { standing: Standing; meaning: string }>> = {
  '0': { standing: 'paid', meaning: 'done' },
  '10': { standing: 'busy', meaning: 'maintenance' },
  '11': { standing: 'refused', meaning: 'access denied, merchant settings' },
  '12': { standing: 'refused', meaning: 'API version not supported' },
  '13': { standing: 'refused', meaning: 'merchant authentication failed' },
  '20': { standing: 'refused', meaning: 'malformed request' },
  '21': { standing: 'refused', meaning: 'invalid amount' },
  '22': { standing: 'refused', meaning: 'amount out of range' },
  // The reference is taken, and each of ours is used once: an earlier copy of this very call arrived.
  '40': { standing: 'busy', meaning: 'requestId used' },
  '41': { standing: 'busy', meaning: 'orderId used' },
  '42': { standing: 'not_found', meaning: 'orderId invalid or unknown' },
  '43': { standing: 'busy', meaning: 'a like transaction is running' },
  '45': { standing: 'refused', meaning: 'itemId repeated' },
  '47': { standing: 'refused', meaning: 'invalid data in the given set' },
  '98': { standing: 'failed', meaning: 'QR not made' },
  '99': { standing: 'doubtful', meaning: 'unknown error' },
  '1000': { standing: 'pending', meaning: 'waiting for the payer' },
  '1001': { standing: 'failed', meaning: 'not enough money' },
  '1002': { standing: 'failed', meaning: 'refused by issuer' },
  '1003': { standing: 'failed', meaning: 'cancelled after authorisation, or timeout' },
  '1004': { standing: 'failed', meaning: "over the payer's limit" },
  '1005': { standing: 'failed', meaning: 'link or QR expired' },
  '1006': { standing: 'failed', meaning: 'payer refused' },
  '1007': { standing: 'failed', meaning: 'account inactive or missing' },
  '1017': { standing: 'failed', meaning: 'cancelled by merchant' },
  '1026': { standing: 'failed', meaning: 'promotion rule' },
  '1080': { standing: 'refund_failed', meaning: 'refund attempt failed' },
  '1081': { standing: 'refund_failed', meaning: 'refund refused, maybe already refunded or too much' },
  '1088': { standing: 'refund_failed', meaning: 'payment not refundable' },
  '2019': { standing: 'refused', meaning: 'orderGroupId invalid' },
  '4001': { standing: 'failed', meaning: 'account restricted' },
  '4002': { standing: 'failed', meaning: 'payer not verified' },
  '4100': { standing: 'failed', meaning: 'payer did not log in' },
  '7000': { standing: 'pending', meaning: 'processing' },
  '7002': { standing: 'pending', meaning: "processing at the instrument's provider" },
  '8000': { standing: 'pending', meaning: 'payer must confirm again' },
  // One-step payments at 9000 count as paid at MoMo; it reports 0 as well, and waiting for that costs only a query.
  '9000': { standing: 'pending', meaning: 'authorised' },
}

/** What a code says; a code that the table lacks is pending, so that a query or a person decides. */
export const standingOf = (code: string): Standing => rowOf(code)?.standing ?? 'pending'

/** The code in words, for the log. */
export const meaningOf = (code: string): string => rowOf(code)?.meaning ?? 'a code that MoMo does not list'

const rowOf = (code: string) => (Object.hasOwn(resultCodes, code) ? resultCodes[code] : undefined)
