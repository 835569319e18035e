/**
 * What holds a receipt to what was issued. Its code says only what fits on paper; the record is the hash of all that is kept of it, payer and words included, and is
 * signed once, when the receipt is issued. So a row that was changed by somebody without the signing key disagrees with its own signatures.
 */
import { sha256Hex } from '../lib/hmac.ts'
import { stringifySorted } from '../lib/json.ts'
import { toRfc3339 } from '../lib/time.ts'
import type { OrderLine } from './order-facts.ts'
import {
  presentReceiptEvent,
  type Receipt,
  type ReceiptNotice,
  type SignedNotice,
  tellNotice,
  type UnsignedReceipt,
} from './receipt.ts'

/** The header's `typ`; see `proofType`. */
export const recordTypes = { receipt: 'rcr', notice: 'rcn' } as const

/** What is signed: which receipt, and the hash of the rest. A notice's is the same. `late`: not at its issue, but once afterwards. */
export type SignedRecord = { id: string; sha256: string; late?: true }

export const receiptRecord = (receipt: UnsignedReceipt): SignedRecord =>
  recordOf(receipt.id, {
    ...{ id: receipt.id, agency_code: receipt.agencyCode, order: receipt.orderId, kind: receipt.kind },
    ...{ form: receipt.form, serial: receipt.serial, number: receipt.number, amount: receipt.amount },
    ...{ token: receipt.token, issued_at: toRfc3339(receipt.issuedAt), document: receipt.document },
    ...{ replaces: receipt.replaces, reason: receipt.reason, made_by: receipt.madeBy, refund: receipt.refundId },
  })

export const noticeRecord = (notice: ReceiptNotice): SignedRecord =>
  recordOf(notice.id, {
    ...{ id: notice.id, receipt: notice.receiptId, field: notice.field, text: notice.text },
    ...{ refund: notice.refundId, made_by: notice.madeBy, noticed_at: toRfc3339(notice.noticedAt) },
  })

const recordOf = (id: string, record: object): SignedRecord => ({ id, sha256: sha256Hex(stringifySorted(record)) })

/** In what a receipt's row differs from the event that told of its issue; null when they agree. An event of before signatures names none. */
export const eventDifference = (receipt: Receipt, told: Readonly<Record<string, unknown>>): string | null => {
  const { url, signature_hash: signed, ...own } = presentReceiptEvent(receipt, '')
  if (typeof told.url !== 'string' || !told.url.endsWith(url)) return 'url'
  if (typeof told.signature_hash === 'string' && told.signature_hash !== signed) return 'signature'
  return differenceOf(own, told)
}

/** In what a notice differs from the event that told of it. Events of before told its words as well. */
export const noticeDifference = (notice: SignedNotice, told: Readonly<Record<string, unknown>>): string | null => {
  const { signature_hash: signed, ...own } = tellNotice(notice)
  if (typeof told.signature_hash === 'string' && told.signature_hash !== signed) return 'signature'
  if (typeof told.text === 'string' && told.text !== notice.text) return 'text'
  return differenceOf(own, told)
}

const differenceOf = (own: object, told: Readonly<Record<string, unknown>>): string | null =>
  Object.entries(own).find(([name, value]) => stringifySorted(told[name] ?? null) !== stringifySorted(value))?.[0] ??
  null

/** What does not add up within a receipt, or between it and its order's lines; null when all does. */
export const receiptMiscount = (receipt: Receipt, lines: readonly OrderLine[]): string | null => {
  const { document } = receipt
  const fees = document.fees.reduce((sum, fee) => sum + fee.amount, 0n)
  if (document.amount !== receipt.amount || fees !== receipt.amount) return 'has fees that come to another amount'
  const names = ['form', 'serial', 'number', 'kind'] as const
  if (names.some((name) => document[name] !== receipt[name]) || document.order !== receipt.orderId)
    return 'has a document of another receipt'
  const due = lines.filter(({ kind }) => kind === receipt.kind).reduce((sum, line) => sum + line.amount, 0n)
  return receipt.replaces === null && due !== receipt.amount ? `is not for the ${due} đ that its order says` : null
}
