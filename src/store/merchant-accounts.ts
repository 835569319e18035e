/** Merchant accounts as their agency's administrators see them: within the caller's scope, and without opening their sealed keys. */
import type { Caller } from '../domain/access.ts'
import { type Database, inScope, type Query, type Rows, type Sql } from './database.ts'

export type MerchantAccountRow = {
  id: string
  agencyCode: string
  provider: string
  title: string
  status: 'active' | 'disabled'
  settings: Record<string, unknown>
  payeeAccount: { number: string; bank_bin: string; holder: string }
  /** Empty when the contract's tariff is not known. */
  providerFee: Record<string, unknown>
  cutoff: string
  settlementDays: number
  statementProfile: Record<string, unknown> | null
  createdAt: Date
}

export type KeyRow = {
  id: string
  sealed: Uint8Array
  createdAt: Date
  retiresAt: Date | null
  replacedAt: Date | null
  endedAt: Date | null
  lastUsedAt: Date | null
}

export type MerchantAccountChanges = Partial<
  Pick<
    MerchantAccountRow,
    'title' | 'status' | 'settings' | 'payeeAccount' | 'providerFee' | 'cutoff' | 'settlementDays' | 'statementProfile'
  >
>

export type WithKeys = MerchantAccountRow & { keys: readonly KeyRow[] }

/** The account with all its keys, newest first, if the caller's agency covers it; null otherwise. */
export const findMerchantAccount = async (database: Database, caller: Caller, id: string): Promise<WithKeys | null> => {
  const [accounts, keys] = await inScope(database, caller.agency, (sql) => [
    sql`select * from merchant_accounts where id = ${id}`,
    sql`select * from merchant_account_keys where merchant_account_id = ${id} order by created_at desc, id desc limit 50`,
  ])
  return withKeys(accounts ?? [], keys ?? [])[0] ?? null
}

/** The accounts after that id with their keys, in the order in which they were made. */
export const listMerchantAccounts = async (
  database: Database,
  caller: Caller,
  filter: { after: string | null; limit: number; agencyCode?: string | undefined; provider?: string | undefined },
): Promise<readonly WithKeys[]> => {
  const { after, limit, agencyCode = null, provider = null } = filter
  const page = (sql: Sql) => sql`
    select * from merchant_accounts
    where (${after}::text is null or id > ${after}) and (${agencyCode}::text is null or agency_code = ${agencyCode} or starts_with(agency_code, ${agencyCode} || '.'))
      and (${provider}::text is null or provider = ${provider})
    order by id limit ${limit}`
  const [accounts, keys] = await inScope(database, caller.agency, (sql) => [
    page(sql),
    sql`
      select * from merchant_account_keys where merchant_account_id in (select id from (${page(sql)}) as page)
      order by created_at desc, id desc`,
  ])
  return withKeys(accounts ?? [], keys ?? [])
}

/** Adds an account with its first key; `before` goes first in the same transaction. */
export const insertMerchantAccount = async (
  database: Database,
  caller: Caller,
  input: { account: MerchantAccountRow; key: KeyRow; before: (sql: Sql) => readonly Query[] },
): Promise<void> => {
  const { account, key, before } = input
  await inScope(database, caller.agency, (sql) => [
    ...before(sql),
    sql`insert into merchant_accounts ${sql(columnsOf(sql, account))}`,
    sql`insert into merchant_account_keys ${sql({ ...key, merchantAccountId: account.id, agencyCode: account.agencyCode })}`,
  ])
}

/** Changes an account. False when the caller's agency covers no such account. What it was until `now` is kept for reports as of then. */
export const updateMerchantAccount = async (
  database: Database,
  caller: Caller,
  { id, changes, now }: { id: string; changes: MerchantAccountChanges; now: Date },
): Promise<boolean> => {
  const [, rows] = await inScope(database, caller.agency, (sql) => [
    sql`
      insert into former_merchant_accounts (merchant_account_id, until, agency_code, provider_fee, cutoff, settlement_days, payee_account)
      select id, ${now}::timestamptz, agency_code, provider_fee, cutoff, settlement_days, payee_account from merchant_accounts where id = ${id} for update
      on conflict do nothing`,
    sql`update merchant_accounts set ${sql(columnsOf(sql, changes))} where id = ${id} returning id`,
  ])
  return rows?.length === 1
}

/**
 * Makes `key` the current one; the former serves until `retiresAt`, and so does, at the latest then, every other one. `endsAtOnce` ends all of them for good. Fails as a conflict (see isConflict)
 * when the current key is no longer `formerId`.
 */
export const replaceKey = async (
  database: Database,
  account: WithKeys,
  { key, formerId, retiresAt, endsAtOnce }: { key: KeyRow; formerId: string; retiresAt: Date; endsAtOnce: boolean },
): Promise<void> => {
  await inScope(database, account.agencyCode, (sql) => [
    sql`select id from merchant_accounts where id = ${account.id} for update`,
    sql`
      select lephi_expect(count(*), 1, 'current key') from merchant_account_keys
      where merchant_account_id = ${account.id} and id = ${formerId} and retires_at is null`,
    sql`
      update merchant_account_keys set retires_at = least(retires_at, ${retiresAt}::timestamptz),
        replaced_at = coalesce(replaced_at, ${key.createdAt}::timestamptz),
        ended_at = case when ${endsAtOnce} or retires_at <= ${key.createdAt} then coalesce(ended_at, ${key.createdAt}::timestamptz) else ended_at end
      where merchant_account_id = ${account.id}`,
    sql`insert into merchant_account_keys ${sql({ ...key, merchantAccountId: account.id, agencyCode: account.agencyCode })}`,
  ])
}

/** The driver writes an object as JSON only when it is told to. */
const columnsOf = (sql: Sql, given: MerchantAccountChanges) => {
  const { settings, payeeAccount, providerFee, statementProfile, ...plain } = given
  const json = Object.entries({ settings, payeeAccount, providerFee, statementProfile }).filter(
    ([, value]) => value !== undefined,
  )
  return {
    ...plain,
    ...Object.fromEntries(json.map(([name, value]) => [name, value === null ? null : sql.json(value as never)])),
  }
}

const withKeys = (accounts: Rows, keys: Rows): readonly WithKeys[] => {
  const byAccount = Map.groupBy(keys, (key) => String(key.merchantAccountId))
  const joined: readonly unknown[] = accounts.map((account) => ({
    ...account,
    keys: byAccount.get(String(account.id)) ?? [],
  }))
  return joined as readonly WithKeys[]
}
