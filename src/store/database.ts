/**
 * The connection to PostgreSQL and the one way to use it: a unit of work. All statements of a unit are sent at once, in one transaction that
 * first sets the caller's agency subtree for row-level security, so that a unit costs a single round trip however many statements it has.
 */
import postgres from 'postgres'
import { type ConnectionLine, inLine, noConnection, takeConnection } from './connection-line.ts'
import { connectionError, databaseError, isConnectionError, isLeftOver, isReadOnly } from './database-errors.ts'
import { type Hearing, hear, startHearing, whileHeard } from './silence.ts'
import { refuseUnwritable } from './writable.ts'

export {
  databaseError,
  isConflict,
  isConnectionError,
  isDuplicate,
  isPassing,
  isUnavailable,
} from './database-errors.ts'

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
  /** After so long without a word of the server no unit waits for it; for ever unless given. Longer than a statement may take. */
  silenceMs?: number
}

export type Pooler = 'transaction'

export type Database = {
  /** The pool of now. */
  readonly sql: Sql
  line: ConnectionLine
  /** What each transaction sets for itself, behind a pooler. Absent: the connection has it since it began. */
  eachTransaction?: Readonly<Record<string, string>>
  hearing: Hearing
  doubts: Doubts
  /** What each unit of inScope asks its own connection first: a name may lead every connection to another server. Absent: nothing. */
  proviso?: Proviso
  /** Puts a new pool in the place of this one, should it be the one of now still. */
  renew: (spoilt: Sql) => void
  close: () => Promise<void>
}

/** Commits of which the server has said that no standby may have them: they stand, and are gone if this server is. */
type Doubts = { count: number }

/** One row with a column `holds`. */
export type Proviso = (sql: Sql) => Query

/** The same pool, of which no unit is answered by a server that the proviso does not hold for: it throws a connection error then. */
export const withProviso = (database: Database, proviso: Proviso): Database => ({
  ...database,
  get sql() {
    return database.sql
  },
  proviso,
})

/** The scope of the gateway's own jobs: every agency. */
export const everyAgency = '*'

/** Opens a pool. Nothing is sent until the first unit of work. */
export const openDatabase = (options: DatabaseOptions): Database => {
  const doubts = { count: 0 }
  const line = { waitMs: options.waitMs ?? 30_000, waitersMax: options.waitersMax ?? 1_000, waiting: 0 }
  const limits = limitsOf(options)
  let sql = openPool(options, limits, doubts)
  return {
    get sql() {
      return sql
    },
    line,
    ...(isPooled(options) ? { eachTransaction: limits } : {}),
    hearing: startHearing(options.silenceMs ?? null),
    doubts,
    renew: (spoilt) => {
      if (sql !== spoilt) return
      sql = openPool(options, limits, doubts)
      // What is under way on the old one has the time of a statement to come to its end.
      void spoilt.end({ timeout: Number(limits.statement_timeout) / 1_000 + 1 })
    },
    close: () => sql.end({ timeout: 5 }),
  }
}

const isPooled = (options: DatabaseOptions): boolean => options.pooler === 'transaction'

const openPool = (options: DatabaseOptions, limits: Readonly<Record<string, string>>, doubts: Doubts): Sql =>
  postgres(options.url, {
    max: options.max,
    prepare: options.prepare ?? !isPooled(options),
    idle_timeout: 60,
    connect_timeout: 10,
    // The driver's own goes up to 20 s, and counts failures since the start, of all connections together: a database that is back would be asked for nothing all that time.
    backoff: (failures) => Math.min(3 ** failures / 100, 1),
    // The only word of a wait for the standby that was broken off: the commit itself is answered as if all were well (PostgreSQL 15 and 18, syncrep.c). The routine's name is
    // never translated, as the message is (PostgreSQL manual 18, 54.8).
    onnotice: ({ routine }) => {
      if (routine === 'SyncRepWaitForLSN') doubts.count += 1
    },
    types: {
      bigint: postgres.BigInt,
      // A date is a business day, kept as the text yyyy-MM-dd: as a Date it would move with the time zone of the process.
      day: { to: 1082, from: [1082], serialize: (day: string) => day, parse: (day: string) => day },
    },
    transform: { undefined: null, column: { from: postgres.toCamel, to: postgres.fromCamel } },
    // PgBouncer hands these two on to whichever connection it lends, and refuses the rest (its manual, ignore_startup_parameters).
    connection: { application_name: 'lephi', TimeZone: 'UTC', ...(isPooled(options) ? {} : limits) },
  })

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
  return onConnection(database, async (connection) => {
    // A statement is sent when it is first waited for, so until here nothing was.
    const queries = build(connection)
    refuseUnwritable(queries)
    const asked = database.proviso ? [database.proviso(connection)] : []
    const begun = connection`begin`
    const scoped = openTransaction(database, connection, agency)
    const ended = connection`commit`
    const answers = await settleAll([begun, scoped, ...asked, ...queries, ended], () => hear(database.hearing))
    if (asked.length > 0 && answers[2]?.[0]?.holds !== true)
      throw connectionError('CONNECTION_ELSEWHERE', 'the connection leads to a server that may not answer this')
    return answers.slice(2 + asked.length, -1)
  })
}

/**
 * Runs a unit of work on a connection of its own, from its `begin` to its end. Throws a connection error, which says that it is not known whether the unit took effect, also when
 * the server says nothing any more, or has confirmed a commit that no standby may have.
 */
export const onConnection = async <Result>(
  database: Database,
  unit: (connection: postgres.ReservedSql<Types>) => Promise<Result>,
): Promise<Result> => {
  const connection = await takeInTime(database)
  const work = confirmed(database, () => unit(connection))
  // Who stops waiting leaves the connection to the unit, which gives it back should the server come round.
  work.then(
    () => connection.release(),
    (error: unknown) => giveBack(connection, error),
  )
  return whileHeard(database.hearing, work)
}

/** What comes when nobody waits any more goes back unused. */
const takeInTime = async (database: Database): Promise<postgres.ReservedSql<Types>> => {
  let isWanted = true
  const taken = takeWhole(database)
  taken.then(
    (connection) => isWanted || connection.release(),
    () => undefined,
  )
  try {
    return await whileHeard(database.hearing, taken)
  } catch (error) {
    isWanted = false
    throw error
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

const renewalsMax = 3

/**
 * Who is told how the connection before ended has lost a connection to the driver: it hands the new one to the asker whom it has just refused (postgres.js 3.4.9: `reserve` leaves the refused one
 * among the `queries`, and `onopen` serves it), and a pool that has lost all of them serves nobody. So the pool is renewed.
 */
const takeWhole = async (database: Database): Promise<postgres.ReservedSql<Types>> => {
  for (let renewals = 0; ; renewals += 1) {
    const { sql } = database
    try {
      return await takeConnection(() => database.sql, database.line)
    } catch (error) {
      if (!isLeftOver(error) || renewals === renewalsMax) throw error
      database.renew(sql)
    }
  }
}

/**
 * A connection that broke has left the pool by itself; giving it back would hand a dead socket to the next caller. One to a server that takes no writes, or has lost its standby, is
 * ended, so that the next one leads to whichever server is the primary then.
 */
const giveBack = (connection: postgres.ReservedSql<Types>, error: unknown): void => {
  if (isReadOnly(error) || isUnconfirmed(error))
    void leaveServer(connection).then((isLeft) => isLeft || connection.release())
  else if (!isConnectionError(error)) connection.release()
}

/**
 * Ends a connection from its inside, whatever transaction is open on it. Not as the gateway's role, which may not end what the login began (PostgreSQL manual 18, 9.28.2). False where
 * somebody in between does not let it end.
 */
const leaveServer = async (connection: (text: TemplateStringsArray) => PromiseLike<Rows>): Promise<boolean> => {
  try {
    const left = [
      connection`rollback`,
      // Behind a pooler nothing may be left on the connection that it lends.
      connection`begin`,
      connection`set local role none`,
      connection`select pg_terminate_backend(pg_backend_pid()) as is_ending`,
    ]
    return (await settleAll(left)).at(-1)?.[0]?.isEnding === true
  } catch (error) {
    return isConnectionError(error) || isLeftOver(error)
  }
}

const unconfirmedCode = 'CONNECTION_UNCONFIRMED'
const isUnconfirmed = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === unconfirmedCode

/** Throws where a commit was told of as in doubt meanwhile. Notices do not say whose they are: of units that are under way together each is taken for the one, and asked for again. */
const confirmed = async <Result>({ doubts }: Database, unit: () => Promise<Result>): Promise<Result> => {
  const before = doubts.count
  const result = await unit()
  if (doubts.count !== before) throw connectionError(unconfirmedCode, 'no standby may have the commit')
  return result
}

/** Makes a unit a writing one, so that its commit waits until a standby has whatever was written before it, also by others. What a standby itself tells, it has. */
export const awaitStandby = (sql: Sql): Query =>
  sql`select pg_logical_emit_message(true, 'lephi', '') where not pg_is_in_recovery()`

/** The statement that makes the rest of a transaction see and write the rows of that scope. */
export const enterScope = (sql: postgres.ISql<Types>, agency: string): Query =>
  sql`select set_config('lephi.agency', ${agency}, true)`

/**
 * Waits until every statement has ended, and throws the first error. When the connection breaks, statements that were not sent yet would wait for ever, so
 * that error does not wait for them.
 */
export const settleAll = async (
  queries: readonly PromiseLike<Rows>[],
  answered: () => void = () => undefined,
): Promise<Rows[]> => {
  const answers = queries.map(async (query) => query)
  for (const answer of answers) answer.then(answered, (error) => isConnectionError(error) || answered())
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
    return (await confirmed(database, attempt)).value
  } catch (error) {
    if (isBegun || !isLeftOver(error)) throw error
    return (await confirmed(database, attempt)).value
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
      if (isReadOnly(error)) await leaveServer(sql)
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
  const isGoing = isConnectionError(error) || isReadOnly(error) || /^57P0/.test(databaseError(error)?.code ?? '')
  for (let waited = 0; !end.isOver && waited < (isGoing ? closingMs : 1); waited += 10) {
    await new Promise((resolve) => setTimeout(resolve, isGoing ? 10 : 0))
  }
}
const closingMs = 2_000
