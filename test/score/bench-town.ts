// The two sides of the benchmark: payments put into the database directly, and the settlement file that lists them. Both follow from a line's number alone;
// our references are in no order, as real ones are.

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { Sql } from '../../src/store/database.ts'
import { providerFeeOf, storedTariff, type Tariff } from './tariff.ts'

export const account = { id: 'mac_bench', agencyCode: 'H56' }
export const period = { from: '2026-11-01', to: '2026-11-30' }
export const tariff: Tariff = {
  basisPoints: 110,
  fixed: 0,
  minimum: 1_100,
  maximum: 55_000,
  vatBasisPoints: 1000,
  netted: true,
}

/** One line in so many has another amount, and one another provider fee; all others agree. */
const troubleEvery = 1_000

/** Seconds from the first to the last payment. */
const spanSeconds = 29 * 86_400
const firstAt = Date.parse('2026-11-01T00:10:00+07:00')

/** Orders are left out: nothing of a run reads them. Foreign keys are not checked on the way in. */
export const fillPayments = async (sql: Sql, count: number): Promise<void> => {
  await sql`insert into agencies (agency_code, name) values (${account.agencyCode}, 'Tỉnh')`
  await sql`
    insert into merchant_accounts (id, agency_code, provider, title, payee_account, provider_fee)
    values (${account.id}, ${account.agencyCode}, 'test', 'Benchmark', ${sql.json({ number: '1', bank_bin: '970436', holder: 'K' })}, ${sql.json(storedTariff(tariff))})`
  const at = `timestamptz '2026-11-01 00:10:00+07' + make_interval(secs => floor(i::numeric * ${spanSeconds} / ${count})::integer)`
  const amount = '10000 + (i::bigint * 7919 % 5000) * 1000'
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    // Filled row by row, indexes over what is in no order would take most of the time; they are made anew from the whole.
    const indexes = await tx<{ name: string; definition: string }[]>`
      select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
      where indrelid in ('attempts'::regclass, 'money_facts'::regclass) and not exists (select from pg_constraint where conindid = indexrelid)`
    for (const { name } of indexes) await tx.unsafe(`drop index ${name}`)
    await tx.unsafe(`
      insert into attempts (id, agency_code, order_id, merchant_account_id, provider, merchant_reference, status, amount, pays_order, amount_captured,
        provider_reference, payer_ip, created_at, expires_at, captured_at)
      select 'att_' || lpad(i::text, 26, '0'), '${account.agencyCode}', 'ord_' || lpad(i::text, 26, '0'), '${account.id}', 'test', 'LP' || substr(md5(i::text), 1, 12),
        'captured', ${amount}, true, ${amount}, (100000000 + i::bigint * 7)::text, '203.0.113.9', ${at}, ${at}, ${at}
      from generate_series(1, ${count}) as i`)
    await tx.unsafe(`
      insert into money_facts (id, agency_code, order_id, attempt_id, merchant_account_id, kind, reference, amount, source, code, occurred_at, received_at,
        sequence, business_day)
      select 'fct_' || lpad(i::text, 26, '0'), '${account.agencyCode}', 'ord_' || lpad(i::text, 26, '0'), 'att_' || lpad(i::text, 26, '0'), '${account.id}',
        'captured', (100000000 + i::bigint * 7)::text, ${amount}, 'callback', '00', ${at}, ${at}, 1, ((${at}) at time zone 'Asia/Ho_Chi_Minh')::date
      from generate_series(1, ${count}) as i`)
    for (const { definition } of indexes) await tx.unsafe(definition)
  })
  await sql.unsafe('vacuum analyze attempts')
  await sql.unsafe('vacuum analyze money_facts')
}

/** Writes the settlement file of those payments. */
export const writeFile = async (path: string, count: number): Promise<void> => {
  const stream = createWriteStream(path)
  let text =
    'line_type,occurred_at,merchant_reference,provider_reference,amount,provider_fee,net_amount,status,payout_reference,value_date\n'
  for (let number = 1; number <= count; number += 1) {
    text += `${rowOf(number, count)}\n`
    if (text.length < 1 << 18 && number < count) continue
    if (!stream.write(text)) await once(stream, 'drain')
    text = ''
  }
  stream.end()
  await once(stream, 'close')
}

const rowOf = (number: number, count: number): string => {
  const at = new Date(firstAt + Math.floor((number * spanSeconds) / count) * 1_000 + 7 * 3_600_000).toISOString()
  const due = 10_000 + ((number * 7_919) % 5_000) * 1_000
  const amount = number % troubleEvery === 1 ? due + 1_000 : due
  const fee = providerFeeOf(tariff, amount) + (number % troubleEvery === 2 ? 1 : 0)
  const day = at.slice(0, 10)
  const reference = `LP${createHash('md5').update(String(number)).digest('hex').slice(0, 12)}`
  return `capture,${at.slice(0, 19)}+07:00,${reference},${100_000_000 + number * 7},${amount},${fee},${amount - fee},success,PO-${day},${day}`
}
