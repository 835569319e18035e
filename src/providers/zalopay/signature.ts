/**
 * ZaloPay's macs: HMAC-SHA256 in lowercase hex over values joined by `|`, raw, in UTF-8 (docs.zalopay.vn, secure-data-transmission). An empty value stays
 * between its two bars.
 */
import { equalInConstantTime, hmacHex } from '../../lib/hmac.ts'

/** The signed fields of each message, in signing order. A field that is not here is never signed, hence never trusted. */
const signedFields = {
  create: ['app_id', 'app_trans_id', 'app_user', 'amount', 'app_time', 'embed_data', 'item'],
  /** The key itself is the last part, see `sign`. */
  query: ['app_id', 'app_trans_id'],
  refund: ['app_id', 'zp_trans_id', 'amount', 'description', 'timestamp'],
  query_refund: ['app_id', 'm_refund_id', 'timestamp'],
  /** The browser's return, the only message whose names have no underscores. */
  redirect: ['appid', 'apptransid', 'pmcid', 'bankcode', 'amount', 'discountamount', 'status'],
} as const satisfies Record<string, readonly string[]>

export type CallKind = Exclude<keyof typeof signedFields, 'redirect'>
export const redirectFields = signedFields.redirect

/** The mac of a call of ours, with key1. */
export const sign = (kind: CallKind, fields: Readonly<Record<string, string | number>>, key1: string): string => {
  const values = signedFields[kind].map((name) => String(fields[name] ?? ''))
  return hmacHex('sha256', key1, (kind === 'query' ? [...values, key1] : values).join('|'))
}

/** Whether `mac` is that of the callback's `data`, the text as it was received, under key2. Capitals never are. */
export const isSignedData = (data: string, { mac, key2 }: { mac: string; key2: string }): boolean =>
  equalInConstantTime(hmacHex('sha256', key2, data), mac)

/** The same for a return; a field that it lacks is signed as an empty one. */
export const isSignedRedirect = (
  fields: ReadonlyMap<string, string>,
  { checksum, key2 }: { checksum: string; key2: string },
): boolean => isSignedData(redirectFields.map((name) => fields.get(name) ?? '').join('|'), { mac: checksum, key2 })
