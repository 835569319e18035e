/**
 * A database in which everything waits for its turn: a unit of work begins when the schedule lets it, has the town to itself, and may end in a way that the process
 * did not want: with the process, or with the connection, before it, within it or after its commit.
 */
import type { Database, Sql } from '../store/database.ts'

/** How a unit of work ends. `dies`: the process is gone. `breaks`: the connection is. */
export type Fate = { end: 'well' } | { end: 'dies' | 'breaks'; phase: 'before' | 'within' | 'after' }

export type Passage = {
  fate: Fate
  /** Asked for by the unit that is under way, which holds the town's connection. */
  isNested: boolean
  /** The process is gone from here on. */
  die: () => void
  /** The unit is over, and others may go on. */
  over: () => void
}

/** Waits for the turn of one unit of work; never answers a process that is dead by then. */
export type Gate = () => Promise<Passage>

const never = <Value>(): Promise<Value> => new Promise(() => undefined)

/** What the driver throws when its connection breaks (isConnectionError in store/database.ts). */
const lost = () => Object.assign(new Error('the connection to the database broke'), { code: 'CONNECTION_CLOSED' })

/** One connection for all units, since there is one at a time, and one for what a unit asks for beside its own transaction. */
export type Connections = { main: Database; aside: Database }

export const gateDatabase = (connections: Connections, gate: Gate): Database => ({
  sql: new Proxy(connections.main.sql, {
    get: (sql, name) => {
      if (name === 'reserve') return () => reserve(connections, gate)
      if (name === 'begin') return (...args: readonly unknown[]) => begin(connections, gate, args)
      return Reflect.get(sql, name)
    },
  }),
  line: { ...connections.main.line, waiting: 0 },
  hearing: connections.main.hearing,
  doubts: connections.main.doubts,
  renew: () => undefined,
  close: async () => undefined,
})

const connectionOf = ({ main, aside }: Connections, { isNested }: Passage): Sql => (isNested ? aside : main).sql

/** What is left for a unit whose fate is sealed: nothing for a dead process, an error for a living one. */
const sealFate = <Value>({ fate, die, over }: Passage): Promise<Value> => {
  if (fate.end === 'dies') die()
  over()
  return fate.end === 'dies' ? never() : Promise.reject(lost())
}

const reserve = async (connections: Connections, gate: Gate): Promise<unknown> => {
  const passage = await gate()
  if (passage.fate.end !== 'well' && passage.fate.phase === 'before') return sealFate(passage)
  const connection = await connectionOf(connections, passage).reserve()
  const release = () => {
    connection.release()
    passage.over()
  }
  return new Proxy(connection, {
    apply: (target, self, args: unknown[]) => {
      const query: unknown = Reflect.apply(target, self, args)
      return passage.fate.end !== 'well' && isStatement(args, 'commit')
        ? endAs(passage, connection, query as PromiseLike<unknown>)
        : query
    },
    get: (target, name) => (name === 'release' ? release : Reflect.get(target, name)),
  })
}

const isStatement = ([strings]: readonly unknown[], text: string): boolean =>
  Array.isArray(strings) && strings.length === 1 && strings[0] === text

/** In place of a commit. Sent when it is waited for, as every statement is. */
const endAs = (
  passage: Passage,
  connection: Awaited<ReturnType<Sql['reserve']>>,
  commit: PromiseLike<unknown>,
): PromiseLike<unknown> => {
  const run = async () => {
    const isKept = passage.fate.end !== 'well' && passage.fate.phase === 'after'
    await Promise.allSettled([isKept ? commit : connection`rollback`])
    connection.release()
    return sealFate<unknown>(passage)
  }
  let running: Promise<unknown> | undefined
  return {
    // biome-ignore lint/suspicious/noThenProperty: it stands where a statement of the driver stands, which is a thenable that runs when it is waited for.
    then: (resolve, reject) => {
      running ??= run()
      return running.then(resolve, reject)
    },
  }
}

type Work = (sql: unknown) => Promise<unknown>

const begin = async (connections: Connections, gate: Gate, args: readonly unknown[]): Promise<unknown> => {
  const passage = await gate()
  const sql = connectionOf(connections, passage)
  const { fate, over } = passage
  const options = args.slice(0, -1)
  const work = args.at(-1) as Work
  const run = (what: Work): Promise<unknown> => Reflect.apply(sql.begin, sql, [...options, what]) as Promise<unknown>
  if (fate.end === 'well') return run(work).finally(over)
  if (fate.phase === 'before') return sealFate(passage)
  const broken = Promise.withResolvers<never>()
  broken.promise.catch(() => undefined)
  try {
    if (fate.phase === 'within')
      return await run((tx) => Promise.race([work(breakingAt(tx, breakAtStatement, broken.reject)), broken.promise]))
    await run(work)
    return await sealFate(passage)
  } catch (error) {
    if (error !== brokenWithin) throw error
    return await sealFate(passage)
  } finally {
    over()
  }
}

const brokenWithin = new Error('the transaction is broken off')
/** The first statement of a transaction enters its scope. */
const breakAtStatement = 3

/** A transaction that breaks when it has sent so many statements. */
const breakingAt = (tx: unknown, statement: number, broken: (reason: unknown) => void): unknown => {
  let sent = 0
  return new Proxy(tx as () => unknown, {
    apply: (target, self, args: unknown[]) => {
      sent += isTemplate(args) ? 1 : 0
      if (sent < statement) return Reflect.apply(target, self, args)
      broken(brokenWithin)
      return never()
    },
  })
}

const isTemplate = ([strings]: readonly unknown[]): boolean => Array.isArray(strings) && 'raw' in strings
