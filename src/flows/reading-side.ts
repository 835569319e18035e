/** Which server reads what takes long: the standby where there is one that has everything, else the primary. */
import type { Database } from '../store/database.ts'
import { placeOf, type ReplicaStanding, readingFrom, standingOf } from '../store/replica.ts'
import type { Deps } from './deps.ts'

/** How long a report waits for the standby before the primary reads it after all. */
const catchUpMs = 2_000

/** Call it when the instant is settled, for what was written by then must be there. The same deps where the primary reads. */
export const readingSide = async (deps: Deps): Promise<Deps> => {
  const { replica, metrics } = deps
  if (!replica) return deps
  metrics.describe('lephi_reports_read_total', 'counter', 'Reports by the server that read them, and why it did.')
  const { standing, db } = await lookAt(deps, replica)
  const server = db ? 'standby' : 'primary'
  metrics.count('lephi_reports_read_total', { server, standby: standing })
  return db ? { ...deps, db } : deps
}

type Looked = { standing: ReplicaStanding; db: Database | null }

/** A standby that cannot be read for whatever reason, a wrong password too, keeps no report from being read. */
const lookAt = async (deps: Deps, replica: Database): Promise<Looked> => {
  const from = await placeOf(deps.db)
  if (!from) return { standing: 'no_standby', db: null }
  try {
    const standing = await standingOf(replica, from, catchUpMs)
    return { standing, db: standing === 'caught_up' ? readingFrom(replica, from) : null }
  } catch (error) {
    deps.log.warn({ error }, 'the standby for reports cannot be asked')
    return { standing: 'unavailable', db: null }
  }
}
