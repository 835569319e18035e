/** What happened, as a sentence. Every type of event that there is has one, so that no line of a timeline is a code. */
import { z } from 'zod'
import type { EventType } from '../../../domain/order-events.ts'
import type { Language } from '../../language.ts'
import { money, shortDay, shortTime } from '../../wording.ts'
import { dong, instant } from '../console-api.ts'
import { refundReasonTerms, termOf } from '../terms.ts'

/** What sentences read of an event's data. What an older event has not is passed over. */
const told = z.object({
  amount: dong.optional().catch(undefined),
  amount_paid: dong.optional().catch(undefined),
  amount_captured: dong.optional().catch(undefined),
  amount_refunded: dong.optional().catch(undefined),
  released_amount: dong.nullish().catch(undefined),
  status: z.string().optional().catch(undefined),
  expires_at: instant.optional().catch(undefined),
  provider: z.string().optional().catch(undefined),
  merchant_reference: z.string().nullish().catch(undefined),
  provider_reference: z.string().nullish().catch(undefined),
  failure_code: z.string().nullish().catch(undefined),
  reason: z.string().nullish().catch(undefined),
  reason_code: z.string().nullish().catch(undefined),
  promised_on: z.string().nullish().catch(undefined),
  kind: z.string().optional().catch(undefined),
  outcome: z.string().nullish().catch(undefined),
  serial: z.string().optional().catch(undefined),
  number: z.int().optional().catch(undefined),
  replaced_by: z.object({ serial: z.string(), number: z.int() }).optional().catch(undefined),
  class: z.string().optional().catch(undefined),
  resolution: z.string().nullish().catch(undefined),
})
type Told = z.output<typeof told>

export type Telling = {
  titleOf: (provider: string) => string
  /** What a discrepancy's class is called. */
  classOf: (name: string) => string
}

type Say = {
  it: Told
  /** An amount of the event; a dash where it has none. */
  dong: (amount: bigint | null | undefined) => string
  provider: string
  discrepancy: string
}

type Sentences = Readonly<Record<EventType, (say: Say) => string>>

/** What happened, in the reader's language; an event that is newer than this page is told by its type. */
export const sentenceOf = (
  event: { type: string; data: unknown },
  language: Language,
  { titleOf, classOf }: Telling,
): string => {
  const read = told.safeParse(event.data)
  const it = read.success ? read.data : {}
  const say: Say = {
    it,
    dong: (amount) => (amount === null || amount === undefined ? '–' : money(amount, language)),
    provider: it.provider ? titleOf(it.provider) : '–',
    discrepancy: it.class ? classOf(it.class) : '–',
  }
  return Object.hasOwn(sentences[language], event.type) ? sentences[language][event.type as EventType](say) : event.type
}

const bracketed = (text: string | null | undefined): string => (text ? ` (${text})` : '')
const numbered = (it: { serial?: string | undefined; number?: number | undefined } | undefined): string =>
  it?.number === undefined ? '–' : `${it.serial ?? ''} ${it.number}`
const reasonOf = ({ reason, reason_code }: Told, language: Language): string => {
  const code = reason_code ?? reason ?? 'other'
  if (Object.hasOwn(proposals[language], code)) return proposals[language][code] ?? code
  return termOf(refundReasonTerms[language], code).toLowerCase()
}
/** Why the gateway itself proposes a refund (`proposalReasons`). */
const proposals: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  vi: { paid_twice: 'nộp hai lần', late_payment: 'nộp muộn' },
  en: { paid_twice: 'paid twice', late_payment: 'paid late' },
}
const disputeKinds: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  vi: { chargeback: 'đòi lại tiền (chargeback)', complaint: 'khiếu nại', tracing: 'tra soát' },
  en: { chargeback: 'chargeback', complaint: 'complaint', tracing: 'tracing' },
}
const disputeOutcomes: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  vi: { won: 'bên thu đúng', lost: 'phải trả lại tiền', withdrawn: 'đã rút' },
  en: { won: 'won', lost: 'lost', withdrawn: 'withdrawn' },
}

const sentences: Readonly<Record<Language, Sentences>> = {
  vi: {
    'order.created': ({ it, dong }) => `Cổng dịch vụ công lập đơn phí ${dong(it.amount)}.`,
    'order.paid': ({ it, dong }) => `Đơn phí được thanh toán đủ: ${dong(it.amount_paid)}.`,
    'order.expired': () => 'Đơn phí hết hạn mà chưa thanh toán.',
    'order.cancelled': () => 'Cổng dịch vụ công hủy đơn phí.',
    'order.extended': ({ it }) =>
      `Người nộp xin thêm thời gian${it.expires_at ? `, hạn mới ${shortTime(it.expires_at, 'vi')}` : ''}.`,
    'order.waived': () => 'Đơn phí được miễn, không phải nộp.',
    'order.refunded': ({ it, dong }) =>
      `Tổng đã hoàn: ${dong(it.amount_refunded)} trong ${dong(it.amount_paid)} đã thu.`,
    'attempt.started': ({ it, provider }) =>
      `Người nộp bắt đầu thanh toán qua ${provider}${bracketed(it.merchant_reference)}.`,
    'attempt.captured': ({ it, provider, dong }) =>
      `${provider} xác nhận đã thu ${dong(it.amount_captured)}${bracketed(it.provider_reference)}.`,
    'attempt.failed': ({ it, provider }) =>
      `Lần thanh toán qua ${provider} không thành công${bracketed(it.failure_code)}.`,
    'refund.requested': ({ it, dong }) =>
      `${it.status === 'proposed' ? 'Hệ thống đề xuất' : 'Đề nghị'} hoàn ${dong(it.amount)}: ${reasonOf(it, 'vi')}.`,
    'refund.succeeded': ({ it, dong }) => `Đã hoàn ${dong(it.amount)}${bracketed(it.provider_reference)}.`,
    'refund.failed': ({ it, dong }) => `Không hoàn được ${dong(it.amount)}${bracketed(it.failure_code)}.`,
    'refund.overdue': ({ it, dong }) =>
      `Quá hạn hoàn ${dong(it.amount)}${it.promised_on ? `, hẹn ngày ${shortDay(it.promised_on, 'vi')}` : ''}.`,
    'refund.payee_named': ({ it, dong }) => `Ghi tài khoản nhận khoản hoàn ${dong(it.amount)}.`,
    'dispute.opened': ({ it, dong }) => `Mở tranh chấp ${dong(it.amount)}: ${termOf(disputeKinds.vi, it.kind ?? '–')}.`,
    'dispute.closed': ({ it }) => `Kết thúc tranh chấp: ${termOf(disputeOutcomes.vi, it.outcome ?? '–')}.`,
    'dispute.release_requested': () => 'Đề nghị thôi giữ tiền của tranh chấp.',
    'dispute.release_rejected': () => 'Không đồng ý thôi giữ tiền của tranh chấp.',
    'dispute.released': ({ it, dong }) => `Thôi giữ ${dong(it.released_amount)} của tranh chấp.`,
    'receipt.issued': ({ it, dong }) => `Lập biên lai ${numbered(it)}, ${dong(it.amount)}.`,
    'receipt.replaced': ({ it }) => `Biên lai ${numbered(it)} được thay bằng ${numbered(it.replaced_by)}.`,
    'receipt.noticed': ({ it }) => `Thông báo về biên lai ${numbered(it)}.`,
    'receipt.overdue': () => 'Quá hạn lập biên lai.',
    'discrepancy.opened': ({ it, dong, discrepancy }) => `Mở chênh lệch “${discrepancy}”, ${dong(it.amount)}.`,
    'discrepancy.resolved': () => 'Chênh lệch được xử lý xong.',
    'discrepancy.proposed': () => 'Đề xuất cách xử lý chênh lệch.',
    'discrepancy.rejected': () => 'Cách xử lý chênh lệch không được duyệt.',
    'discrepancy.reopening_proposed': () => 'Đề nghị mở lại chênh lệch.',
    'discrepancy.reopening_rejected': () => 'Không đồng ý mở lại chênh lệch.',
    'tracing.opened': () => 'Mở tra soát.',
    'tracing.answered': () => 'Tra soát có trả lời.',
    'tracing.closed': () => 'Kết thúc tra soát.',
    'reconciliation.completed': () => 'Đối soát xong.',
    'period.closed': () => 'Khóa sổ ngày.',
    'period.countersigned': () => 'Kiểm soát ký khóa sổ ngày.',
    'period.reopened': () => 'Mở lại sổ ngày.',
    'ledger.sealed': () => 'Niêm phong sổ cái.',
  },
  en: {
    'order.created': ({ it, dong }) => `The service portal placed the order: ${dong(it.amount)}.`,
    'order.paid': ({ it, dong }) => `The order was paid in full: ${dong(it.amount_paid)}.`,
    'order.expired': () => 'The order expired unpaid.',
    'order.cancelled': () => 'The service portal cancelled the order.',
    'order.extended': ({ it }) =>
      `The payer asked for more time${it.expires_at ? `, now until ${shortTime(it.expires_at, 'en')}` : ''}.`,
    'order.waived': () => 'The order is waived, nothing is due.',
    'order.refunded': ({ it, dong }) => `Refunded so far: ${dong(it.amount_refunded)} of ${dong(it.amount_paid)}.`,
    'attempt.started': ({ it, provider }) =>
      `The payer began to pay through ${provider}${bracketed(it.merchant_reference)}.`,
    'attempt.captured': ({ it, provider, dong }) =>
      `${provider} confirmed ${dong(it.amount_captured)}${bracketed(it.provider_reference)}.`,
    'attempt.failed': ({ it, provider }) => `The attempt through ${provider} failed${bracketed(it.failure_code)}.`,
    'refund.requested': ({ it, dong }) =>
      `${it.status === 'proposed' ? 'The gateway proposed' : 'Somebody asked for'} a refund of ${dong(it.amount)}: ${reasonOf(it, 'en')}.`,
    'refund.succeeded': ({ it, dong }) => `${dong(it.amount)} refunded${bracketed(it.provider_reference)}.`,
    'refund.failed': ({ it, dong }) => `The refund of ${dong(it.amount)} failed${bracketed(it.failure_code)}.`,
    'refund.overdue': ({ it, dong }) =>
      `The refund of ${dong(it.amount)} is overdue${it.promised_on ? `, promised for ${shortDay(it.promised_on, 'en')}` : ''}.`,
    'refund.payee_named': ({ it, dong }) => `An account was named for the refund of ${dong(it.amount)}.`,
    'dispute.opened': ({ it, dong }) =>
      `A dispute over ${dong(it.amount)} was opened: ${termOf(disputeKinds.en, it.kind ?? '–')}.`,
    'dispute.closed': ({ it }) => `The dispute ended: ${termOf(disputeOutcomes.en, it.outcome ?? '–')}.`,
    'dispute.release_requested': () => 'Somebody asked to stop waiting for the dispute’s reversal.',
    'dispute.release_rejected': () => 'It was refused to stop waiting for the dispute’s reversal.',
    'dispute.released': ({ it, dong }) => `${dong(it.released_amount)} no longer wait for the dispute.`,
    'receipt.issued': ({ it, dong }) => `Receipt ${numbered(it)} was issued, ${dong(it.amount)}.`,
    'receipt.replaced': ({ it }) => `Receipt ${numbered(it)} was replaced by ${numbered(it.replaced_by)}.`,
    'receipt.noticed': ({ it }) => `Notice was given about receipt ${numbered(it)}.`,
    'receipt.overdue': () => 'The receipt is overdue.',
    'discrepancy.opened': ({ it, dong, discrepancy }) => `Discrepancy “${discrepancy}” was opened, ${dong(it.amount)}.`,
    'discrepancy.resolved': () => 'The discrepancy was resolved.',
    'discrepancy.proposed': () => 'A resolution of the discrepancy was proposed.',
    'discrepancy.rejected': () => 'The resolution of the discrepancy was rejected.',
    'discrepancy.reopening_proposed': () => 'Somebody asked to open the discrepancy again.',
    'discrepancy.reopening_rejected': () => 'It was refused to open the discrepancy again.',
    'tracing.opened': () => 'A tracing case was opened.',
    'tracing.answered': () => 'The tracing case was answered.',
    'tracing.closed': () => 'The tracing case was closed.',
    'reconciliation.completed': () => 'A reconciliation was completed.',
    'period.closed': () => 'The day was closed.',
    'period.countersigned': () => 'The closed day was countersigned.',
    'period.reopened': () => 'The day was opened again.',
    'ledger.sealed': () => 'The ledger was sealed.',
  },
}
