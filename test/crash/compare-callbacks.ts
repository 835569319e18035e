// What the gateway has confirmed to providers: a callback that was confirmed is never told again, so it must be on record here with what was made of it.
import { z } from 'zod'
import type { Reader } from './books-here.ts'
import type { Kept } from './compare-promises.ts'
import type { ProviderSide } from './provider-side.ts'

const payment = z.looseObject({ deliveries: z.array(z.looseObject({ kind: z.string(), accepted: z.boolean() })) })

/** Each confirmed callback of a captured payment is stored with its verdict, which was written with the last commit that it led to. */
export const compareCallbacks = async (sql: Reader, providers: ProviderSide): Promise<Kept> => {
  const rows = await sql`
    select merchant_account_id || ' ' || claimed_reference as name, count(*)::int as count from callbacks
    where reading = 'genuine' and verdict is not null group by 1`
  const stored = new Map(rows.map((row) => [String(row.name), Number(row.count)]))
  const findings: string[] = []
  let confirmed = 0
  for (const { provider, kind, status, merchantAccountId, merchant_reference: reference } of providers.books()) {
    if (kind !== 'payment' || status !== 'success') continue
    const answer = await providers.ask(provider, `payments/${encodeURIComponent(reference)}`)
    const count = payment.parse(await answer.json()).deliveries.filter((each) => each.accepted).length
    confirmed += count
    const here = stored.get(`${merchantAccountId} ${reference}`) ?? 0
    if (here < count)
      findings.push(`${provider} ${reference}: ${count} callbacks were confirmed, ${here} are on record`)
  }
  return { findings, counts: { 'confirmed callbacks': confirmed } }
}
