/** What an error of the database says: of the work, of the hour, or of the line to the server. */
import postgres from 'postgres'

/** What a connection error says: see isConnectionError. */
export const connectionError = (code: `CONNECTION_${string}`, message: string): Error =>
  Object.assign(new Error(message), { code })

/**
 * True when the connection broke: whether the statements took effect is not known. The driver names most ways itself; a reset of the line comes under the
 * system's own name (ECONNRESET, EPIPE), and nothing else follows it.
 */
export const isConnectionError = (error: unknown): boolean =>
  error instanceof Error &&
  !(error instanceof postgres.PostgresError) &&
  'code' in error &&
  /^(CONNECTION_\w+|CONNECT_\w+|E[A-Z]+|ERR_(STREAM|SOCKET)_\w+)$/.test(String(error.code))

/** The SQLSTATE and constraint of a database error; null for anything else. */
export const databaseError = (error: unknown): { code: string; constraint: string | null } | null => {
  if (!(error instanceof postgres.PostgresError)) return null
  return { code: error.code, constraint: error.constraint_name ?? null }
}

/** The database's SQLSTATE where there is one. */
const stateOf = (error: unknown): string => databaseError(error)?.code ?? ''

/**
 * True when the server takes no writes: it is a standby, for example one that was the primary a moment ago. Another connection may lead to another server (PostgreSQL manual,
 * appendix A: 25006, read_only_sql_transaction).
 */
export const isReadOnly = (error: unknown): boolean => stateOf(error) === '25006'

/**
 * True when there is no database for this work now: the line broke, the server goes down, comes up, is full, lacks memory or room, or takes no writes, or the statement took too long
 * (PostgreSQL manual, appendix A: classes 08 and 53, 25006, 55P03, 57014, 57P01 to 57P03, and of sessions that the server has ended 25P03 and 57P05).
 */
export const isUnavailable = (error: unknown): boolean =>
  isConnectionError(error) || /^(?:08|53|25006$|25P03$|55P03$|57014$|57P0)/.test(stateOf(error))

/**
 * True when an error says something of the hour and nothing of the work: the connection broke, the server goes down, is full, lacks memory or takes no writes, somebody else came first
 * (PostgreSQL manual, appendix A: classes 08, 40, 53, and 25006, 55P03, 57P01 to 57P03). A statement that took too long would take too long again.
 */
export const isPassing = (error: unknown): boolean =>
  isConnectionError(error) || /^(?:08|40|53|25006$|55P03$|57P0)/.test(stateOf(error))

/**
 * True when somebody who asks for a connection is told how the one before ended: the driver keeps the server's last word until the next connection is ready, and gives it to whoever waits for
 * that one (postgres.js 3.4.9: `errorResponse` outlives `closed`). Nothing was sent for him, and the connection is good.
 */
export const isLeftOver = (error: unknown): boolean =>
  error instanceof postgres.PostgresError && error.severity === 'FATAL' && /^(?:57P0[125]|25P03)$/.test(error.code)

/** True when somebody else changed the row first, so that the work must start again from a fresh reading. */
export const isConflict = (error: unknown): boolean => ['40001', '40P01'].includes(stateOf(error))

/** True when this unique index already holds the row. */
export const isDuplicate = (error: unknown, constraint: string): boolean => {
  const found = databaseError(error)
  return found?.code === '23505' && found.constraint === constraint
}
