/** Whether what goes out is taken, and whether somebody does the background work. */
import { broken, doubtful, type Finding, fine, orFine } from '../../domain/finding.ts'
import { toRfc3339 } from '../../lib/time.ts'
import { readWaitingEndpoints } from '../../store/check-up.ts'
import { checkReadiness } from '../check-readiness.ts'
import type { Deps } from '../deps.ts'

const endpointsMax = 100

export const lookAtWebhooks = async (deps: Pick<Deps, 'db'>): Promise<readonly Finding[]> => {
  const waiting = await readWaitingEndpoints(deps.db, endpointsMax)
  return orFine(
    'webhooks',
    'every endpoint has taken what it was sent',
    waiting.map(({ id, agencyCode, url, waiting: count, since, lastTakenAt }) => {
      // The host alone: a path may hold what only the two of us know.
      const host = URL.parse(url)?.host ?? 'an address that cannot be read'
      const found = `${id} (${agencyCode}, ${host}) has not taken ${count} events, the oldest of ${toRfc3339(since)}`
      const isSilent = lastTakenAt === null || lastTakenAt < since
      const said = {
        found: `${found}${isSilent ? ', and nothing since' : ''}`,
        todo: 'See what it answers: GET /v1/webhook_deliveries. Each is tried for 30 days; GET /v1/events has them all',
      }
      return isSilent ? broken('webhooks', said) : doubtful('webhooks', said)
    }),
  )
}

export const lookAtWork = async (deps: Deps): Promise<readonly Finding[]> => {
  const { jobs, writable } = (await checkReadiness(deps)).checks
  if (writable !== 'ok')
    return [broken('background work', { found: writable, todo: 'Lead DATABASE_URL to the server that takes writes' })]
  if (jobs !== 'ok')
    return [
      broken('background work', {
        found: `${jobs}: no callback is caught up with, no webhook sent`,
        todo: 'Start a gateway process on Node: npm start, or systemctl start lephi@8787',
      }),
    ]
  return [fine('background work', 'is being done, or was not begun yet')]
}
