/**
 * The connection to PostgreSQL and the one way to use it: a unit of work. All statements of a unit are sent at once, in one transaction that
 * first sets the caller's agency subtree for row-level security, so that a unit costs a single round trip however many statements it has.
 */
import postgres from 'postgres'
import { type ConnectionLine, inLine, noConnection, takeConnection } from './connection-line.ts'
import { refuseUnwritable } from './writable.ts'

/** Amounts come back as bigint; column names as camelCase. */
type Types = { bigint: bigint; day: string }
export type Sql = postgres.Sql<Types>
export type Query = postgres.PendingQuery<postgres.Row[]>
/** A piece of SQL to put into another statement. */
export type Fragment = postgres.Fragment
export type Rows = readonly postgres.Row[]
/** What makes pieces of SQL, within a transaction or without one. */
export type Tag = (
  text: TemplateStringsArray,
  ...values: readonly postgres.ParameterOrFragment<Types[keyof Types]>[]
) => Fragment

export type DatabaseOptions = {
  url: string
  /** Connections at most. */
  max: number
  /** The role that the gateway works as; null when the URL's own user is that role already. */
  role: string | null
  /** False behind a pooler that cannot keep prepared statements. */
  prepare?: boolean
  /** `transaction`: a pooler lends a connection for one transaction, and keeps nothing of what this side has asked for, nor any statement that it has prepared. */
  pooler?: Pooler | null
  /** When the server breaks a statement off: half a minute unless given. A unit of work that may take longer says so itself. */
  statementTimeoutMs?: number
  /** When it ends a transaction in which nothing happens: half a minute unless given. */
  idleInTransactionMs?: number
  /** How long a caller waits for a connection: half a minute unless given. */
  waitMs?: number
  /** How many wait at most, so that what cannot be served does not fill the memory. */
  waitersMax?: number
}

export type Pooler = 'transaction'

export type Database = {
  sql: Sql
  line: ConnectionLine
  /** What each transaction sets for itself, behind a pooler. Absent: the connection has it since it began. */
  eachTransaction?: Readonly<Record<string, string>>
  close: () => Promise<void>
}

/** The scope of the gateway's own jobs: every agency. */
export const everyAgency = '*'

/** Opens a pool. Nothing is sent until the first unit of work. */
export const openDatabase = (options: DatabaseOptions): Database => {
  const limits = limitsOf(options)
  const isPooled = options.pooler === 'transaction'
  const sql = postgres(options.url, {
    max: options.max,
    prepare: options.prepare ?? !isPooled,
    idle_timeout: 60,
    connect_timeout: 10,
    // The driver's own goes up to 20 s, and counts failures since the start, of all connections together: a database that is back would be asked for nothing all that time.
    backoff: (failures) => Math.min(3 ** failures / 100, 1),
    onnotice: () => undefined,
    types: {
      bigint: postgres.BigInt,
      // A date is a business day, kept as the text yyyy-MM-dd: as a Date it would move with the time zone of the process.
      day: { to: 1082, from: [1082], serialize: (day: string) => day, parse: (day: string) => day },
    },
    transform: { undefined: null, column: { from: postgres.toCamel, to: postgres.fromCamel } },
    // PgBouncer hands these two on to whichever connection it lends, and refuses the rest (its manual, ignore_startup_parameters).
    connection: { application_name: 'lephi', TimeZone: 'UTC', ...(isPooled ? {} : limits) },
  })
  const line = { waitMs: options.waitMs ?? 30_000, waitersMax: options.waitersMax ?? 1_000, waiting: 0 }
  return { sql, line, ...(isPooled ? { eachTransaction: limits } : {}), close: () => sql.end({ timeout: 5 }) }
}

const limitsOf = (options: DatabaseOptions): Record<string, string> => ({
  statement_timeout: String(options.statementTimeoutMs ?? 30_000),
  lock_timeout: '5000',
  idle_in_transaction_session_timeout: String(options.idleInTransactionMs ?? 30_000),
  ...(options.role ? { role: options.role } : {}),
})

/**
 * Runs statements that are all known beforehand as one transaction in one round trip. Answers the rows of each, in order. The first error
 * undoes all of them and is thrown.
 */
export const inScope = async (
  database: Database,
  agency: string,
  build: (sql: Sql) => readonly Query[],
): Promise<Rows[]> => {
  const connection = await takeConnection(database.sql, database.line)
  let isLost = false
  try {
    // A statement is sent when it is first waited for, so until here nothing was.
    const queries = build(connection)
    refuseUnwritable(queries)
    const begun = connection`begin`
    const scoped = openTransaction(database, connection, agency)
    const ended = connection`commit`
    return (await settleAll([begun, scoped, ...queries, ended])).slice(2, -1)
  } catch (error) {
    isLost = isConnectionError(error)
    throw error
  } finally {
    // A connection that broke has left the pool by itself; giving it back would hand a dead socket to the next caller.
    if (!isLost) connection.release()
  }
}

/** The first statement of every transaction: it enters the scope, with everything else that only lasts as long as the transaction. */
export const openTransaction = (
  { eachTransaction }: Pick<Database, 'eachTransaction'>,
  sql: postgres.ISql<Types>,
  agency: string,
): Query => {
  if (!eachTransaction) return enterScope(sql, agency)
  const settings = { ...eachTransaction, 'lephi.agency': agency }
  return sql`
    select set_config(name, value, true)
    from unnest(${Object.keys(settings)}::text[], ${Object.values(settings)}::text[]) as setting (name, value)`
}

/** The statement that makes the rest of a transaction see and write the rows of that scope. */
export const enterScope = (sql: postgres.ISql<Types>, agency: string): Query =>
  sql`select set_config('lephi.agency', ${agency}, true)`

/**
 * Waits until every statement has ended, and throws the first error. When the connection breaks, statements that were not sent yet would wait for ever, so
 * that error does not wait for them.
 */
export const settleAll = async (queries: readonly PromiseLike<Rows>[]): Promise<Rows[]> => {
  const answers = queries.map(async (query) => query)
  const broken = new Promise<never>((_, reject) => {
    for (const answer of answers) answer.catch((error: unknown) => isConnectionError(error) && reject(error))
  })
  const settled = await Promise.race([Promise.allSettled(answers), broken])
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

/** Runs one statement in a scope and answers its rows. */
export const queryInScope = async (database: Database, agency: string, build: (sql: Sql) => Query): Promise<Rows> => {
  const [rows] = await inScope(database, agency, (sql) => [build(sql)])
  return rows ?? []
}

/** A transaction whose later statements depend on earlier answers; for background work, never on a hot path. */
export const interactively = async <Result>(
  database: Database,
  agency: string,
  work: (sql: postgres.TransactionSql<Types>) => Promise<Result>,
): Promise<Result> => {
  let isBegun = false
  const attempt = () =>
    inLine(database.line, (arrived) => {
      const noteArrival = () => {
        isBegun = true
        return arrived()
      }
      return begin(database, { agency, work, end: { isOver: false }, arrived: noteArrival })
    })
  try {
    return (await attempt()).value
  } catch (error) {
    if (isBegun || !isLeftOver(error)) throw error
    return (await attempt()).value
  }
}

type Begun<Result> = {
  agency: string
  work: (sql: postgres.TransactionSql<Types>) => Promise<Result>
  end: TransactionEnd
  arrived: () => boolean
}

const begin = <Result>(
  database: Database,
  { agency, work, end, arrived }: Begun<Result>,
): Promise<{ value: Result }> => {
  const begun = database.sql.begin(async (sql) => {
    if (!arrived()) throw noConnection('nobody waits for it any more')
    try {
      await openTransaction(database, sql, agency)
      const value = await work(whileOpen(sql, end))
      if (!end.isOver) return { value }
    } catch (error) {
      await closing(error, end)
      if (!end.isOver) throw error
    }
    // The transaction has ended with its connection, and whoever waits for it has been told. The driver would send a rollback or a commit after it
    // (postgres.js 3.4.9: `nextWrite` falls over the socket that is gone, outside of any promise, and ends the process), so this is never answered.
    return new Promise<never>(() => undefined)
  })
  begun.catch(() => {
    end.isOver = true
  })
  return begun as Promise<{ value: Result }>
}

type TransactionEnd = { isOver: boolean }

/** The transaction's own `sql` for as long as there is a connection; throws a connection error behind that. */
const whileOpen = <Tx extends postgres.TransactionSql<Types>>(sql: Tx, end: TransactionEnd): Tx => {
  const refuse = () => {
    if (end.isOver)
      throw Object.assign(new Error('the connection of the transaction is gone'), { code: 'CONNECTION_CLOSED' })
  }
  return new Proxy(sql, {
    apply: (target, self, args) => {
      refuse()
      return Reflect.apply(target, self, args)
    },
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        refuse()
        return Reflect.apply(member, target, args)
      }
    },
  })
}

/** Waits until the connection is gone, where an error says that it goes: the server tells a statement first (57P01 to 57P03), and closes after that. */
const closing = async (error: unknown, end: TransactionEnd): Promise<void> => {
  const isGoing = isConnectionError(error) || /^57P0/.test(databaseError(error)?.code ?? '')
  for (let waited = 0; !end.isOver && waited < (isGoing ? closingMs : 1); waited += 10) {
    await new Promise((resolve) => setTimeout(resolve, isGoing ? 10 : 0))
  }
}
const closingMs = 2_000

/**
 * True when the connection broke: whether the statements took effect is not known. The driver names most ways itself; a reset of the line comes under the
 * system's own name (ECONNRESET, EPIPE), and nothing else follows it.
 */
export const isConnectionError = (error: unknown): boolean =>
  error instanceof Error &&
  !(error instanceof postgres.PostgresError) &&
  'code' in error &&
  /^(CONNECTION_\w+|E[A-Z]+|ERR_(STREAM|SOCKET)_\w+)$/.test(String(error.code))

/** The SQLSTATE and constraint of a database error; null for anything else. */
export const databaseError = (error: unknown): { code: string; constraint: string | null } | null => {
  if (!(error instanceof postgres.PostgresError)) return null
  return { code: error.code, constraint: error.constraint_name ?? null }
}

/**
 * True when an error says something of the hour and nothing of the work: the connection broke, the server goes down, is full or lacks memory, somebody else came first
 * (PostgreSQL manual, appendix A: classes 08, 40, 53, and 55P03, 57P01 to 57P03).
 */
export const isPassing = (error: unknown): boolean =>
  isConnectionError(error) || /^(?:08|40|53|55P03$|57P0)/.test(databaseError(error)?.code ?? '')

/**
 * True when somebody who asks for a connection is told how the one before ended: the driver keeps the server's last word until the next connection is ready, and gives it to whoever waits for
 * that one (postgres.js 3.4.9: `errorResponse` outlives `closed`). Nothing was sent for him, and the connection is good.
 */
const isLeftOver = (error: unknown): boolean =>
  error instanceof postgres.PostgresError && error.severity === 'FATAL' && /^(?:57P0[125]|25P03)$/.test(error.code)

/** True when somebody else changed the row first, so that the work must start again from a fresh reading. */
export const isConflict = (error: unknown): boolean => ['40001', '40P01'].includes(databaseError(error)?.code ?? '')

/** True when this unique index already holds the row. */
export const isDuplicate = (error: unknown, constraint: string): boolean => {
  const found = databaseError(error)
  return found?.code === '23505' && found.constraint === constraint
}
