// The demo's province: who is owed fees, and what each role of an office may do. Names follow a real province; accounts and amounts are samples.
import type { Scope } from '../domain/access.ts'
import type { PayeeAccount } from '../domain/order-facts.ts'
import type { SeededAgency } from '../store/seeding.ts'

/** The province itself: the demo's clients and merchant accounts belong to it, and so cover everything below. */
export const provinceCode = 'H56'

/** Two departments with units of their own, and two communes: neighbours that must not see each other's orders. */
export const agencies: readonly SeededAgency[] = [
  ['H56', 'Ủy ban nhân dân tỉnh Thanh Hóa'],
  ['H56.12', 'Sở Tư pháp tỉnh Thanh Hóa'],
  ['H56.12.03', 'Phòng Hộ tịch, quốc tịch và chứng thực'],
  ['H56.12.04', 'Trung tâm Trợ giúp pháp lý nhà nước'],
  ['H56.14', 'Sở Nông nghiệp và Môi trường tỉnh Thanh Hóa'],
  ['H56.14.05', 'Chi nhánh Văn phòng Đăng ký đất đai Hoằng Hóa'],
  ['H56.242', 'Ủy ban nhân dân phường Hạc Thành'],
  ['H56.243', 'Ủy ban nhân dân xã Hoằng Hóa'],
].map(([agencyCode = '', name = ''], index) => ({
  agencyCode,
  taxCode: String(2_800_999_000 + index),
  parentCode: agencyCode.includes('.') ? agencyCode.slice(0, agencyCode.lastIndexOf('.')) : null,
  name,
}))

/** Nobody has a right that the next one's work depends on: who asks for a refund never approves it. */
export const clientScopes = {
  portal: ['orders:read', 'orders:write', 'refunds:write', 'webhooks:write'],
  accountant: ['orders:read', 'refunds:write', 'reconciliation:read', 'reconciliation:write', 'reports:read'],
  checker: ['orders:read', 'refunds:approve', 'reconciliation:read', 'reports:read'],
  auditor: ['orders:read', 'reconciliation:read', 'reports:read'],
  admin: ['admin', 'orders:read', 'reconciliation:read', 'reports:read', 'webhooks:write'],
} as const satisfies Record<string, readonly Scope[]>

export type DemoClient = keyof typeof clientScopes
export const demoClients = Object.keys(clientScopes).filter((name): name is DemoClient => name in clientScopes)

/** The account that the province's fees are paid out to: at a bank (BIN 970436), for the State Treasury. */
export const payeeAccount: PayeeAccount = {
  number: '0111000000056',
  bank_bin: '970436',
  holder: 'KHO BAC NHA NUOC TINH THANH HOA',
}

/** A plausible contract: 0.55 % and 1,100 đ a payment before 10 % VAT, at most 22,000 đ; kept from the payout of the next working day. */
export const tariff = {
  basis_points: 55,
  fixed: 1_100,
  minimum: 0,
  maximum: 22_000,
  vat_basis_points: 1_000,
  netted: true,
}
