/** The classes of a reconciliation's items, and what happens to each: as data, so that it can be read by an accountant. */
import { businessDay } from '../lib/time.ts'
import { addWorkingDays } from './working-days.ts'

/** In the order in which they are decided. */
export const itemClasses = [
  'duplicate_line',
  'missing_here',
  'missing_at_provider',
  'status_mismatch',
  'refund_mismatch',
  'amount_mismatch',
  'fee_mismatch',
  'date_shift',
  'ambiguous',
  'short_settled',
  'over_settled',
  'unknown_credit',
  'unknown_debit',
  'unsettled',
  'matched',
] as const
export type ItemClass = (typeof itemClasses)[number]
export type ReconciliationClass = Exclude<ItemClass, 'matched'>

/**
 * `workingDays` is when somebody must have dealt with it. Tra soát begins at the latest on the next working day (TT 89/2026 Đ37.1); a record that differs
 * is answered within 3 working days, a wrong voucher within 5.
 */
export const classPolicies: Record<ReconciliationClass, { policy: string; workingDays: number; vietnamese: string }> = {
  duplicate_line: { policy: 'ask_provider', workingDays: 3, vietnamese: 'Trùng' },
  missing_here: { policy: 'heal_from_statement', workingDays: 1, vietnamese: 'Chỉ có ở đối tác' },
  missing_at_provider: { policy: 'ask_provider', workingDays: 1, vietnamese: 'Chỉ có ở hệ thống' },
  status_mismatch: { policy: 'ask_provider', workingDays: 1, vietnamese: 'Lệch trạng thái' },
  refund_mismatch: { policy: 'ask_provider', workingDays: 1, vietnamese: 'Lệch hoàn trả' },
  amount_mismatch: { policy: 'ask_provider', workingDays: 1, vietnamese: 'Lệch số tiền' },
  fee_mismatch: { policy: 'compare_contract', workingDays: 5, vietnamese: 'Lệch phí dịch vụ' },
  date_shift: { policy: 'confirm_day', workingDays: 5, vietnamese: 'Lệch ngày' },
  ambiguous: { policy: 'person_decides', workingDays: 3, vietnamese: 'Chưa xác định' },
  short_settled: { policy: 'ask_provider', workingDays: 1, vietnamese: 'Chuyển thiếu' },
  over_settled: { policy: 'ask_provider', workingDays: 1, vietnamese: 'Chuyển thừa' },
  unknown_credit: { policy: 'person_decides', workingDays: 1, vietnamese: 'Báo có chưa rõ' },
  unknown_debit: { policy: 'person_decides', workingDays: 1, vietnamese: 'Báo nợ chưa rõ' },
  unsettled: { policy: 'ask_provider', workingDays: 1, vietnamese: 'Chưa quyết toán' },
}

/** How a report words a class. */
export const classLabel = (name: ItemClass): string => (name === 'matched' ? 'Khớp' : classPolicies[name].vietnamese)

/** Each class with its policy and the business day by which something opened now must be dealt with. */
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
