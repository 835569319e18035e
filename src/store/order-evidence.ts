/** What an order's money rests on: its entries with their places in the sealed ledger, what sources told, and the callbacks that named it. */
import type { StoredCallback } from './callbacks.ts'
import { type Database, everyAgency, inScope, queryInScope } from './database.ts'

export type OrderEntry = {
  id: string
  kind: string
  subject: string | null
  orderId: string | null
  attemptId: string | null
  refundId: string | null
  factId: string | null
  memo: string | null
  businessDay: string
  occurredAt: Date
  postedAt: Date
  postings: readonly EntryPosting[]
  /** Null until the entry has its place in the chain. */
  place: bigint | null
  leaf: Uint8Array | null
  sealedOn: string | null
}

/** Amounts are text: in JSON they may have more digits than a number of ours. */
export type EntryPosting = { line: number; account: string; merchant_account: string; amount: string }

/**
 * A page of an order's entries behind the id `after`, in the order of their writing, with those of its discrepancies; null when the scope holds no such order. The chain
 * is the whole province's, so places are read beyond the scope, of entries that the scope has.
 */
export const listOrderEntries = async (
  database: Database,
  scope: string,
  { orderId, after, limit }: { orderId: string; after: string; limit: number },
): Promise<readonly OrderEntry[] | null> => {
  const [orders = [], rows = []] = await inScope(database, scope, (sql) => [
    sql`select from orders where id = ${orderId}`,
    sql`
      select entry.id, kind, subject, order_id, attempt_id, refund_id, fact_id, memo, business_day, occurred_at, posted_at,
        (select json_agg(json_build_object('line', line_no, 'account', account, 'merchant_account', merchant_account_id, 'amount', amount::text) order by line_no)
          from postings where entry_id = entry.id) as postings
      from (
        select * from journal_entries where order_id = ${orderId}
        union
        select * from journal_entries where subject = any(array(select 'discrepancy:' || id from discrepancies where order_id = ${orderId}))) as entry
      where entry.id > ${after}
      order by entry.id limit ${limit}`,
  ])
  if (orders.length === 0) return null
  const places = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select record_id, place, leaf, (select day from ledger_seals as seal where seal.agency_code = chain.agency_code
        and chain.place between first_place and last_place order by day limit 1) as sealed_on
      from ledger_chain as chain where kind = 'entry' and record_id = any(${rows.map(({ id }) => String(id))})`,
  )
  const placeOf = new Map(places.map((row) => [String(row.recordId), row]))
  return rows.map((row) => {
    const { place = null, leaf = null, sealedOn = null } = placeOf.get(String(row.id)) ?? {}
    return { ...(row as Omit<OrderEntry, 'place' | 'leaf' | 'sealedOn'>), place, leaf, sealedOn }
  })
}

export type ToldFact = {
  kind: string
  attemptId: string
  refundId: string | null
  merchantAccountId: string
  reference: string
  amount: bigint
  source: string
  code: string
  occurredAt: Date
  receivedAt: Date
}

/** Facts of one order that are shown at most. */
const factsMax = 200

/** What sources told of an order's money, in the order of its coming, and its names at providers; null when the scope holds no such order. */
export const findOrderNames = async (
  database: Database,
  scope: string,
  orderId: string,
): Promise<{ names: readonly { account: string; reference: string }[]; facts: readonly ToldFact[] } | null> => {
  const [orders = [], names = [], facts = []] = await inScope(database, scope, (sql) => [
    sql`select from orders where id = ${orderId}`,
    sql`
      select merchant_account_id as account, merchant_reference as reference from attempts where order_id = ${orderId}
      union select merchant_account_id, merchant_reference from refunds where order_id = ${orderId}`,
    sql`
      select kind, attempt_id, refund_id, merchant_account_id, reference, amount, source, code, occurred_at, received_at
      from money_facts where order_id = ${orderId} order by sequence limit ${factsMax}::integer`,
  ])
  if (orders.length === 0) return null
  return {
    names: names as readonly unknown[] as readonly { account: string; reference: string }[],
    facts: facts as readonly unknown[] as readonly ToldFact[],
  }
}

export type NamingCallback = StoredCallback & { replayOf: string | null }

/** Callbacks that claim one of these names, whoever's account they came to, behind the id `after`: whoever asks has been seen to hold the order. */
export const callbacksNaming = async (
  database: Database,
  names: readonly { account: string; reference: string }[],
  { after, limit }: { after: string; limit: number },
): Promise<readonly NamingCallback[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select callbacks.* from callbacks
      join unnest(${names.map(({ account }) => account)}::text[], ${names.map(({ reference }) => reference)}::text[]) as named (account, reference)
        on named.reference = claimed_reference and named.account = merchant_account_id
      where id > ${after} order by id limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly NamingCallback[]
}
