// The driver asks each new connection by itself which array types the server has, and nobody waits for the answer (postgres.js 3.4.9, `fetchArrayTypes`): when the server goes
// away at that moment, as all new connections see while it fails over, or does not answer in time, the rejection has no owner, and Node ends the process for that. The
// connection itself is replaced like any other that broke.
import type { Log } from '../lib/log.ts'

/** From now on such a rejection is a line in the log; any other ends the process as before. Answers what takes that back. */
export const outliveLostTypes = (log: Pick<Log, 'warn'>): (() => void) => {
  const hear = (reason: unknown) => {
    if (!isOfTypes(reason)) throw reason
    log.warn({ error: reason }, 'a new connection to the database broke before it was used')
  }
  process.on('unhandledRejection', hear)
  return () => void process.off('unhandledRejection', hear)
}

const isOfTypes = (reason: unknown): boolean =>
  reason instanceof Error && 'query' in reason && /^\s*select b\.oid, b\.typarray\s/.test(String(reason.query))
