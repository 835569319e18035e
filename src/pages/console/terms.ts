/** States and kinds in words that people use, with the tone in which they are shown; never a code alone. */
import type { FeeKind, RefundMethod, RefundReasonCode } from '../../domain/order-facts.ts'
import type { AttemptStatus, OrderStatus, RefundStatus } from '../../domain/states.ts'
import type { Language } from '../language.ts'
import type { Tone } from './parts.tsx'

type Terms<Name extends string> = Readonly<Record<Language, Readonly<Record<Name, string>>>>

export const orderStatusTerms: Terms<OrderStatus> = {
  vi: { open: 'Chờ thanh toán', paid: 'Đã thanh toán', expired: 'Hết hạn', cancelled: 'Đã hủy', waived: 'Được miễn' },
  en: { open: 'Awaiting payment', paid: 'Paid', expired: 'Expired', cancelled: 'Cancelled', waived: 'Waived' },
}
export const orderStatusTones: Readonly<Record<OrderStatus, Tone>> = {
  open: 'wait',
  paid: 'good',
  expired: 'calm',
  cancelled: 'calm',
  waived: 'good',
}

export const attemptStatusTerms: Terms<AttemptStatus> = {
  vi: {
    created: 'Vừa tạo',
    pending: 'Đang chờ',
    unknown: 'Chưa rõ kết quả',
    captured: 'Đã thu tiền',
    failed: 'Không thành công',
    expired: 'Hết hạn',
  },
  en: {
    created: 'Created',
    pending: 'Pending',
    unknown: 'Unknown',
    captured: 'Captured',
    failed: 'Failed',
    expired: 'Expired',
  },
}
export const attemptStatusTones: Readonly<Record<AttemptStatus, Tone>> = {
  created: 'calm',
  pending: 'wait',
  unknown: 'bad',
  captured: 'good',
  failed: 'calm',
  expired: 'calm',
}

export const refundStatusTerms: Terms<RefundStatus> = {
  vi: {
    proposed: 'Hệ thống đề xuất, chờ duyệt',
    requested: 'Chờ duyệt',
    approved: 'Đã duyệt',
    sending: 'Đang gửi',
    pending: 'Đang thực hiện',
    unknown: 'Chưa rõ kết quả',
    succeeded: 'Đã hoàn',
    failed: 'Không hoàn được',
    rejected: 'Bị từ chối',
    withdrawn: 'Đã rút',
  },
  en: {
    proposed: 'Proposed, awaits approval',
    requested: 'Awaits approval',
    approved: 'Approved',
    sending: 'Being sent',
    pending: 'Under way',
    unknown: 'Unknown',
    succeeded: 'Refunded',
    failed: 'Failed',
    rejected: 'Rejected',
    withdrawn: 'Withdrawn',
  },
}
export const refundStatusTones: Readonly<Record<RefundStatus, Tone>> = {
  proposed: 'wait',
  requested: 'wait',
  approved: 'wait',
  sending: 'wait',
  pending: 'wait',
  unknown: 'bad',
  succeeded: 'good',
  failed: 'bad',
  rejected: 'calm',
  withdrawn: 'calm',
}

export const feeKindTerms: Terms<FeeKind> = {
  vi: { phi: 'Phí', le_phi: 'Lệ phí', phat: 'Tiền phạt', thue: 'Thuế', khac: 'Khác' },
  en: { phi: 'Fee (phí)', le_phi: 'Charge (lệ phí)', phat: 'Fine', thue: 'Tax', khac: 'Other' },
}

export const refundMethodTerms: Terms<RefundMethod> = {
  vi: {
    provider: 'Qua đối tác',
    manual: 'Đơn vị tự chuyển khoản',
    treasury: 'Hoàn trả khoản thu ngân sách qua Kho bạc',
  },
  en: {
    provider: "By the provider's own call",
    manual: 'By a bank transfer of the agency',
    treasury: 'As a return of budget revenue by the Treasury',
  },
}

export const refundReasonTerms: Terms<RefundReasonCode> = {
  vi: {
    dossier_rejected: 'Hồ sơ bị từ chối',
    overcharged: 'Thu thừa',
    duplicate: 'Thu trùng',
    other: 'Lý do khác',
  },
  en: {
    dossier_rejected: 'The dossier was rejected',
    overcharged: 'Charged too much',
    duplicate: 'Charged twice',
    other: 'Another reason',
  },
}

/** The word of a code; a code that has none is shown as it is, so that nothing is hidden. */
export const termOf = (terms: Readonly<Record<string, string>>, code: string): string =>
  Object.hasOwn(terms, code) ? (terms[code] ?? code) : code
export const toneOf = (tones: Readonly<Record<string, Tone>>, code: string): Tone =>
  Object.hasOwn(tones, code) ? (tones[code] ?? 'calm') : 'calm'
