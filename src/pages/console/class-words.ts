/** What the classes of items and discrepancies are called on the pages. The Vietnamese words of a class that reconciliation finds are those of the reports. */
import { classPolicies, doorPolicies, queryPolicies } from '../../domain/discrepancy-policy.ts'
import { type ItemClass, itemClasses } from '../../domain/reconciliation-classes.ts'
import type { Language } from '../language.ts'

type Source = 'reconciliation' | 'door' | 'query'

/** In one or two sentences: what has happened, as one says it to a colleague. */
type ClassWords = { name: string; meaning: string }

/** A class of a discrepancy as people call it; the code itself for one that there is no longer. */
export const className = (name: string, language: Language, source: Source = 'reconciliation'): string => {
  const given = { reconciliation: classPolicies, door: doorPolicies, query: queryPolicies }[source] as Readonly<
    Record<string, { vietnamese: string }>
  >
  if (name === 'matched') return itemClassWords[language].matched.name
  if (!Object.hasOwn(given, name)) return name
  if (language === 'vi') return given[name]?.vietnamese ?? name
  return (source === 'door' ? doorEnglish[name] : source === 'query' ? queryEnglish[name] : undefined) ?? itemName(name)
}

const itemName = (name: string): string => itemClassWords.en[name as ItemClass]?.name ?? name

const doorEnglish: Readonly<Record<string, string>> = {
  amount_mismatch: 'Paid a wrong amount',
  paid_twice: 'Paid twice',
  late_payment: 'Paid late',
  reversed: 'Taken back by the provider',
  reference_reused: 'Provider’s number used twice',
  refund_mismatch: 'Refund differs',
  unknown_credit: 'Unknown credit',
}
const queryEnglish: Readonly<Record<string, string>> = { status_mismatch: 'Denied by the provider' }

const vietnamese = (name: ItemClass): string => (name === 'matched' ? 'Khớp' : classPolicies[name].vietnamese)

const meanings: Record<ItemClass, { vi: string; en: ClassWords }> = {
  matched: {
    vi: 'Hai bên ghi như nhau.',
    en: { name: 'Matched', meaning: 'Both sides say the same.' },
  },
  duplicate_line: {
    vi: 'Cùng một giao dịch được liệt kê lần thứ hai.',
    en: { name: 'Listed twice', meaning: 'One transaction is listed a second time.' },
  },
  missing_here: {
    vi: 'Đối tác báo đã thu, hệ thống chưa ghi nhận.',
    en: { name: 'Only at the provider', meaning: 'The provider says it was paid; it is not known here.' },
  },
  missing_at_provider: {
    vi: 'Hệ thống đã ghi nhận, đến hạn nhưng đối tác không liệt kê.',
    en: { name: 'Only here', meaning: 'It was paid here, is due, and the provider does not list it.' },
  },
  status_mismatch: {
    vi: 'Một bên ghi thành công, bên kia không.',
    en: { name: 'Status differs', meaning: 'One side says it succeeded, the other does not.' },
  },
  refund_mismatch: {
    vi: 'Khoản hoàn trả chỉ có ở một bên hoặc khác số tiền.',
    en: { name: 'Refund differs', meaning: 'A refund with another amount, or on one side only.' },
  },
  amount_mismatch: {
    vi: 'Cùng giao dịch nhưng số tiền hai bên khác nhau.',
    en: { name: 'Amount differs', meaning: 'The same transaction with two amounts.' },
  },
  fee_mismatch: {
    vi: 'Phí dịch vụ đối tác thu khác biểu phí trong hợp đồng.',
    en: { name: 'Provider fee differs', meaning: 'What the provider charges is not what the contract says.' },
  },
  date_shift: {
    vi: 'Mọi thứ khớp, chỉ khác ngày giao dịch.',
    en: { name: 'Day differs', meaning: 'All agrees but the business day.' },
  },
  ambiguous: {
    vi: 'Nhiều khoản giống nhau, không có gì để phân biệt.',
    en: { name: 'Not certain', meaning: 'Several candidates are alike, and nothing tells them apart.' },
  },
  short_settled: {
    vi: 'Ngân hàng báo có ít hơn số phải thanh toán bù trừ.',
    en: { name: 'Settled short', meaning: 'The bank credit is less than the payout’s net.' },
  },
  over_settled: {
    vi: 'Ngân hàng báo có nhiều hơn số phải thanh toán bù trừ.',
    en: { name: 'Settled over', meaning: 'The bank credit is more than the payout’s net.' },
  },
  unknown_credit: {
    vi: 'Tiền vào tài khoản, chưa rõ của khoản nào.',
    en: { name: 'Unknown credit', meaning: 'Money came to the account, and nothing says for what.' },
  },
  unknown_debit: {
    vi: 'Tiền ra khỏi tài khoản, chưa rõ vì sao.',
    en: { name: 'Unknown debit', meaning: 'Money left the account, and nothing says why.' },
  },
  unsettled: {
    vi: 'Đã đến hạn nhưng ngân hàng chưa báo có.',
    en: { name: 'Not settled', meaning: 'The payout is due, and the bank has no line of it.' },
  },
}

export const itemClassWords = Object.fromEntries(
  (['vi', 'en'] as const).map((language) => [
    language,
    Object.fromEntries(
      itemClasses.map((name) => [
        name,
        language === 'en' ? meanings[name].en : { name: vietnamese(name), meaning: meanings[name].vi },
      ]),
    ),
  ]),
) as Record<Language, Record<ItemClass, ClassWords>>
