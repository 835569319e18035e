/**
 * How a pool bears a server that says nothing: one that hangs behind a line that stands, as a stopped process does, a full disk, or a primary that waits for a standby. Nothing of the
 * connection tells of it, and the server's own time limits do not run.
 */
import { connectionError } from './database-errors.ts'

export type Hearing = {
  /** After so long without a word of the server, on any connection, nobody waits for one any more; null: they wait for ever. */
  silenceMs: number | null
  /** How often the server has said something. */
  heard: number
  isSilent: boolean
}

export const startHearing = (silenceMs: number | null): Hearing => ({ silenceMs, heard: 0, isSilent: false })

/** The server said something, be it no. */
export const hear = (hearing: Hearing): void => {
  hearing.heard += 1
  hearing.isSilent = false
}

/** So often each waiter looks within the silence that it bears. */
const looks = 4

/**
 * Waits for `work`, but no longer than the server is heard of: who asks while it is known to be silent waits for one look only, for it may be back. Throws a connection error then:
 * whether the work took effect is not known.
 */
export const whileHeard = async <Result>(hearing: Hearing, work: Promise<Result>): Promise<Result> => {
  const { silenceMs } = hearing
  if (silenceMs === null) return work
  const { promise: given, reject } = Promise.withResolvers<never>()
  let known = hearing.heard
  let quiet = 0
  const look = () => {
    quiet = hearing.heard === known ? quiet + 1 : 0
    known = hearing.heard
    if (quiet < looks && !(quiet > 0 && hearing.isSilent)) {
      timer = setTimeout(look, silenceMs / looks)
      return
    }
    hearing.isSilent = true
    reject(connectionError('CONNECTION_SILENT', 'the database does not answer'))
  }
  let timer = setTimeout(look, silenceMs / looks)
  try {
    return await Promise.race([work, given])
  } finally {
    clearTimeout(timer)
  }
}
