/**
 * What happens to every discrepancy, whoever finds it: as one table, so that an accountant can read it. It says what the gateway does by itself, what it
 * proposes, who decides, how long there is, and where the money stands meanwhile.
 */
import { businessDay } from '../lib/time.ts'
import type { DoorClass } from './order-facts.ts'
import { type ItemClass, itemClasses, type ReconciliationClass } from './reconciliation-classes.ts'
import type { ResolutionCode } from './resolutions.ts'
import { addWorkingDays } from './working-days.ts'

/** What the door can find: wrong with an order's money, and money of no order. */
export type FoundClass = DoorClass | 'unknown_credit'
export type DiscrepancySource = 'door' | 'query' | 'reconciliation'

/**
 * Where the money behind an open discrepancy stands. `line`: in suspense, by the difference between what the provider lists and what is booked here. `door`: the
 * door has booked what came, and what belongs to no order is in suspense already. `settlement`: the bank statement's own booking shows it. `none`: no money is
 * in question, or none that is booked before it is settled.
 */
export type MoneyPlace = 'line' | 'door' | 'settlement' | 'none'

export type Policy = {
  policy: string
  vietnamese: string
  /** What the gateway does by itself, and what it proposes; null for nothing. */
  automatic: string | null
  proposed: string | null
  /** When somebody must have dealt with it. */
  workingDays: number
  basis: string
  money: MoneyPlace
  resolutions: readonly ResolutionCode[]
}

/** Tra soát begins on the day on which an error is found, at the latest on the next working day. */
const nextDay = {
  workingDays: 1,
  basis: 'Thông tư 89/2026/TT-BTC, Điều 37: tra soát ngay trong ngày, chậm nhất ngày làm việc tiếp theo',
}
/** What the other side may take for its answer, where nothing has to be asked for at once. */
const threeDays = {
  workingDays: 3,
  basis: 'Thông tư 89/2026/TT-BTC, Điều 37: trả lời trong 3 ngày làm việc khi thông tin hạch toán sai lệch',
}
const fiveDays = {
  workingDays: 5,
  basis: 'Thông tư 89/2026/TT-BTC, Điều 37: trả lời trong 5 ngày làm việc khi chứng từ sai',
}

const closes = 'Tự đóng khi lần đối soát sau khớp'
const asks = 'Tra soát đối tác'

/** What a reconciliation finds. */
export const classPolicies: Record<ReconciliationClass, Policy> = {
  duplicate_line: {
    policy: 'ask_provider',
    vietnamese: 'Trùng',
    automatic: 'Không tính vào số tiền thanh toán bù trừ',
    proposed: asks,
    ...threeDays,
    money: 'none',
    resolutions: ['listed_twice', 'provider_corrected', 'returned_to_provider'],
  },
  missing_here: {
    policy: 'heal_from_statement',
    vietnamese: 'Chỉ có ở đối tác',
    automatic: 'Ghi nhận thanh toán của giao dịch đã biết theo tệp của đối tác',
    proposed: 'Tìm hồ sơ của khoản tiền',
    ...nextDay,
    money: 'line',
    resolutions: [
      'attributed',
      'provider_corrected',
      'accept_provider_figure',
      'refund',
      'returned_to_provider',
      'written_off',
    ],
  },
  missing_at_provider: {
    policy: 'ask_provider',
    vietnamese: 'Chỉ có ở hệ thống',
    automatic: closes,
    proposed: asks,
    ...nextDay,
    money: 'line',
    resolutions: [
      'found_in_other_file',
      'provider_corrected',
      'our_figure_stands',
      'accept_provider_figure',
      'written_off',
    ],
  },
  status_mismatch: {
    policy: 'ask_provider',
    vietnamese: 'Lệch trạng thái',
    automatic: closes,
    proposed: asks,
    ...nextDay,
    money: 'line',
    resolutions: ['provider_corrected', 'our_figure_stands', 'accept_provider_figure', 'refund', 'written_off'],
  },
  refund_mismatch: {
    policy: 'ask_provider',
    vietnamese: 'Lệch hoàn trả',
    automatic: closes,
    proposed: asks,
    ...nextDay,
    money: 'line',
    resolutions: [
      'found_in_other_file',
      'provider_corrected',
      'our_figure_stands',
      'accept_provider_figure',
      'written_off',
    ],
  },
  amount_mismatch: {
    policy: 'ask_provider',
    vietnamese: 'Lệch số tiền',
    automatic: closes,
    proposed: asks,
    ...nextDay,
    money: 'line',
    resolutions: ['provider_corrected', 'our_figure_stands', 'accept_provider_figure', 'refund', 'written_off'],
  },
  fee_mismatch: {
    policy: 'compare_contract',
    vietnamese: 'Lệch phí dịch vụ',
    automatic: 'Đóng ngay khi phí của một giao dịch chỉ lệch trong dung sai làm tròn của hợp đồng',
    proposed: 'So với biểu phí trong hợp đồng',
    ...fiveDays,
    money: 'none',
    resolutions: ['fee_agreed', 'provider_corrected', 'accept_provider_figure', 'written_off'],
  },
  date_shift: {
    policy: 'confirm_day',
    vietnamese: 'Lệch ngày',
    automatic: null,
    proposed: 'Xác nhận ngày giao dịch',
    ...fiveDays,
    money: 'none',
    resolutions: ['day_confirmed', 'provider_corrected'],
  },
  ambiguous: {
    policy: 'person_decides',
    vietnamese: 'Chưa xác định',
    automatic: 'Không tự ghép khi nhiều khoản giống nhau',
    proposed: 'Chọn trong các khoản có thể',
    ...threeDays,
    money: 'line',
    resolutions: [
      'attributed',
      'provider_corrected',
      'accept_provider_figure',
      'refund',
      'returned_to_provider',
      'written_off',
    ],
  },
  short_settled: {
    policy: 'ask_provider',
    vietnamese: 'Chuyển thiếu',
    automatic: closes,
    proposed: asks,
    ...nextDay,
    money: 'settlement',
    resolutions: ['settled_later', 'provider_corrected', 'accept_provider_figure', 'written_off'],
  },
  over_settled: {
    policy: 'ask_provider',
    vietnamese: 'Chuyển thừa',
    automatic: closes,
    proposed: asks,
    ...nextDay,
    money: 'settlement',
    resolutions: ['provider_corrected', 'accept_provider_figure', 'returned_to_provider'],
  },
  unknown_credit: {
    policy: 'person_decides',
    vietnamese: 'Báo có chưa rõ',
    automatic: closes,
    proposed: 'Tìm nguồn của khoản tiền',
    ...nextDay,
    money: 'settlement',
    resolutions: ['attributed', 'refund', 'returned_to_provider', 'written_off'],
  },
  unknown_debit: {
    policy: 'person_decides',
    vietnamese: 'Báo nợ chưa rõ',
    automatic: closes,
    proposed: 'Tra soát ngân hàng',
    ...nextDay,
    money: 'settlement',
    resolutions: ['attributed', 'provider_corrected', 'written_off'],
  },
  unsettled: {
    policy: 'ask_provider',
    vietnamese: 'Chưa quyết toán',
    automatic: closes,
    proposed: asks,
    ...nextDay,
    money: 'settlement',
    resolutions: ['settled_later', 'provider_corrected', 'written_off'],
  },
}

const facts = 'Tự đóng khi các nguồn thống nhất'
const held = 'Tiền vào tài khoản chờ xử lý'

/** What the door finds when money comes. */
export const doorPolicies: Record<FoundClass, Policy> = {
  amount_mismatch: {
    policy: 'person_decides',
    vietnamese: 'Nộp sai số tiền',
    automatic: held,
    proposed: 'Hoàn trả hoặc yêu cầu nộp bổ sung',
    ...nextDay,
    money: 'door',
    resolutions: ['attributed', 'refund', 'written_off'],
  },
  paid_twice: {
    policy: 'refund_proposed',
    vietnamese: 'Nộp hai lần',
    automatic: held,
    proposed: 'Đề nghị hoàn trả phần nộp thừa',
    ...nextDay,
    money: 'door',
    resolutions: ['refund', 'written_off'],
  },
  late_payment: {
    policy: 'refund_proposed',
    vietnamese: 'Nộp muộn',
    automatic: held,
    proposed: 'Đề nghị hoàn trả',
    ...nextDay,
    money: 'door',
    resolutions: ['attributed', 'refund', 'written_off'],
  },
  reversed: {
    policy: 'person_decides',
    vietnamese: 'Đối tác thu hồi',
    automatic: 'Giảm số đã thu theo số đối tác thu hồi',
    proposed: 'Yêu cầu nộp lại hoặc tra soát đối tác',
    ...nextDay,
    money: 'door',
    resolutions: ['provider_corrected', 'accept_provider_figure', 'written_off'],
  },
  reference_reused: {
    policy: 'person_decides',
    vietnamese: 'Trùng mã giao dịch của đối tác',
    automatic: held,
    proposed: asks,
    ...nextDay,
    money: 'door',
    resolutions: ['provider_corrected', 'refund', 'returned_to_provider', 'written_off'],
  },
  refund_mismatch: {
    policy: 'person_decides',
    vietnamese: 'Lệch hoàn trả',
    automatic: facts,
    proposed: asks,
    ...nextDay,
    money: 'door',
    resolutions: ['provider_corrected', 'accept_provider_figure', 'written_off'],
  },
  unknown_credit: {
    policy: 'person_decides',
    vietnamese: 'Báo có chưa rõ',
    automatic: held,
    proposed: 'Gắn với hồ sơ, hoặc hoàn trả',
    ...nextDay,
    money: 'door',
    resolutions: ['attributed', 'refund', 'returned_to_provider', 'written_off'],
  },
}

/** A provider that denies, when it is asked, what its callback told. Nothing is taken back by a denial. */
export const queryPolicies: Record<'status_mismatch', Policy> = {
  status_mismatch: {
    policy: 'ask_provider',
    vietnamese: 'Đối tác phủ nhận',
    automatic: facts,
    proposed: asks,
    ...nextDay,
    money: 'none',
    resolutions: ['provider_corrected', 'our_figure_stands', 'accept_provider_figure', 'written_off'],
  },
}

const bySource: Record<DiscrepancySource, Readonly<Record<string, Policy>>> = {
  reconciliation: classPolicies,
  door: doorPolicies,
  query: queryPolicies,
}

/** The whole table, row by row: reconciliation's classes in the order in which they are decided, then the door's, then the query's. */
export const policyTable: readonly (Policy & { source: DiscrepancySource; class: string })[] = (
  ['reconciliation', 'door', 'query'] as const
).flatMap((source) => Object.entries(bySource[source]).map(([name, policy]) => ({ source, class: name, ...policy })))

/** The row of a discrepancy; undefined for a class that there is no longer. */
export const policyOf = (about: { source: DiscrepancySource; class: string }): Policy | undefined =>
  bySource[about.source][about.class]

/** Reconciliation's classes whose open discrepancies hold money in suspense. */
export const heldClasses: readonly ReconciliationClass[] = itemClasses.filter(
  (name): name is ReconciliationClass => name !== 'matched' && classPolicies[name].money === 'line',
)

/** The business day by which a discrepancy that the door opens now must be dealt with. */
export const dueOn = (name: FoundClass, openedAt: Date): string =>
  addWorkingDays(businessDay(openedAt), doorPolicies[name].workingDays)

/** How a report words a class. */
export const classLabel = (name: ItemClass): string => (name === 'matched' ? 'Khớp' : classPolicies[name].vietnamese)

/** Each class of a reconciliation with its policy and the business day by which something opened now must be dealt with. */
export const classDueDates = (now: Date): { class: ReconciliationClass; policy: string; dueOn: string }[] =>
  itemClasses.flatMap((name) =>
    name === 'matched'
      ? []
      : [
          {
            class: name,
            policy: classPolicies[name].policy,
            dueOn: addWorkingDays(businessDay(now), classPolicies[name].workingDays),
          },
        ],
  )
