/**
 * How a pool bears a server that says nothing: one that hangs behind a line that stands, as a stopped process does, a full disk, or a primary that waits for a standby. Nothing of the
 * connection tells of it, and the server's own time limits do not run.
 */
import { connectionError } from './database-errors.ts'

export type Hearing = {
  /** After so long without a word of the server, on any connection, nobody waits for one any more; null: they wait for ever. */
  silenceMs: number | null
  /** Who asks while it is silent waits so long, for it may be back; milliseconds. */
  hopeMs: number
  /** When the server last said something, or was asked while nobody else waited. */
  since: number
  isSilent: boolean
  waiting: number
}

export const startHearing = (silenceMs: number | null): Hearing => ({
  silenceMs,
  hopeMs: Math.min(3_000, silenceMs ?? 0),
  since: 0,
  isSilent: false,
  waiting: 0,
})

/** The server said something, be it no. */
export const hear = (hearing: Hearing): void => {
  hearing.since = performance.now()
  hearing.isSilent = false
}

/** Waits for `work`, but no longer than the server is heard of. Throws a connection error then: whether the work took effect is not known. */
export const whileHeard = async <Result>(hearing: Hearing, work: Promise<Result>): Promise<Result> => {
  const { silenceMs } = hearing
  if (silenceMs === null) return work
  const begun = performance.now()
  if (hearing.waiting === 0 && !hearing.isSilent) hearing.since = begun
  hearing.waiting += 1
  const { promise: given, reject } = Promise.withResolvers<never>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    const now = performance.now()
    const leftMs = Math.max(hearing.since + silenceMs, begun + hearing.hopeMs) - now
    if (leftMs > 0) {
      timer = setTimeout(look, leftMs)
      return
    }
    hearing.isSilent = true
    reject(connectionError('CONNECTION_SILENT', 'the database does not answer'))
  }
  look()
  try {
    return await Promise.race([work, given])
  } finally {
    clearTimeout(timer)
    hearing.waiting -= 1
  }
}
