/**
 * A person settles a discrepancy with a resolution and a reason, or takes that back. Where the policy wants two, the first proposes and another one approves or
 * sends it back. The history keeps everything for ever.
 */
import { namedResolution } from '../domain/discrepancy-policy.ts'
import { Refusal } from '../domain/refusal.ts'
import { changeDiscrepancy, type Deed, type Discrepancy } from '../store/discrepancies.ts'
import type { Deps } from './deps.ts'

export type Decider = { scope: string; actor: string }

/** What shows that it is so: a statement line, a callback, a document, or a few words. */
export type Evidence = { kind: string; reference: string }

/**
 * Resolves an open discrepancy, or proposes the resolution where the policy wants a second person. Throws Refusal `not_found`, or `discrepancy_not_open` when it is
 * resolved already or a proposal waits.
 */
export const resolveDiscrepancy = (
  deps: Deps,
  decider: Decider,
  {
    id,
    resolution,
    note,
    evidence = [],
  }: { id: string; resolution: string; note: string; evidence?: readonly Evidence[] },
): Promise<Discrepancy> =>
  change(deps, decider, id, (found, { by, now }) => {
    if (found.status === 'resolved') throw new Refusal('discrepancy_not_open', 'The discrepancy is resolved already.')
    if (found.status === 'proposed')
      throw new Refusal('discrepancy_not_open', 'A resolution is proposed already: approve or reject it.')
    const said = { resolution, note, ...(evidence.length > 0 ? { evidence } : {}) }
    const owner = found.owner ?? by
    return namedResolution(found, resolution)?.needsApproval
      ? {
          event: 'proposed',
          said,
          columns: { status: 'proposed', resolution, note, owner, proposedBy: by, proposedAt: now },
        }
      : {
          event: 'resolved',
          said,
          columns: {
            status: 'resolved',
            resolution,
            note,
            owner,
            resolvedAt: now,
            resolvedBy: by,
            holdsDifference: false,
          },
        }
  })

/**
 * Another person agrees to what was proposed. Throws Refusal `not_found`, `discrepancy_not_proposed`, or `maker_cannot_approve`.
 */
export const approveResolution = (
  deps: Deps,
  decider: Decider,
  { id, note }: { id: string; note: string },
): Promise<Discrepancy> =>
  change(deps, decider, id, (found, { by, now }) => {
    refuseUnproposed(found)
    if (found.proposedBy === by)
      throw new Refusal('maker_cannot_approve', 'Who proposes a resolution cannot approve it.')
    const resolution = found.resolution ?? ''
    const holdsDifference = namedResolution(found, resolution)?.suspense === 'stays'
    return {
      event: 'resolved',
      said: { resolution, note, proposed_by: found.proposedBy },
      columns: { status: 'resolved', resolvedAt: now, resolvedBy: by, holdsDifference },
    }
  })

/** Sends a proposal back; who made it may withdraw it so. Throws Refusal `not_found` or `discrepancy_not_proposed`. */
export const rejectResolution = (
  deps: Deps,
  decider: Decider,
  { id, note }: { id: string; note: string },
): Promise<Discrepancy> =>
  change(deps, decider, id, (found) => {
    refuseUnproposed(found)
    return { event: 'rejected', said: { resolution: found.resolution, note }, columns: { ...undecided, note } }
  })

/** Opens a resolved discrepancy again; its money is in suspense again. Throws Refusal `not_found`, or `discrepancy_not_resolved` when it is open. */
export const reopenDiscrepancy = (
  deps: Deps,
  decider: Decider,
  { id, note }: { id: string; note: string },
): Promise<Discrepancy> =>
  change(deps, decider, id, (found, { by }) => {
    if (found.status !== 'resolved') throw new Refusal('discrepancy_not_resolved', 'The discrepancy is not resolved.')
    return { event: 'reopened', said: { note }, columns: { ...undecided, note, owner: found.owner ?? by } }
  })

/** Says whose it is; null for nobody's. Throws Refusal `not_found`, or `discrepancy_not_open` when it is resolved. */
export const assignDiscrepancy = (
  deps: Deps,
  decider: Decider,
  { id, owner, note }: { id: string; owner: string | null; note: string | null },
): Promise<Discrepancy> =>
  change(deps, decider, id, (found) => {
    if (found.status === 'resolved') throw new Refusal('discrepancy_not_open', 'The discrepancy is resolved already.')
    return { event: 'assigned', said: { owner, ...(note ? { note } : {}) }, columns: { owner } }
  })

/** Lines of a history at most before notes are refused; what is decided is always kept. */
const historyMax = 300

/** Keeps a note with its evidence in the history; also of what is resolved. Throws Refusal `not_found`, or `too_many_notes`. */
export const noteDiscrepancy = (
  deps: Deps,
  decider: Decider,
  { id, note, evidence }: { id: string; note: string; evidence: readonly Evidence[] },
): Promise<Discrepancy> =>
  change(deps, decider, id, (found) => {
    if (found.history.length >= historyMax)
      throw new Refusal('too_many_notes', `The history has ${found.history.length} lines.`)
    return { event: 'noted', said: { note, evidence }, columns: {} }
  })

const undecided = {
  status: 'open',
  resolution: null,
  resolvedAt: null,
  resolvedBy: null,
  proposedBy: null,
  proposedAt: null,
  holdsDifference: true,
} as const

const refuseUnproposed = (found: Discrepancy): void => {
  if (found.status !== 'proposed')
    throw new Refusal('discrepancy_not_proposed', 'No resolution of this discrepancy awaits a decision.')
}

/** Which deeds are told to others, and as what. */
const eventTypes = {
  resolved: 'discrepancy.resolved',
  proposed: 'discrepancy.proposed',
  rejected: 'discrepancy.rejected',
  reopened: 'discrepancy.opened',
  assigned: null,
  noted: null,
} as const

type Decided = { event: keyof typeof eventTypes; said: object; columns: Deed['columns'] }

const change = async (
  deps: Deps,
  { scope, actor }: Decider,
  id: string,
  decide: (found: Discrepancy, about: { by: string; now: Date }) => Decided,
): Promise<Discrepancy> => {
  const now = deps.now()
  const eventId = deps.newId('evt')
  const bookingId = deps.newId('jrn').slice(4, 24)
  const changed = await changeDiscrepancy(deps.db, scope, { id, now, bookingId }, (found) => {
    const { event, said, columns } = decide(found, { by: actor, now })
    const type = eventTypes[event]
    const told = type ? { event_id: eventId } : {}
    return {
      columns,
      entry: JSON.stringify({ at: now.toISOString(), event, by: actor, ...said, ...told }),
      event: type ? { id: eventId, type } : null,
    }
  })
  if (!changed) throw new Refusal('not_found', 'There is no such discrepancy.')
  return changed
}
