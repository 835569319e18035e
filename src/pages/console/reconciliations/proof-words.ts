/**
 * Why a row and what we know belong together, as one accountant tells it to another: each rule of a proof says what was compared with what. The rules themselves are in
 * domain/match-proof.ts; a rule without words fails a test.
 */
import type { Language } from '../../language.ts'

/** What a sentence names. A side that says nothing is null. */
export type Compared = {
  /** What the row of the file says. */
  rowReference: string | null
  rowProviderReference: string | null
  rowText: string | null
  /** What we know. */
  ours: string | null
  theirs: string | null
  payouts: readonly string[]
  transfer: string | null
  /** Days in the reader's words. */
  day: string
  amount: string
  expected: string
}

type Sentence = (compared: Compared) => string
type Words = Readonly<Record<string, Record<Language, Sentence>>>

const said = (text: string | null): string => (text === null ? '—' : `“${text}”`)
const list = (names: readonly string[]): string => names.map((name) => said(name)).join(', ')

export const ruleWords: Words = {
  reference: {
    vi: ({ rowReference, rowText, ours }) =>
      `Khớp theo mã tham chiếu: dòng sao kê ghi ${said(rowReference ?? rowText)}, đúng mã của hệ thống ${said(ours)}.`,
    en: ({ rowReference, rowText, ours }) =>
      `Matched by reference: the row says ${said(rowReference ?? rowText)}, which is our reference ${said(ours)}.`,
  },
  'reference~normalised': {
    vi: ({ rowReference, ours }) =>
      `Khớp theo mã tham chiếu viết khác: bỏ chữ hoa, dấu và ký hiệu thì ${said(rowReference)} chính là mã của hệ thống ${said(ours)}.`,
    en: ({ rowReference, ours }) =>
      `Matched by reference written otherwise: without capitals, marks and signs ${said(rowReference)} is our reference ${said(ours)}.`,
  },
  'reference~truncated': {
    vi: ({ rowReference, ours }) =>
      `Khớp theo mã tham chiếu bị cắt: ${said(rowReference)} là phần đầu hoặc cuối của mã hệ thống ${said(ours)}, và không mã nào khác có phần này.`,
    en: ({ rowReference, ours }) =>
      `Matched by a cut reference: ${said(rowReference)} is the head or the tail of our reference ${said(ours)}, and of no other.`,
  },
  'reference~embedded': {
    vi: ({ rowReference, rowProviderReference, ours }) =>
      `Khớp theo mã tham chiếu nằm giữa chữ khác: trong ${said(rowReference ?? rowProviderReference)} có mã của hệ thống ${said(ours)}.`,
    en: ({ rowReference, rowProviderReference, ours }) =>
      `Matched by a reference among other words: ${said(rowReference ?? rowProviderReference)} holds our reference ${said(ours)}.`,
  },
  provider_reference: {
    vi: ({ rowProviderReference, theirs }) =>
      `Khớp theo mã giao dịch của đối tác: dòng sao kê ghi ${said(rowProviderReference)}, đúng mã đối tác đã báo khi thanh toán ${said(theirs)}.`,
    en: ({ rowProviderReference, theirs }) =>
      `Matched by the provider’s reference: the row says ${said(rowProviderReference)}, which the provider told at the payment as ${said(theirs)}.`,
  },
  'provider_reference~normalised': {
    vi: ({ rowProviderReference, theirs }) =>
      `Khớp theo mã giao dịch của đối tác viết khác: bỏ chữ hoa, dấu và ký hiệu thì ${said(rowProviderReference)} chính là ${said(theirs)}.`,
    en: ({ rowProviderReference, theirs }) =>
      `Matched by the provider’s reference written otherwise: without capitals, marks and signs ${said(rowProviderReference)} is ${said(theirs)}.`,
  },
  'provider_reference~truncated': {
    vi: ({ rowProviderReference, theirs }) =>
      `Khớp theo mã giao dịch của đối tác bị cắt: ${said(rowProviderReference)} là phần đầu hoặc cuối của ${said(theirs)}, và không mã nào khác có phần này.`,
    en: ({ rowProviderReference, theirs }) =>
      `Matched by a cut reference of the provider: ${said(rowProviderReference)} is the head or the tail of ${said(theirs)}, and of no other.`,
  },
  'provider_reference~embedded': {
    vi: ({ rowProviderReference, theirs }) =>
      `Khớp theo mã giao dịch của đối tác nằm giữa chữ khác: trong ${said(rowProviderReference)} có ${said(theirs)}.`,
    en: ({ rowProviderReference, theirs }) =>
      `Matched by the provider’s reference among other words: ${said(rowProviderReference)} holds ${said(theirs)}.`,
  },
  payment_reference: {
    vi: ({ rowReference }) =>
      `Khớp theo mã của khoản thanh toán được hoàn trả: dòng sao kê ghi ${said(rowReference)}, là mã của lần thanh toán, và đó là khoản hoàn trả duy nhất phù hợp.`,
    en: ({ rowReference }) =>
      `Matched by the reference of the payment that is refunded: the row says ${said(rowReference)}, and this is the only refund of it that fits.`,
  },
  day: {
    vi: ({ day, amount }) =>
      `Khớp theo ngày và số tiền: dòng sao kê không ghi mã nào, nhưng ngày ${day} chỉ có một khoản ${amount} ở mỗi bên.`,
    en: ({ day, amount }) =>
      `Matched by day and amount: the row has no reference, but on ${day} each side has only one payment of ${amount}.`,
  },
  fee: {
    vi: () => 'Khớp theo biểu phí: dòng này là phí dịch vụ, so với tổng phí theo hợp đồng của các giao dịch cùng đợt.',
    en: () =>
      'Matched by the tariff: the row is provider fees, compared with what the contract gives for the payments of its payout.',
  },
  adjustment: {
    vi: () => 'Dòng điều chỉnh của đối tác; hệ thống không có bút toán nào tương ứng.',
    en: () => 'An adjustment of the provider; our books have nothing of the kind.',
  },
  none: {
    vi: () => 'Không có mã hay dấu hiệu nào nối dòng sao kê này với một khoản của hệ thống.',
    en: () => 'No reference and nothing else connects this row with money of ours.',
  },
  payout_reference: {
    vi: ({ payouts, rowText }) =>
      `Khớp theo mã thanh toán bù trừ: nội dung chuyển khoản ${said(rowText)} ghi ${list(payouts)}.`,
    en: ({ payouts, rowText }) =>
      `Matched by payout reference: the bank’s text ${said(rowText)} names ${list(payouts)}.`,
  },
  'payout_reference~normalised': {
    vi: ({ payouts, rowText }) =>
      `Khớp theo mã thanh toán bù trừ viết khác: bỏ chữ hoa, dấu và ký hiệu thì nội dung ${said(rowText)} có ${list(payouts)}.`,
    en: ({ payouts, rowText }) =>
      `Matched by payout reference written otherwise: without capitals, marks and signs ${said(rowText)} holds ${list(payouts)}.`,
  },
  'payout_reference~embedded': {
    vi: ({ payouts, rowText }) =>
      `Khớp theo mã thanh toán bù trừ nằm trong chuỗi dài hơn: nội dung ${said(rowText)} chứa ${list(payouts)}, và không mã nào khác.`,
    en: ({ payouts, rowText }) =>
      `Matched by a payout reference inside a longer text: ${said(rowText)} holds ${list(payouts)}, and no other.`,
  },
  'payout_reference~truncated': {
    vi: ({ payouts, rowText }) =>
      `Khớp theo mã thanh toán bù trừ bị cắt: nội dung ${said(rowText)} có phần đầu hoặc cuối của ${list(payouts)}, và không của mã nào khác.`,
    en: ({ payouts, rowText }) =>
      `Matched by a cut payout reference: ${said(rowText)} holds the head or the tail of ${list(payouts)}, and of no other.`,
  },
  transfer: {
    vi: ({ transfer, rowText }) =>
      `Khớp theo số lệnh chuyển khoản hoàn trả: dòng ngân hàng ${said(rowText)} mang số ${said(transfer)} đã xác nhận khi hoàn trả thủ công.`,
    en: ({ transfer, rowText }) =>
      `Matched by the number of a transfer: the bank’s row ${said(rowText)} carries ${said(transfer)}, confirmed for a refund by hand.`,
  },
  window: {
    vi: ({ expected, day }) =>
      `Khớp theo số tiền và thời hạn: đợt bù trừ phải về ${expected}, tiền về ${day}, và không cách ghép nào khác cho ra số tiền này.`,
    en: ({ expected, day }) =>
      `Matched by amount and time: the payout was due on ${expected}, the money came on ${day}, and nothing else gives this amount.`,
  },
  'window+sum': {
    vi: ({ payouts, day }) =>
      `Khớp theo tổng số tiền và thời hạn: tiền về ${day} bằng tổng của ${list(payouts)}, và không cách cộng nào khác cho ra số tiền này.`,
    en: ({ payouts, day }) =>
      `Matched by sum and time: the money of ${day} is the sum of ${list(payouts)}, and no other sum gives this amount.`,
  },
  'not listed': {
    vi: () => 'Đã tìm trong mọi sao kê của đối tác: không dòng nào nói về khoản này.',
    en: () => 'All statements of the provider were searched: no row is about this.',
  },
  'not settled': {
    vi: ({ expected }) => `Đã tìm trong mọi sao kê ngân hàng: chưa dòng nào trả đợt bù trừ này, phải về ${expected}.`,
    en: ({ expected }) =>
      `All statements of the bank were searched: no row pays this payout, which was due on ${expected}.`,
  },
}

/** The rule of a proof without what it says of amounts, which are told by themselves. */
export const ruleOf = (rule: string): string => (rule.endsWith('+amount') ? rule.slice(0, -'+amount'.length) : rule)

/** A rule that there is no longer is told by its code. */
export const ruleSentence = (rule: string, compared: Compared, language: Language): string =>
  Object.hasOwn(ruleWords, ruleOf(rule)) ? (ruleWords[ruleOf(rule)]?.[language](compared) ?? rule) : rule
