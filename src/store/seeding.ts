/** Writes a province that others know beforehand: the demo's. Adds what is missing and leaves alone what people have changed since. */
import type { ScheduleEntry } from '../domain/fee-schedule.ts'
import type { FeeKind, PayeeAccount } from '../domain/order-facts.ts'
import { type Database, everyAgency, inScope, type Query, type Sql } from './database.ts'

/** Without a tax code an agency issues no receipts. */
export type SeededAgency = { agencyCode: string; parentCode: string | null; name: string; taxCode: string }

export type SeededFee = ScheduleEntry & {
  id: string
  agencyCode: string
  name: string
  kind: FeeKind
  budgetItem: string | null
  legalBasis: string | null
}

export type SeededAccount = {
  id: string
  agencyCode: string
  provider: string
  title: string
  /** Readable members of the account. They are set anew each time: they hold addresses, which move with the gateway. */
  settings: Readonly<Record<string, string>>
  payeeAccount: PayeeAccount
  providerFee: Readonly<Record<string, number | boolean>>
  cutoff: string
  settlementDays: number
  key: { id: string; sealed: Uint8Array }
}

export type SeededClient = {
  id: string
  agencyCode: string
  name: string
  scopes: readonly string[]
  secretHash: string
}

export type Province = {
  agencies: readonly SeededAgency[]
  fees: readonly SeededFee[]
  accounts: readonly SeededAccount[]
  clients: readonly SeededClient[]
  at: Date
}

/** Writes all of it in one transaction. Running it again changes nothing but the settings of the accounts. */
export const seedProvince = async (
  database: Database,
  { agencies, fees, accounts, clients, at }: Province,
): Promise<void> => {
  await inScope(database, everyAgency, (sql) => [
    ...agencies.map(
      (agency) => sql`
        insert into agencies ${sql({ ...agency, createdAt: at })}
        on conflict (agency_code) do update set tax_code = excluded.tax_code where agencies.tax_code is null`,
    ),
    ...(fees.length > 0
      ? [sql`insert into fee_schedules ${sql(fees.map((fee) => ({ ...fee, createdAt: at })))} on conflict do nothing`]
      : []),
    ...accounts.flatMap((account) => accountQueries(sql, account, at)),
    ...clients.map(
      (client) =>
        sql`insert into clients ${sql({ ...client, scopes: [...client.scopes], createdAt: at })} on conflict do nothing`,
    ),
  ])
}

const accountQueries = (sql: Sql, { key, ...account }: SeededAccount, at: Date): Query[] => {
  const row = {
    ...account,
    settings: sql.json(account.settings),
    payeeAccount: sql.json(account.payeeAccount),
    providerFee: sql.json(account.providerFee),
    createdAt: at,
  }
  const { agencyCode, id: merchantAccountId } = account
  return [
    sql`
      insert into merchant_accounts ${sql(row)}
      on conflict (id) do update set settings = merchant_accounts.settings || excluded.settings
      where merchant_accounts.settings is distinct from merchant_accounts.settings || excluded.settings`,
    sql`
      insert into merchant_account_keys ${sql({ ...key, agencyCode, merchantAccountId, createdAt: at })}
      on conflict do nothing`,
  ]
}
