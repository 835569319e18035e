/** Several readings of one instant: what is committed meanwhile is not seen. For background work and closes, never on a hot path. */
import { inLine, noConnection } from './connection-line.ts'
import { type Database, everyAgency, openTransaction } from './database.ts'
import type { Transaction } from './transaction.ts'

const readingTimeout = '10min'

/** Reads as every agency, so whoever calls has made sure that the caller may know. */
export const inSnapshot = async <Result>(
  database: Database,
  read: (sql: Transaction) => Promise<Result>,
): Promise<Result> => {
  const result = await inLine(database.line, (arrived) => begin(database, read, arrived))
  return (result as { value: Result }).value
}

const begin = <Result>(
  database: Database,
  read: (sql: Transaction) => Promise<Result>,
  arrived: () => boolean,
): Promise<unknown> =>
  database.sql.begin('isolation level repeatable read', async (sql) => {
    if (!arrived()) throw noConnection('nobody waits for it any more')
    const patient = { eachTransaction: { ...database.eachTransaction, statement_timeout: readingTimeout } }
    await openTransaction(patient, sql, everyAgency)
    return { value: await read(sql) }
  })
