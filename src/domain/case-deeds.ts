/** What people decide about money beside refunds: disputes, discrepancies, tracing cases, quarantine. Every legal deed by the state in which it is, and where it may lead. */
import type { Dispute } from './order-facts.ts'
import type { QuarantineStatus } from './quarantine.ts'
import type { TracingStatus } from './tracing.ts'

/** A deed that is absent is refused in that state. One that is there may still be another person's, which the flow says. */
export type Deeds<State extends string, Deed extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Deed, readonly State[]>>>>
>

export const disputeDeeds: Deeds<Dispute['status'], 'close' | 'requestRelease' | 'approveRelease' | 'rejectRelease'> = {
  open: { close: ['closed'] },
  // A lost chargeback waits for its reversal, and two people may release it.
  closed: { requestRelease: ['closed'], approveRelease: ['closed'], rejectRelease: ['closed'] },
}

export const discrepancyDeeds: Deeds<
  'open' | 'proposed' | 'resolved',
  'resolve' | 'approve' | 'reject' | 'reopen' | 'assign' | 'note'
> = {
  open: { resolve: ['resolved', 'proposed'], assign: ['open'], note: ['open'] },
  proposed: { approve: ['resolved'], reject: ['open'], assign: ['proposed'], note: ['proposed'] },
  // What two decided stays resolved while opening it again is proposed, and that is approved or rejected.
  resolved: { reopen: ['open', 'resolved'], approve: ['open'], reject: ['resolved'], note: ['resolved'] },
}

export const tracingDeeds: Deeds<TracingStatus, 'answer' | 'close'> = {
  open: { answer: ['answered'], close: ['closed'] },
  answered: { close: ['closed'] },
  closed: {},
}

export const quarantineDeeds: Deeds<QuarantineStatus, 'attribute' | 'dismiss'> = {
  open: { attribute: ['attributed'], dismiss: ['dismissed'] },
  // A credit that was dismissed is in suspense all the same, and may still find its payment.
  dismissed: { attribute: ['attributed'] },
  attributed: {},
}
