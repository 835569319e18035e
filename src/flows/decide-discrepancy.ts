/**
 * A person settles a discrepancy with a resolution and a reason, or takes that back. Where the policy wants two, the first proposes and another one approves or
 * sends it back; what two have decided takes two to open again. The history keeps everything for ever.
 */
import { readResolution } from '../domain/read-resolution.ts'
import { Refusal } from '../domain/refusal.ts'
import { changeDiscrepancy, type Deed, type Discrepancy } from '../store/discrepancies.ts'
import type { Deps } from './deps.ts'

export type Decider = { scope: string; actor: string }

/** What shows that it is so: a statement line, a callback, a document, or a few words. */
export type Evidence = { kind: string; reference: string }

/**
 * Resolves an open discrepancy, or proposes the resolution where it takes a second person. Throws Refusal `not_found`, `discrepancy_not_open` when it is resolved
 * already or a proposal waits, and `invalid_input` for a resolution that there is and that the class does not have.
 */
export const resolveDiscrepancy = (
  deps: Deps,
  decider: Decider,
  {
    id,
    resolution: written,
    note,
    evidence = [],
  }: { id: string; resolution: string; note: string; evidence?: readonly Evidence[] },
): Promise<Discrepancy> =>
  change(deps, decider, id, (found, { by, now }) => {
    if (found.status === 'resolved') throw new Refusal('discrepancy_not_open', 'The discrepancy is resolved already.')
    if (found.status === 'proposed')
      throw new Refusal('discrepancy_not_open', 'A resolution is proposed already: approve or reject it.')
    const read = readResolution(found, written)
    if (read.kind === 'refused') throw notOfClass(found, read.allowed)
    const { resolution, needsApproval } = read
    const said = { resolution, note, ...(evidence.length > 0 ? { evidence } : {}) }
    const owner = found.owner ?? by
    return needsApproval
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

const notOfClass = (found: Discrepancy, allowed: readonly string[]): Refusal => {
  const message = `is no resolution of ${found.class}: ${allowed.length > 0 ? `one of ${allowed.join(', ')}` : 'it has none'}`
  return new Refusal('invalid_input', `The resolution ${message}.`, { errors: [{ pointer: '/resolution', message }] })
}

/** What is approved or sent back; with the version that was read, only as it was then. */
export type Decision = { id: string; note: string; version?: number | undefined }

/**
 * Another person agrees to the resolution, or to the opening again, that was proposed. Throws Refusal `not_found`, `discrepancy_not_proposed`, `maker_cannot_approve`,
 * or `conflict` when something was said of it since `version`.
 */
export const approveResolution = (
  deps: Deps,
  decider: Decider,
  { id, note, version }: Decision,
): Promise<Discrepancy> =>
  change(deps, decider, id, (found, { by, now }) => {
    refuseUnproposed(found)
    refuseOther(found, version)
    if ((found.reopeningBy ?? found.proposedBy) === by)
      throw new Refusal('maker_cannot_approve', 'Who proposes a resolution, or opening again, cannot approve it.')
    if (found.reopeningBy !== null)
      return reopened(found, by, {
        note: found.reopeningNote ?? '',
        reopening_by: found.reopeningBy,
        ...(note ? { approval: note } : {}),
      })
    const resolution = found.resolution ?? ''
    const read = readResolution(found, resolution)
    return {
      event: 'resolved',
      said: { resolution, note, proposed_by: found.proposedBy },
      columns: {
        status: 'resolved',
        resolvedAt: now,
        resolvedBy: by,
        holdsDifference: read.kind === 'taken' && read.suspense === 'stays',
      },
    }
  })

/** Sends a proposal back; who made it may withdraw it so. Throws Refusal `not_found`, `discrepancy_not_proposed` or `conflict`, as above. */
export const rejectResolution = (deps: Deps, decider: Decider, { id, note, version }: Decision): Promise<Discrepancy> =>
  change(deps, decider, id, (found) => {
    refuseUnproposed(found)
    refuseOther(found, version)
    return found.reopeningBy === null
      ? { event: 'rejected', said: { resolution: found.resolution, note }, columns: { ...undecided, note } }
      : { event: 'reopening_rejected', said: { note, reopening_by: found.reopeningBy }, columns: notReopening }
  })

/**
 * Opens a resolved discrepancy again; its money is in suspense again. What two persons decided stays decided until another one than who asks agrees. Throws Refusal
 * `not_found`, `discrepancy_not_resolved` when it is open, `already_exists` while opening it again is proposed.
 */
export const reopenDiscrepancy = (
  deps: Deps,
  decider: Decider,
  { id, note }: { id: string; note: string },
): Promise<Discrepancy> =>
  change(deps, decider, id, (found, { by, now }) => {
    if (found.status !== 'resolved') throw new Refusal('discrepancy_not_resolved', 'The discrepancy is not resolved.')
    if (found.reopeningBy !== null)
      throw new Refusal('already_exists', 'Opening it again is proposed already: approve or reject it.')
    return found.proposedBy === null
      ? reopened(found, by, { note })
      : {
          event: 'reopening_proposed',
          said: { note },
          columns: { reopeningBy: by, reopeningAt: now, reopeningNote: note },
        }
  })

const reopened = (found: Discrepancy, by: string, said: { note: string } & Record<string, string>): Decided => ({
  event: 'reopened',
  said,
  columns: { ...undecided, ...notReopening, note: said.note, owner: found.owner ?? by },
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

/** Whether the last line of the history says just that: a form that was sent twice says it once. */
const isLastSaid = ({ history }: Discrepancy, said: object): boolean => {
  const { at: _, ...last } = JSON.parse(history.at(-1) ?? '{}') as Record<string, unknown>
  return JSON.stringify(last) === JSON.stringify(said)
}

/** Keeps a note with its evidence in the history; also of what is resolved. The same note again, with nothing said since, is kept once. Throws Refusal `not_found`, or `too_many_notes`. */
export const noteDiscrepancy = (
  deps: Deps,
  decider: Decider,
  { id, note, evidence }: { id: string; note: string; evidence: readonly Evidence[] },
): Promise<Discrepancy> =>
  change(deps, decider, id, (found, { by }) => {
    if (isLastSaid(found, { event: 'noted', by, note, evidence })) return null
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

const notReopening = { reopeningBy: null, reopeningAt: null, reopeningNote: null } as const

const refuseUnproposed = (found: Discrepancy): void => {
  if (found.status !== 'proposed' && found.reopeningBy === null)
    throw new Refusal('discrepancy_not_proposed', 'Nothing about this discrepancy awaits a decision.')
}

/** Each deed is a line of the history, so their number is the version. */
const refuseOther = (found: Discrepancy, version: number | undefined): void => {
  if (version !== undefined && version !== found.history.length)
    throw new Refusal('conflict', `The discrepancy has changed: its version is ${found.history.length}.`)
}

/** Which deeds are told to others, and as what. */
const eventTypes = {
  resolved: 'discrepancy.resolved',
  proposed: 'discrepancy.proposed',
  rejected: 'discrepancy.rejected',
  reopened: 'discrepancy.opened',
  reopening_proposed: 'discrepancy.reopening_proposed',
  reopening_rejected: 'discrepancy.reopening_rejected',
  assigned: null,
  noted: null,
} as const

type Decided = { event: keyof typeof eventTypes; said: object; columns: Deed['columns'] }

const change = async (
  deps: Deps,
  { scope, actor }: Decider,
  id: string,
  decide: (found: Discrepancy, about: { by: string; now: Date }) => Decided | null,
): Promise<Discrepancy> => {
  const now = deps.now()
  const eventId = deps.newId('evt')
  const bookingId = deps.newId('jrn').slice(4, 24)
  const changed = await changeDiscrepancy(deps.db, scope, { id, now, bookingId }, (found) => {
    const decided = decide(found, { by: actor, now })
    if (!decided) return null
    const { event, said, columns } = decided
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
