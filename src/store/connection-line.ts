/** The line before a pool: how many may wait for a connection, how long, and what the one is told who gets none. */
import type postgres from 'postgres'
import { connectionError } from './database-errors.ts'

export type ConnectionLine = {
  /** Nobody waits longer; milliseconds. */
  waitMs: number
  /** Nobody else waits while so many do. */
  waitersMax: number
  waiting: number
}

/** A connection is asked for again after these milliseconds. */
const askAgainAfterMs = [1_000, 5_000]

/**
 * A connection for one unit. The driver loses a caller who waits at the moment when a connection closes (postgres.js 3.4.9: `onclose` makes the waiting query the
 * first of the new connection, and a reservation is never answered there), so who waits long asks again; what comes too late goes back. Throws a connection error
 * (see isConnectionError) when there is none in time, and at once when too many wait already.
 */
export const takeConnection = <Types extends Record<string, unknown>>(
  pool: () => postgres.Sql<Types>,
  line: ConnectionLine,
): Promise<postgres.ReservedSql<Types>> =>
  inLine(line, (arrived) => {
    const { promise, resolve, reject } = Promise.withResolvers<postgres.ReservedSql<Types>>()
    const ask = () =>
      pool()
        .reserve()
        .then((connection) => {
          if (!arrived()) return connection.release()
          for (const timer of timers) clearTimeout(timer)
          resolve(connection)
        }, reject)
    const timers = askAgainAfterMs.map((ms) => setTimeout(() => ms < line.waitMs && void ask(), ms))
    void ask()
    promise.catch(() => {
      for (const timer of timers) clearTimeout(timer)
    })
    return promise
  })

/**
 * Waits for what `ask` asks of the pool. `ask` calls `arrived` as soon as it has a connection; false says that nobody waits for it any more, so that it goes back
 * unused. Throws a connection error when that takes too long, and at once when too many wait already.
 */
export const inLine = async <Result>(
  line: ConnectionLine,
  ask: (arrived: () => boolean) => Promise<Result>,
): Promise<Result> => {
  if (line.waiting >= line.waitersMax) throw noConnection('too many wait for a connection to the database')
  line.waiting += 1
  let isWaiting = true
  const { promise: late, reject } = Promise.withResolvers<never>()
  const leave = () => {
    if (isWaiting) line.waiting -= 1
    isWaiting = false
    clearTimeout(timer)
  }
  const timer = setTimeout(() => {
    leave()
    reject(noConnection('no connection to the database became free'))
  }, line.waitMs)
  let isFirst = true
  const asked = ask(() => {
    const isWanted = isWaiting && isFirst
    isFirst = false
    leave()
    return isWanted
  })
  try {
    return await Promise.race([asked, late])
  } finally {
    leave()
  }
}

export const noConnection = (message: string): Error => connectionError('CONNECTION_WAIT', message)
