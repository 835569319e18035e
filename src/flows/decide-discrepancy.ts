/** A person settles a discrepancy with a resolution and a reason, or takes that back. The history keeps both for ever. */
import { Refusal } from '../domain/refusal.ts'
import { type Decision, type Discrepancy, decideDiscrepancy, findDiscrepancy } from '../store/discrepancies.ts'
import type { Deps } from './deps.ts'

export type Decider = { scope: string; actor: string }

/** Resolves an open or proposed discrepancy. Throws Refusal `not_found`, or `discrepancy_not_open` when it is resolved already. */
export const resolveDiscrepancy = (
  deps: Deps,
  decider: Decider,
  { id, resolution, note }: { id: string; resolution: string; note: string },
): Promise<Discrepancy> =>
  decide(deps, decider, {
    id,
    from: ['open', 'proposed'],
    to: 'resolved',
    resolution,
    note,
    refusal: ['discrepancy_not_open', 'The discrepancy is resolved already.'],
  })

/** Opens a resolved discrepancy again. Throws Refusal `not_found`, or `discrepancy_not_resolved` when it is open. */
export const reopenDiscrepancy = (
  deps: Deps,
  decider: Decider,
  { id, note }: { id: string; note: string },
): Promise<Discrepancy> =>
  decide(deps, decider, {
    id,
    from: ['resolved'],
    to: 'open',
    resolution: null,
    note,
    refusal: ['discrepancy_not_resolved', 'The discrepancy is not resolved.'],
  })

type Wish = Pick<Decision, 'id' | 'from' | 'to' | 'resolution' | 'note'> & {
  refusal: ['discrepancy_not_open' | 'discrepancy_not_resolved', string]
}

const decide = async (deps: Deps, { scope, actor }: Decider, { refusal, ...wish }: Wish): Promise<Discrepancy> => {
  const now = deps.now()
  const isResolved = wish.to === 'resolved'
  const eventId = deps.newId('evt')
  const said = isResolved ? { resolution: wish.resolution, note: wish.note } : { note: wish.note }
  const decided = await decideDiscrepancy(deps.db, scope, {
    ...wish,
    by: actor,
    now,
    event: { id: eventId, type: isResolved ? 'discrepancy.resolved' : 'discrepancy.opened' },
    entry: JSON.stringify({
      at: now.toISOString(),
      event: isResolved ? 'resolved' : 'reopened',
      by: actor,
      ...said,
      event_id: eventId,
    }),
  })
  if (decided) return decided
  const known = await findDiscrepancy(deps.db, scope, wish.id)
  if (!known) throw new Refusal('not_found', 'There is no such discrepancy.')
  throw new Refusal(...refusal)
}
