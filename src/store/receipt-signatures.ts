/** What was signed of receipts: kept with the receipt at its issue; once later for those of before. */
import type { Receipt, SignedReceipt } from '../domain/receipt.ts'
import { type Database, everyAgency, inScope, queryInScope } from './database.ts'
import { readReceipts } from './receipts.ts'

/** What the events of an order told of the issue of its receipts. */
export const findIssuedEvents = async (
  database: Database,
  orderId: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select data from events where subject_id = ${orderId} and type = 'receipt.issued' order by sequence`,
  )
  return rows.map((row) => row.data as Record<string, unknown>)
}

/** Keeps the signatures of a receipt that has none yet, and answers those that it has then; null when there is no such receipt. */
export const keepSignatures = async (
  database: Database,
  { id, proof, signature }: SignedReceipt,
): Promise<{ proof: string; signature: string } | null> => {
  const results = await inScope(database, everyAgency, (sql) => [
    sql`update receipts set proof = ${proof}, signature = ${signature} where id = ${id} and proof is null and signature is null`,
    sql`select proof, signature from receipts where id = ${id}`,
  ])
  const [row] = results[1] ?? []
  return row ? { proof: String(row.proof), signature: String(row.signature) } : null
}

/** Of the receipts that have a signature, the last that was issued a day before this one (clocks of processes differ by hours), and that of the last number before its own. */
export const findSignedBefore = async (
  database: Database,
  { agencyCode, serial, number, issuedAt }: Receipt,
): Promise<readonly Receipt[]> =>
  readReceipts(
    await queryInScope(
      database,
      everyAgency,
      (sql) => sql`
        (select * from receipts where agency_code = ${agencyCode} and serial = ${serial} and number < ${number} and signature is not null
          order by number desc limit 1)
        union all
        (select * from receipts where issued_at < ${issuedAt}::timestamptz - interval '1 day' and signature is not null order by issued_at desc, id desc limit 1)`,
    ),
  )

/** Receipts without signatures behind `after`, at most `limit`, by id. */
export const listUnsigned = async (
  database: Database,
  { after, limit }: { after: string; limit: number },
): Promise<readonly Receipt[]> =>
  readReceipts(
    await queryInScope(
      database,
      everyAgency,
      (sql) => sql`select * from receipts where proof is null and id > ${after} order by id limit ${limit}`,
    ),
  )
