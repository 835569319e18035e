/** Merchant accounts as the gateway itself uses them to talk to providers: with their sealed keys, in the scope of every agency. */
import type { PayeeAccount } from '../domain/order-facts.ts'
import { type Database, everyAgency, inScope, type Query, queryInScope, type Sql } from './database.ts'

export type ProviderAccount = {
  id: string
  agencyCode: string
  provider: string
  title: string
  settings: Record<string, unknown>
  payeeAccount: PayeeAccount
  status: 'active' | 'disabled'
  /** Newest first; a former key only until it retires. */
  keys: readonly { id: string; sealed: Uint8Array; retiresAt: Date | null }[]
}

/** The account and the keys that are valid at `now`; null when there is none. Disabled accounts are found too: their money still arrives. */
export const findProviderAccount = async (
  database: Database,
  id: string,
  now: Date,
): Promise<ProviderAccount | null> => {
  const [accounts, keys] = await inScope(database, everyAgency, (sql) => [
    sql`select id, agency_code, provider, title, settings, payee_account, status from merchant_accounts where id = ${id}`,
    sql`
      select id, sealed, retires_at from merchant_account_keys
      where merchant_account_id = ${id} and (retires_at is null or retires_at > ${now})
      order by retires_at is null desc, created_at desc, id desc limit 5`,
  ])
  const account = accounts?.[0]
  return account
    ? {
        ...(account as Omit<ProviderAccount, 'keys'>),
        keys: (keys ?? []) as readonly unknown[] as ProviderAccount['keys'],
      }
    : null
}

export type PaymentMethod = {
  id: string
  agencyCode: string
  provider: string
  title: string
  payeeAccount: PayeeAccount
  /** Set while the provider is taken to be down: until then nothing is started, and from then on one probe. */
  openUntil: Date | null
}

/**
 * The active merchant accounts that serve an agency, one per provider: the agency's own, else that of the nearest agency above it, since a province
 * contracts for its communes. Sorted by provider.
 */
export const findPaymentMethods = async (database: Database, agencyCode: string): Promise<readonly PaymentMethod[]> => {
  const rows = await queryInScope(database, everyAgency, (sql) => paymentMethods(sql, agencyCode))
  return rows as readonly unknown[] as readonly PaymentMethod[]
}

/** The statement of `findPaymentMethods`, for the scope of every agency. */
export const paymentMethods = (sql: Sql, agencyCode: string): Query => sql`
  select distinct on (account.provider) account.id, account.agency_code, account.provider, account.title, account.payee_account,
    breaker.open_until
  from merchant_accounts as account left join provider_breakers as breaker on breaker.merchant_account_id = account.id
  where account.status = 'active'
    and (account.agency_code = ${agencyCode} or starts_with(${agencyCode}, account.agency_code || '.'))
  order by account.provider, length(account.agency_code) desc, account.created_at desc, account.id desc`
