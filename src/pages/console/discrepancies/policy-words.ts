/** The policy of a class and its resolutions in either language. The Vietnamese words are the gateway's own (domain/discrepancy-policy.ts, resolutions.ts). */
import { type ResolutionCode, resolutions } from '../../../domain/resolutions.ts'
import type { Language } from '../../language.ts'

const english: Record<ResolutionCode, string> = {
  provider_corrected: 'The provider has corrected its figures',
  found_in_other_file: 'Found in another file or period',
  our_figure_stands: 'Our figure stands, the provider agrees',
  attributed: 'It is known which dossier it belongs to',
  listed_twice: 'The line is a repetition, no money is behind it',
  fee_agreed: 'The provider fee was agreed with the provider',
  day_confirmed: 'The business day was confirmed',
  settled_later: 'The provider has paid it since',
  accept_provider_figure: 'Accept the provider’s figure',
  written_off: 'Write it off by the agency’s decision',
  refund: 'Refund the payer',
  returned_to_provider: 'Return it to the provider',
}

/** How the gateway itself ends a discrepancy. */
const ownWays: Readonly<Record<string, Record<Language, string>>> = {
  matched: { vi: 'Đã khớp ở lần đối soát sau', en: 'Matched by a later run' },
  class_changed: { vi: 'Lần đối soát sau xếp vào loại khác', en: 'A later run sees another class' },
  within_tolerance: { vi: 'Lệch trong dung sai của hợp đồng', en: 'Within the contract’s tolerance' },
  facts_agree: { vi: 'Các nguồn đã thống nhất', en: 'All sources agree' },
}

const isCode = (name: string): name is ResolutionCode => Object.hasOwn(resolutions, name)

/** A resolution as people say it; own words stand as they were written. */
export const resolutionName = (name: string, language: Language): string => {
  if (isCode(name)) return language === 'vi' ? resolutions[name].vietnamese : english[name]
  return (Object.hasOwn(ownWays, name) ? ownWays[name]?.[language] : undefined) ?? name
}

const sentences: Readonly<Record<string, string>> = {
  'Không tính vào số tiền thanh toán bù trừ': 'Leaves it out of what is settled',
  'Ghi nhận thanh toán của giao dịch đã biết theo tệp của đối tác':
    'Books the payment of a known attempt from the provider’s file',
  'Tự đóng khi lần đối soát sau khớp': 'Closes by itself when a later run matches it',
  'Đóng ngay khi phí của một giao dịch chỉ lệch trong dung sai làm tròn của hợp đồng':
    'Closes at once where one payment’s fee differs within the contract’s tolerance',
  'Không tự ghép khi nhiều khoản giống nhau': 'Links nothing where several are alike',
  'Tự đóng khi các nguồn thống nhất': 'Closes by itself when all sources agree',
  'Tiền vào tài khoản chờ xử lý': 'The money goes to suspense',
  'Giảm số đã thu theo số đối tác thu hồi': 'Lowers what was collected by what the provider took back',
  'Tra soát đối tác': 'Ask the provider (tracing)',
  'Tìm hồ sơ của khoản tiền': 'Find the dossier of the money',
  'So với biểu phí trong hợp đồng': 'Compare with the contract’s tariff',
  'Xác nhận ngày giao dịch': 'Confirm the business day',
  'Chọn trong các khoản có thể': 'Choose among the candidates',
  'Tìm nguồn của khoản tiền': 'Find where the money came from',
  'Tra soát ngân hàng': 'Ask the bank (tracing)',
  'Hoàn trả hoặc yêu cầu nộp bổ sung': 'Refund, or ask for the rest',
  'Đề nghị hoàn trả phần nộp thừa': 'Proposes to refund the surplus',
  'Đề nghị hoàn trả': 'Proposes a refund',
  'Yêu cầu nộp lại hoặc tra soát đối tác': 'Ask for payment again, or ask the provider',
  'Gắn với hồ sơ, hoặc hoàn trả': 'Attribute it to a dossier, or refund it',
}

/** What a policy says, in the person's language; a sentence that has no English is shown in Vietnamese. */
export const policySentence = (text: string, language: Language): string =>
  language === 'vi' ? text : (sentences[text] ?? text)
