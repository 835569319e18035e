/** Sessions of the console: opened after sign-in, read with every request, ended by the person or by time. */
import { isRole, type Staff, sessionIdleMs, sessionLongestMs } from '../domain/staff.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { endSessionRow, endSessionsOf, findSession, insertSession, touchSession } from '../store/staff-sessions.ts'
import type { Deps } from './deps.ts'

export type Session = {
  id: string
  staff: Staff
  /** What a form of this session carries; another site cannot know it. */
  formToken: string
}

const tokenBytes = 32
/** How exactly we remember when a session was used. */
const seenGrainMs = 60_000

/** Opens a session and answers its token, which only the person's cookie holds. */
export const openSession = async (deps: Deps, staff: Staff): Promise<{ token: string }> => {
  const token = deps.newToken(tokenBytes)
  await insertSession(deps.db, { id: deps.newId('ses'), tokenHash: sha256Hex(token), staff, at: deps.now() })
  return { token }
}

/** The session that a cookie's token names; null when there is none, or it has ended. */
export const readSession = async (deps: Deps, token: string): Promise<Session | null> => {
  // Anything else cannot be ours, and is not worth a question to the database.
  if (!/^[\w-]{43}$/.test(token)) return null
  const session = await findSession(deps.db, sha256Hex(token))
  const now = deps.now()
  if (!session || session.endedAt !== null || !isRole(session.staff.role)) return null
  const isOver =
    now.getTime() - session.createdAt.getTime() >= sessionLongestMs ||
    now.getTime() - session.seenAt.getTime() >= sessionIdleMs
  if (isOver) return null
  if (now.getTime() - session.seenAt.getTime() >= seenGrainMs) await touchSession(deps.db, { id: session.id, at: now })
  return { id: session.id, staff: session.staff, formToken: sha256Hex(`form ${token}`) }
}

/** Ends the session of a token, for good and everywhere. Nothing happens where there is none. */
export const endSession = async (deps: Deps, token: string): Promise<void> => {
  const session = await findSession(deps.db, sha256Hex(token))
  if (session) await endSessionRow(deps.db, { id: session.id, at: deps.now() })
}

/** Ends every session of `issuer#subject`, wherever it is open; answers the part of the tree that each was for. */
export const endEverySession = (deps: Deps, subject: string): Promise<readonly string[]> =>
  endSessionsOf(deps.db, { subject, at: deps.now() })
