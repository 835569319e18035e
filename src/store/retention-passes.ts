/** What was erased when, by kind: a row for each kind of a pass that found something, and one for each month that went as a whole (months.ts); rows are only added. */
import type { RetentionKind } from '../domain/retention.ts'
import { type Database, everyAgency, queryInScope } from './database.ts'

export type RetentionPass = {
  id: string
  at: Date
  kind: RetentionKind
  /** What is from before then had been kept long enough. */
  cutoff: Date
  /** What had come to its time, and how much of that was held back or erased. */
  due: number
  held: number
  erased: number
}

export const insertRetentionPass = async (database: Database, pass: RetentionPass): Promise<void> => {
  await queryInScope(database, everyAgency, (sql) => sql`insert into retention_passes ${sql(pass)}`)
}

/** A page, newest first, before the id `before`. They tell of the whole system and of nobody in it. */
export const listRetentionPasses = async (
  database: Database,
  { before, limit }: { before: string | null; limit: number },
): Promise<readonly RetentionPass[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select * from retention_passes where true ${before ? sql`and id < ${before}` : sql``} order by id desc limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly RetentionPass[]
}
