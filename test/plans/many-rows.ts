// Seven months of what a country once did: every row of the tables that grow, again for each day before, ended. Past triggers and foreign keys, as a replica works.
import type { Sql } from '../../src/store/database.ts'

/** Tables that stay small, and why; each other one must grow here, so that a new table is thought of. */
export const small: Readonly<Record<string, string>> = {
  agencies: 'one for each agency',
  catalogue_entries: 'as often as a list changes',
  clients: 'some for each agency',
  fee_schedules: 'as often as a fee changes',
  former_agencies: 'as often as an agency changes',
  former_merchant_accounts: 'as often as an account changes',
  job_leases: 'one for each job',
  ledger_seals: 'one a day for each province',
  legal_holds: 'as often as somebody lays a hand on something',
  lephi_migrations: 'one for each migration',
  merchant_account_keys: 'as often as a key changes',
  merchant_accounts: 'some for each agency',
  outgoing_hosts: 'as often as the list changes',
  provider_breakers: 'one for each account',
  receipt_series: 'one for each agency, year and kind',
  receipt_tries: 'only while an order waits for its receipt',
  retention_passes: 'one for each day and kind',
  signing_keys: 'as often as the key changes',
  statement_drafts: 'kept for a day',
  unsigned_reopenings: 'only until the process that reopened has signed',
  webhook_endpoints: 'some for each portal',
}

const days = 200
/** Where one order leaves many, so many are taken, so that none has more than some ten thousand in the end. The others are whole, since books must balance. */
const sampleMax = 60
const sampled = ['events', 'idempotency_keys', 'webhook_deliveries']
/** So many rows at least. */
const rowsMin = 6_500

/** How what is under way in the sample had ended. */
const ends: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  attempts: {
    status: `case when status = 'pending' then 'expired' else status end`,
    next_query_at: 'null',
    confirm_at: 'null',
  },
  callbacks: { verdict: `coalesce(verdict, 'recorded')` },
  discrepancies: {
    status: `'resolved'`,
    proposed_by: `coalesce(proposed_by, 'cli_maker')`,
    resolved_at: 'opened_at',
    resolved_by: `'cli_checker'`,
  },
  disputes: {
    status: `'closed'`,
    outcome: `coalesce(outcome, 'won')`,
    closed_at: 'coalesce(closed_at, opened_at)',
    closed_by: `coalesce(closed_by, 'cli_closer')`,
  },
  orders: {
    status: `case when status = 'open' then 'expired' else status end`,
    closed_at: 'coalesce(closed_at, created_at)',
    next_expiry_at: 'null',
    amount_paid: `case when status = 'paid' then greatest(amount, amount_paid) else amount_paid end`,
  },
  payer_words: { word: 'n || word' },
  quarantine: { status: `'dismissed'`, decided_at: 'opened_at', decided_by: `'cli_maker'` },
  refunds: {
    status: `case when status = 'succeeded' then status else 'rejected' end`,
    next_query_at: 'null',
    overdue_at: 'null',
  },
  staff_sessions: { ended_at: 'coalesce(ended_at, seen_at)' },
  tracing_cases: { status: `'closed'`, closed_at: 'opened_at', closed_by: `'cli_maker'` },
  webhook_deliveries: { status: `'delivered'`, delivered_at: 'created_at', next_attempt_at: 'null' },
}

/** Numbers that are given out in order: those of before are below those of now; receipts have a series of their own. */
const numbers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  events: { position: 'position - n * 1000000' },
  receipts: { serial: `serial || '~' || n` },
}

const named =
  /^(id|.*_id|.*reference|dossier_code|checkout_token|token|token_hash|content_hash|dedupe_key|subject|object|key|code|sha256|transfer_key|bounce_key|replaces|tracing_code|replay_of)$/
/** Things that were there then, too. */
const lasting = ['agency_code', 'merchant_account_id', 'webhook_endpoint_id', 'client_id', 'key_id']

type Column = { columnName: string; dataType: string; isIdentity: string }

/** Fills it, and lets PostgreSQL know how full it is. */
export const fillDays = async (sql: Sql): Promise<void> => {
  for (const name of await tablesOf(sql)) if (!(name in small) && name !== 'ledger_chain') await fill(sql, name)
  await chain(sql)
  await sql`update webhook_deliveries set status = 'delivered', delivered_at = created_at, next_attempt_at = null`
  await sql`vacuum analyze`
}

export const tablesOf = async (sql: Sql): Promise<string[]> => {
  const rows = await sql`
    select relname as name from pg_class
    where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace order by relname`
  return rows.map(({ name }) => String(name))
}

const fill = async (sql: Sql, table: string): Promise<void> => {
  const rows = await sql`
    select column_name, data_type, is_identity from information_schema.columns
    where table_schema = 'public' and table_name = ${table} and is_generated = 'NEVER' order by ordinal_position`
  const columns = rows.map(
    (row): Column => ({
      columnName: String(row.columnName),
      dataType: String(row.dataType),
      isIdentity: String(row.isIdentity),
    }),
  )
  const kept = columns.filter(({ isIdentity }) => isIdentity !== 'YES')
  const list = kept.map(({ columnName }) => `"${columnName}"`).join(', ')
  const values = kept.map((column) => earlier(table, column)).join(', ')
  const [count] = await sql`select count(*)::int as rows from ${sql(table)}`
  const times = Math.max(days, Math.ceil(rowsMin / Math.max(1, Number(count?.rows))))
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx.unsafe(`
      insert into "${table}" (${list})
      select ${values} from (select * from "${table}"${sampled.includes(table) ? ` limit ${sampleMax}` : ''}) as now cross join generate_series(1, ${times}) as n
      on conflict do nothing`)
  })
}

/** Every record of before has its place, below those of now. */
const chain = (sql: Sql) =>
  sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`
      insert into ledger_chain (agency_code, place, kind, record_id, leaf, hash, chained_at, number) overriding system value
      select agency_code, -row_number() over (order by id desc), kind, id, sha256(id::bytea), sha256(id::bytea), now() - interval '1 year', -row_number() over (order by id desc)
      from (
        select 'entry' as kind, id, agency_code from journal_entries union all select 'fact', id, agency_code from money_facts
        union all select 'event', id, agency_code from events where order_id is not null) as record
      where not exists (select from ledger_chain as chained where chained.kind = record.kind and chained.record_id = record.id)`
  })

const earlier = (table: string, { columnName, dataType }: Column): string => {
  const given = ends[table]?.[columnName] ?? numbers[table]?.[columnName]
  const moved = (value: string) => (dataType === 'date' ? `(${value}) - n` : `(${value}) - n * interval '1 day'`)
  if (given === 'null') return given
  if (dataType === 'date' || dataType.startsWith('timestamp')) return moved(given ?? `"${columnName}"`)
  if (given) return given
  const isNamed = dataType === 'text' && named.test(columnName) && !lasting.includes(columnName)
  // Ids sort by time: those of before stand below those of now.
  return isNamed ? `regexp_replace("${columnName}", '^([a-z]{3}_)01', '\\100') || '~' || n` : `"${columnName}"`
}
