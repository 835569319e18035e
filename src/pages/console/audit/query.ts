/** What the audit log is asked for, in the address of its screen and of its file. */
import { businessDay } from '../../../lib/time.ts'
import type { Visit } from '../screen.ts'

/** This month to date, unless asked otherwise. */
export const auditQuery = ({ query, now }: Pick<Visit, 'query' | 'now'>) => {
  const today = businessDay(now)
  return {
    from: query.from || `${today.slice(0, 8)}01`,
    to: query.to || today,
    actor: query.actor ?? '',
    object: query.object?.trim() ?? '',
    action: query.action ?? '',
  }
}
