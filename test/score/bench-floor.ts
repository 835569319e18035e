// The floor: what anybody would write by hand to load the same file and compare it with the same payments, on the same server. No checks, no proof, no indexes,
// no evidence, no second run: COPY, and one join that writes a row for each line.
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Sql } from '../../src/store/database.ts'
import { type CpuClock, spent } from './bench-cpu.ts'
import { account } from './bench-town.ts'

export type FloorTimes = { copySeconds: number; joinSeconds: number; cpuSeconds: number | null; rows: number }

export const runFloor = async (sql: Sql, path: string, cpu: CpuClock): Promise<FloorTimes> => {
  await sql.unsafe('drop table if exists floor_line, floor_result')
  await sql.unsafe(`
    create table floor_line (line_type text, occurred_at timestamptz, merchant_reference text, provider_reference text, amount bigint, provider_fee bigint,
      net_amount bigint, status text, payout_reference text, value_date date)`)
  const [begun, cpuBegun] = [performance.now(), cpu()]
  await pipeline(
    createReadStream(path, { highWaterMark: 1 << 18 }),
    await sql.unsafe('copy floor_line from stdin (format csv, header true)').writable(),
  )
  // The driver answers when it has sent the end; the next statement on another connection must not come before the rows are there.
  while (!(await isThere(sql))) await new Promise((resolve) => setTimeout(resolve, 5))
  const copied = performance.now()
  await sql`
    create table floor_result as
    select line.*, attempt.id as attempt_id, attempt.order_id, attempt.amount as amount_here, fact.business_day,
      case when attempt.id is null then 'missing_here' when attempt.status <> 'captured' then 'status_mismatch' when attempt.amount <> line.amount then 'amount_mismatch'
        else 'matched' end as class
    from floor_line as line
    left join attempts as attempt on attempt.merchant_account_id = ${account.id} and attempt.merchant_reference = line.merchant_reference
    left join money_facts as fact on fact.attempt_id = attempt.id and fact.kind = 'captured' and fact.reference = line.provider_reference`
  const [joined, cpuJoined] = [performance.now(), cpu()]
  const [row] = await sql`select count(*)::int as rows from floor_result`
  return {
    copySeconds: (copied - begun) / 1_000,
    joinSeconds: (joined - copied) / 1_000,
    cpuSeconds: spent(cpuBegun, cpuJoined),
    rows: Number(row?.rows),
  }
}

const isThere = async (sql: Sql): Promise<boolean> => {
  const [row] = await sql`select exists(select from floor_line) as is_there`
  return row?.isThere === true
}
