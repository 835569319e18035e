// Two floors on the same server, with the same file and the same payments.
// The bare one is what anybody would write to load a file and compare it: no checks, no proof, no indexes, no evidence, no second run. The one by hand leaves what LePhi
// leaves: rows of the same columns in tables of the same indexes, each line with its hash and each item with class, both sides and proof. It is COPY and two plain
// statements, and knows that this file is whole: nothing is checked, nothing is sealed, and nothing that is left over is sought elsewhere.
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Sql } from '../../src/store/database.ts'
import { type CpuClock, spent } from './bench-cpu.ts'
import { account, tariff } from './bench-town.ts'
import type { Tariff } from './tariff.ts'

export type FloorTimes = {
  copySeconds: number
  /** The rest: of the bare floor one join, of the one by hand the two statements. */
  joinSeconds: number
  cpuSeconds: number | null
  rows: number
}

export const totalOf = ({ copySeconds, joinSeconds }: FloorTimes): number => copySeconds + joinSeconds

export const runFloor = async (sql: Sql, path: string, cpu: CpuClock): Promise<FloorTimes> => {
  await sql.unsafe('drop table if exists floor_line, floor_result')
  await sql.unsafe(`create table floor_line (${fileColumns('timestamptz')})`)
  const times = await timed(cpu, {
    copy: () => copyFile(sql, path, 'floor_line'),
    join: async () => {
      await sql`
        create table floor_result as
        select line.*, attempt.id as attempt_id, attempt.order_id, attempt.amount as amount_here, fact.business_day,
          case when attempt.id is null then 'missing_here' when attempt.status <> 'captured' then 'status_mismatch' when attempt.amount <> line.amount then 'amount_mismatch'
            else 'matched' end as class
        from floor_line as line
        left join attempts as attempt on attempt.merchant_account_id = ${account.id} and attempt.merchant_reference = line.merchant_reference
        left join money_facts as fact on fact.attempt_id = attempt.id and fact.kind = 'captured' and fact.reference = line.provider_reference`
    },
  })
  const [row] = await sql`select count(*)::int as rows from floor_result`
  return { ...times, rows: Number(row?.rows) }
}

const ids = { statement: `stm_${'0'.repeat(26)}`, run: `rec_${'0'.repeat(26)}`, item: `itm_${'0'.repeat(20)}` }

/** Answers also what it made of the lines, by class. */
export const runByHand = async (
  sql: Sql,
  path: string,
  cpu: CpuClock,
): Promise<FloorTimes & { classes: Record<string, number> }> => {
  await sql.unsafe('drop table if exists hand_file, hand_line, hand_item')
  await sql.unsafe(`create table hand_file (${fileColumns('text')})`)
  await sql.unsafe('create table hand_line (like statement_lines including all)')
  await sql.unsafe('create table hand_item (like reconciliation_items including all)')
  const times = await timed(cpu, {
    copy: () => copyFile(sql, path, 'hand_file'),
    join: () =>
      sql.begin(async (tx) => {
        // As a run has it, for both alike.
        await tx`select set_config('work_mem', '64MB', true)`
        await tx.unsafe(linesByHand)
        await tx.unsafe(itemsByHand(tariff))
      }),
  })
  const classes = await sql`select class, count(*)::int as count from hand_item group by class`
  const rows = classes.reduce((sum, { count }) => sum + Number(count), 0)
  await sql.unsafe('drop table hand_file, hand_line, hand_item')
  return { ...times, rows, classes: Object.fromEntries(classes.map((row) => [row.class, row.count])) }
}

const fileColumns = (time: string): string => `
  line_type text, occurred_at ${time}, merchant_reference text, provider_reference text, amount bigint, provider_fee bigint, net_amount bigint, status text,
  payout_reference text, value_date date`

const linesByHand = `
  insert into hand_line (statement_id, line, agency_code, merchant_account_id, source, line_type, occurred_at, business_day, merchant_reference, provider_reference,
    amount, provider_fee, net_amount, status, payout_reference, value_date, row_hash)
  select '${ids.statement}', 1 + row_number() over (), '${account.agencyCode}', '${account.id}', 'provider', line_type, occurred_at::timestamptz,
    (occurred_at::timestamptz at time zone '+07')::date, merchant_reference, provider_reference, amount, provider_fee, net_amount, status, payout_reference, value_date,
    encode(sha256(convert_to(concat_ws(E'\\x1f', line_type, occurred_at, merchant_reference, provider_reference, amount, provider_fee, net_amount, status,
      payout_reference, value_date), 'UTF8')), 'hex')
  from hand_file`

const itemsByHand = ({ basisPoints, fixed, minimum, maximum, vatBasisPoints }: Tariff): string => `
  insert into hand_item (id, agency_code, reconciliation_id, class, source, statement_id, line, attempt_id, order_id, merchant_reference, provider_reference,
    payout_reference, amount_here, amount_there, provider_fee_here, provider_fee_there, business_day, value_date, proof, capture_reference, expected_on)
  select '${ids.item}' || lpad(to_hex(line), 6, '0'), '${account.agencyCode}', '${ids.run}',
    case when fact.id is null then 'missing_here' when fact.amount <> line.amount then 'amount_mismatch' when line.fee_here <> line.provider_fee then 'fee_mismatch'
      else 'matched' end,
    'provider', line.statement_id, line.line, fact.attempt_id, fact.order_id, line.merchant_reference, line.provider_reference, line.payout_reference,
    fact.amount, line.amount, line.fee_here, line.provider_fee, line.business_day, line.value_date,
    ('{"rule":"reference+amount","hashes":["' || row_hash || '","' || encode(sha256(convert_to(concat_ws(E'\\n', fact.attempt_id, fact.reference, fact.amount,
      (extract(epoch from fact.occurred_at) * 1000)::bigint), 'UTF8')), 'hex') || '"]}')::jsonb,
    fact.reference, line.value_date
  from (
    select *, lephi_provider_fee(amount, ${basisPoints}, ${fixed}::bigint, ${minimum}::bigint, ${maximum}::bigint, ${vatBasisPoints}) as fee_here
    from hand_line offset 0) as line
  left join attempts as attempt on attempt.merchant_account_id = '${account.id}' and attempt.merchant_reference = line.merchant_reference
  left join money_facts as fact on fact.attempt_id = attempt.id and fact.kind = 'captured' and fact.reference = line.provider_reference`

const copyFile = async (sql: Sql, path: string, table: string): Promise<void> => {
  await pipeline(
    createReadStream(path, { highWaterMark: 1 << 18 }),
    await sql.unsafe(`copy ${table} from stdin (format csv, header true)`).writable(),
  )
  // The driver answers when it has sent the end; the next statement on another connection must not come before the rows are there.
  while (!(await isThere(sql, table))) await new Promise((resolve) => setTimeout(resolve, 5))
}

const isThere = async (sql: Sql, table: string): Promise<boolean> => {
  const [row] = await sql.unsafe(`select exists(select from ${table}) as is_there`)
  return row?.isThere === true
}

const timed = async (
  cpu: CpuClock,
  steps: { copy: () => Promise<unknown>; join: () => Promise<unknown> },
): Promise<Omit<FloorTimes, 'rows'>> => {
  const [begun, cpuBegun] = [performance.now(), cpu()]
  await steps.copy()
  const copied = performance.now()
  await steps.join()
  const [joined, cpuJoined] = [performance.now(), cpu()]
  return {
    copySeconds: (copied - begun) / 1_000,
    joinSeconds: (joined - copied) / 1_000,
    cpuSeconds: spent(cpuBegun, cpuJoined),
  }
}
