/** How agencies, merchant accounts, fee schedules and clients look on the wire. Secrets have no place in any of these shapes. */
import { toRfc3339 } from '../lib/time.ts'

const time = (instant: Date | null): string | null => (instant ? toRfc3339(instant) : null)

export const presentAgency = (agency: {
  agencyCode: string
  parentCode: string | null
  name: string
  taxCode: string | null
  budgetUnitCode: string | null
  address: string | null
  phone: string | null
  feeCheck: string
  acceptsLateMoney: boolean
  refundLimit: bigint
  refundWorkingDays: number
  receiptSerialPhi: string
  receiptSerialLePhi: string
  createdAt: Date
}) => ({
  agency_code: agency.agencyCode,
  parent_code: agency.parentCode,
  name: agency.name,
  tax_code: agency.taxCode,
  budget_unit_code: agency.budgetUnitCode,
  address: agency.address,
  phone: agency.phone,
  fee_check: agency.feeCheck,
  accepts_late_money: agency.acceptsLateMoney,
  refund_limit: agency.refundLimit,
  refund_working_days: agency.refundWorkingDays,
  receipt_serial_phi: agency.receiptSerialPhi,
  receipt_serial_le_phi: agency.receiptSerialLePhi,
  created_at: time(agency.createdAt),
})

export const presentMerchantAccount = (account: {
  id: string
  agencyCode: string
  provider: string
  title: string
  status: string
  settings: Record<string, unknown>
  payeeAccount: unknown
  providerFee: Record<string, unknown>
  cutoff: string
  settlementDays: number
  statementProfile: unknown
  createdAt: Date
  keys: readonly { id: string; createdAt: Date; retiresAt: Date | null; lastUsedAt: Date | null }[]
}) => ({
  id: account.id,
  agency_code: account.agencyCode,
  provider: account.provider,
  title: account.title,
  status: account.status,
  settings: account.settings,
  payee_account: account.payeeAccount,
  provider_fee: Object.keys(account.providerFee).length > 0 ? account.providerFee : null,
  cutoff: account.cutoff,
  settlement_days: account.settlementDays,
  statement_profile: account.statementProfile,
  keys: account.keys.map((key) => ({
    id: key.id,
    created_at: time(key.createdAt),
    retires_at: time(key.retiresAt),
    last_used_at: time(key.lastUsedAt),
  })),
  created_at: time(account.createdAt),
})

export const presentFeeSchedule = (schedule: {
  id: string
  agencyCode: string
  feeCode: string
  name: string
  kind: string
  unitAmount: bigint | null
  budgetItem: string | null
  legalBasis: string | null
  refundableWhenRejected: boolean | null
  validFrom: string
  validTo: string | null
  createdAt: Date
}) => ({
  id: schedule.id,
  agency_code: schedule.agencyCode,
  fee_code: schedule.feeCode,
  name: schedule.name,
  kind: schedule.kind,
  unit_amount: schedule.unitAmount,
  budget_item: schedule.budgetItem,
  legal_basis: schedule.legalBasis,
  refundable_when_rejected: schedule.refundableWhenRejected,
  valid_from: schedule.validFrom,
  valid_to: schedule.validTo,
  created_at: time(schedule.createdAt),
})

export const presentClient = (client: {
  id: string
  agencyCode: string
  name: string
  scopes: readonly string[]
  jwks: unknown
  createdAt: Date
  expiresAt: Date | null
  revokedAt: Date | null
}) => ({
  client_id: client.id,
  agency_code: client.agencyCode,
  name: client.name,
  scopes: [...client.scopes],
  authentication: client.jwks === null ? 'client_secret' : 'private_key_jwt',
  created_at: time(client.createdAt),
  expires_at: time(client.expiresAt),
  revoked_at: time(client.revokedAt),
})
