/**
 * Electronic receipts (biên lai điện tử) for phí and lệ phí: content by NĐ 254/2026 Điều 23.2, codes and numbers by TT 91 annex II. Fines and taxes get
 * none: the money goes to the state treasury, whose voucher is the proof (Điều 23.3). Other charges get none of their own either: the form knows only phí
 * and lệ phí. A waived order gets none: a receipt proves money that was collected, and 0 đ would use up a number of the series for nothing.
 */
import { sha256Hex } from '../lib/hmac.ts'
import { businessDay, toRfc3339 } from '../lib/time.ts'
import { amountInWords } from './amount-in-words.ts'
import type { Attempt, FeeKind, Order, OrderLine, Refund } from './order-facts.ts'
import { takenOf } from './refund-lines.ts'

export const receiptKinds = ['phi', 'le_phi'] as const
export type ReceiptKind = (typeof receiptKinds)[number]

/** Without a preset face value (TT 91 annex II). */
const form = 'EBL01'
const titles: Record<ReceiptKind, string> = { phi: 'BIÊN LAI THU PHÍ', le_phi: 'BIÊN LAI THU LỆ PHÍ' }
const numberMax = 99_999_999

/** Who collects: the agency whose name and tax code the receipt bears. */
export type Collector = {
  agencyCode: string
  name: string
  taxCode: string | null
  address: string | null
  phone: string | null
}

/** What follows the year in the serials of an agency's receipts, one for each kind. */
export type ReceiptSerials = { receiptSerialPhi: string; receiptSerialLePhi: string }

export type ReceiptNumber = { form: string; serial: string; number: number }

/** A receipt as it was issued; the document is what is shown, and never changes. */
export type UnsignedReceipt = ReceiptNumber & {
  id: string
  agencyCode: string
  orderId: string
  kind: ReceiptKind
  amount: bigint
  token: string
  document: ReceiptDocument
  issuedAt: Date
  /** The receipt that this one stands in place of, why, by whom, and after which refund; all null for a first receipt. */
  replaces: string | null
  reason: string | null
  madeBy: string | null
  refundId: string | null
}

/** With what was signed when it was issued (see receipt-record.ts); both null where that was before receipts were signed at their issue. */
export type Receipt = UnsignedReceipt & {
  /** What its code holds: a compact JWS over `proofOf`. */
  proof: string | null
  /** A compact JWS over the hash of all that is kept of it. */
  signature: string | null
}
export type SignedReceipt = UnsignedReceipt & { proof: string; signature: string }

/** The receipts that an order calls for: one for its phí and one for its lệ phí, where anything was charged. */
export const receiptKindsOf = (lines: readonly { kind: FeeKind; amount: bigint }[]): ReceiptKind[] =>
  receiptKinds.filter((kind) => lines.some((line) => line.kind === kind && line.amount > 0n))

/** `yy` of the year of issue in Vietnam, then `T` and two letters (TT 91 annex II): numbers begin at 1 in each year's series. */
export const receiptSerial = (issuedAt: Date, kind: ReceiptKind, serials: ReceiptSerials): string =>
  `${businessDay(issuedAt).slice(2, 4)}${kind === 'phi' ? serials.receiptSerialPhi : serials.receiptSerialLePhi}`

/** The form, serial and number. Throws RangeError when the series is used up, at 8 digits. */
export const receiptNumber = (serial: string, number: number): ReceiptNumber => {
  if (number < 1 || number > numberMax) throw new RangeError(`receipt number ${number} is outside its series`)
  return { form, serial, number }
}

export type ReceiptDocument = ReturnType<typeof receiptDocument> & {
  /** What this receipt stands in place of; first receipts do not have the member. */
  replaces?: ReceiptNumber & {
    id: string
    issued_on: string
    reason: string
    /** The refunds whose money it is without; receipts of before have no such member. */
    left_out?: readonly string[]
  }
}

type Issue = {
  order: Order
  payer: Pick<Attempt, 'id' | 'provider' | 'providerReference' | 'merchantReference'>
  collector: Collector
  kind: ReceiptKind
  numbered: ReceiptNumber
  issuedAt: Date
  ledgerRoot: LedgerRoot | null
}

/** The latest sealed day of the ledger when the receipt was issued: in many hands, it holds the books of all days up to then. */
export type LedgerRoot = { day: string; root: string }

/** Everything that the law wants on the receipt, and what binds it to its order, dossier and payment. Amounts are đồng. */
export const receiptDocument = ({ order, payer, collector, kind, numbered, issuedAt, ledgerRoot }: Issue) => {
  const lines = order.lines.filter((line) => line.kind === kind && line.amount > 0n)
  const amount = lines.reduce((sum, line) => sum + line.amount, 0n)
  return {
    title: titles[kind],
    kind,
    ...numbered,
    issued_on: businessDay(issuedAt),
    collector: {
      agency_code: collector.agencyCode,
      name: collector.name,
      tax_code: collector.taxCode,
      address: collector.address,
      phone: collector.phone,
      account: order.payeeAccount,
    },
    payer: { name: order.payerName },
    fees: lines.map(documentLine),
    amount,
    amount_in_words: amountInWords(amount),
    currency: 'VND' as const,
    payment: {
      method: 'Chuyển khoản',
      attempt: payer.id,
      provider: payer.provider,
      provider_reference: payer.providerReference,
      merchant_reference: payer.merchantReference,
      paid_at: order.paidAt ? toRfc3339(order.paidAt) : null,
    },
    order: order.id,
    dossier_code: order.dossierCode,
    procedure_code: order.procedureCode,
    procedure_name: order.procedureName,
    // Receipts of before the ledger was sealed have none.
    ledger_root: ledgerRoot as LedgerRoot | null | undefined,
  }
}

const documentLine = (line: OrderLine) => ({
  fee_code: line.feeCode,
  description: line.description,
  unit_amount: line.unitAmount,
  quantity: line.quantity,
  amount: line.amount,
  amount_in_words: amountInWords(line.amount),
  budget_item: line.budgetItem,
})

/** A receipt on the wire. The document is signed; id, token's address and time of issue are ours. */
export const presentReceipt = (receipt: Receipt, publicUrl: string) => ({
  id: receipt.id,
  ...receipt.document,
  issued_at: toRfc3339(receipt.issuedAt),
  url: `${publicUrl}/receipts/${receipt.token}`,
})

/** What `receipt.issued` tells: enough to find the receipt, not all that is on it. */
export const presentReceiptEvent = (receipt: Receipt, publicUrl: string) => ({
  id: receipt.id,
  order: receipt.orderId,
  dossier_code: receipt.document.dossier_code,
  agency_code: receipt.agencyCode,
  kind: receipt.kind,
  form: receipt.form,
  serial: receipt.serial,
  number: receipt.number,
  amount: receipt.amount,
  issued_at: toRfc3339(receipt.issuedAt),
  url: `${publicUrl}/receipts/${receipt.token}`,
  /** Names what was signed without telling any of it. */
  signature_hash: receipt.signature === null ? null : sha256Hex(receipt.signature),
})

/** What was told about a receipt after it was issued: a mistake that needs no new one (TT 91 Điều 20), or a refund that leaves it as it is. */
export const noticeFields = [
  'payer_name',
  'address',
  'phone',
  'procedure_name',
  'description',
  'amount_in_words',
  'refund',
] as const
export type ReceiptNotice = {
  id: string
  receiptId: string
  field: (typeof noticeFields)[number]
  text: string
  refundId: string | null
  madeBy: string
  noticedAt: Date
}

/** With what was signed of it; null where that was before notices were signed. */
export type SignedNotice = ReceiptNotice & { signature: string | null }

export type ReceiptState = 'issued' | 'replaced' | 'noticed'

/** A receipt with what became of it. */
export type ReceiptHistory = { receipt: Receipt; replacedBy: Receipt | null; notices: readonly SignedNotice[] }

export const receiptState = ({ replacedBy, notices }: ReceiptHistory): ReceiptState =>
  replacedBy ? 'replaced' : notices.length > 0 ? 'noticed' : 'issued'

/** What is told of a notice to everybody who is told of events: which, never in whose words. */
export const tellNotice = (notice: SignedNotice) => ({
  id: notice.id,
  field: notice.field,
  refund: notice.refundId,
  made_by: notice.madeBy,
  noticed_at: toRfc3339(notice.noticedAt),
  signature_hash: notice.signature === null ? null : sha256Hex(notice.signature),
})

const presentNotice = (notice: SignedNotice) => {
  const { signature_hash: _, ...told } = tellNotice(notice)
  return { ...told, text: notice.text }
}

/** Whether the money that it says was collected is still there. */
export type ReceiptMoney = {
  /** Of the fees on it, by refunds that it does not leave out already. */
  returned: bigint
  /** Of the payment, by the provider or the bank: a reversal or a lost chargeback. */
  reversed: bigint
  /** Somebody may take the payment back: a dispute is open, or lost and not yet told as reversed. */
  isDisputed: boolean
}

const presentReceiptMoney = ({ returned, reversed, isDisputed: disputed }: ReceiptMoney) => ({
  returned,
  reversed,
  disputed,
})

/** A receipt by itself, for accountants: as issued, and what became of it. */
export const presentReceiptHistory = (history: ReceiptHistory & { money: ReceiptMoney }, publicUrl: string) => ({
  ...presentReceipt(history.receipt, publicUrl),
  status: receiptState(history),
  replaced_by: history.replacedBy?.id ?? null,
  refund: history.receipt.refundId,
  made_by: history.receipt.madeBy,
  notices: history.notices.map(presentNotice),
  money: presentReceiptMoney(history.money),
})

export const presentNoticeEvent = (receipt: Receipt, notice: SignedNotice, publicUrl: string) => ({
  ...presentReceiptEvent(receipt, publicUrl),
  notice: tellNotice(notice),
})

/** What `receipt.replaced` tells of the former receipt. `reason` is a code; what the accountant wrote is on the receipt itself, which may name people. */
export const presentReplacedEvent = (former: Receipt, later: Receipt, publicUrl: string) => ({
  ...presentReceiptEvent(former, publicUrl),
  replaced_by: presentReceiptEvent(later, publicUrl),
  reason: later.refundId === null ? ('correction' as const) : ('refund' as const),
  refund: later.refundId,
})

/** The order with what is left of its fees after these refunds: what a receipt in place of another one is for. */
export const withoutRefunded = (order: Order, refunds: readonly Refund[]): Order => {
  const taken = refunds.flatMap(takenOf)
  const lines = order.lines.map((line) => {
    const back = taken.reduce((sum, { lineNo, amount }) => (lineNo === line.lineNo ? sum + amount : sum), 0n)
    if (back === 0n) return line
    const amount = line.amount - back
    return { ...line, amount, unitAmount: amount, quantity: 1 }
  })
  return { ...order, lines }
}

/** What a signed answer holds: every receipt of one order, and the order and dossier that they are for. */
export const signedReceiptSet = (receipts: readonly Receipt[], publicUrl: string) => {
  const [first] = receipts
  return {
    iss: publicUrl,
    order: first?.orderId ?? null,
    dossier_code: first?.document.dossier_code ?? null,
    agency_code: first?.agencyCode ?? null,
    receipts: receipts.map(({ id, document, issuedAt }) => ({ id, ...document, issued_at: toRfc3339(issuedAt) })),
  }
}
