/** What reconciliation needs to know of a merchant account: whose it is, what the provider keeps, and when it pays. */
import type { ProviderTariff } from '../domain/provider-fee.ts'
import { type Database, queryInScope } from './database.ts'

export type SettlementTerms = {
  merchantAccountId: string
  agencyCode: string
  provider: string
  title: string
  /** Null when the contract's tariff is not known: provider fees are then not compared. */
  tariff: ProviderTariff | null
  /** `HH:mm` in UTC+7; `00:00` is the end of the day. */
  cutoff: string
  settlementDays: number
  /** The number of the account that receives the money. */
  payeeNumber: string
  /** How the provider's or the bank's own files are read; null when nobody has said it. */
  statementProfile: unknown
}

/** The terms of a merchant account within the scope; null when the scope has no such account. */
export const findSettlementTerms = async (
  database: Database,
  scope: string,
  merchantAccountId: string,
): Promise<SettlementTerms | null> => {
  const [row] = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select id, agency_code, provider, title, provider_fee, cutoff, settlement_days, payee_account ->> 'number' as payee_number,
        statement_profile
      from merchant_accounts where id = ${merchantAccountId}`,
  )
  if (!row) return null
  return {
    merchantAccountId: String(row.id),
    agencyCode: String(row.agencyCode),
    provider: String(row.provider),
    title: String(row.title),
    tariff: readTariff(row.providerFee),
    cutoff: String(row.cutoff),
    settlementDays: Number(row.settlementDays),
    payeeNumber: String(row.payeeNumber),
    statementProfile: row.statementProfile ?? null,
  }
}

/**
 * `{basis_points, fixed, minimum, maximum, vat_basis_points, netted, tolerance}`; a member that is absent is 0, or no limit. A maximum of 0 is no limit either: a
 * contract that costs nothing has no rate.
 */
export const readTariff = (stored: Record<string, unknown>): ProviderTariff | null => {
  if (Object.keys(stored).length === 0) return null
  const whole = (name: string): bigint | null =>
    typeof stored[name] === 'number' && Number.isSafeInteger(stored[name]) ? BigInt(stored[name]) : null
  return {
    basisPoints: Number(whole('basis_points') ?? 0n),
    fixed: whole('fixed') ?? 0n,
    minimum: whole('minimum'),
    maximum: whole('maximum') || null,
    vatBasisPoints: Number(whole('vat_basis_points') ?? 0n),
    netted: stored.netted !== false,
    ...(whole('tolerance') ? { tolerance: whole('tolerance') ?? 0n } : {}),
  }
}

/** The same members again, for whoever keeps a tariff as it was. */
export const storedTariff = (tariff: ProviderTariff) => ({
  basis_points: tariff.basisPoints,
  fixed: Number(tariff.fixed),
  minimum: tariff.minimum === null ? null : Number(tariff.minimum),
  maximum: tariff.maximum === null ? null : Number(tariff.maximum),
  vat_basis_points: tariff.vatBasisPoints,
  netted: tariff.netted,
  ...(tariff.tolerance ? { tolerance: Number(tariff.tolerance) } : {}),
})
