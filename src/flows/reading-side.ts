/** Which server reads what takes long: the standby where there is one that has everything, else the primary. */
import { placeOf, standingOf } from '../store/replica.ts'
import type { Deps } from './deps.ts'

/** How long a report waits for the standby before the primary reads it after all. */
const catchUpMs = 2_000

/** Call it when the instant is settled, for what was written by then must be there. The same deps where the primary reads. */
export const readingSide = async (deps: Deps): Promise<Deps> => {
  const { replica, metrics } = deps
  if (!replica) return deps
  metrics.describe('lephi_reports_read_total', 'counter', 'Reports by the server that read them, and why it did.')
  const standing = await standingOf(replica, await placeOf(deps.db), catchUpMs)
  const server = standing === 'caught_up' ? 'standby' : 'primary'
  metrics.count('lephi_reports_read_total', { server, standby: standing })
  return server === 'standby' ? { ...deps, db: replica } : deps
}
