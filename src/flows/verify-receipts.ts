/**
 * Holds the receipts of an order against what was signed when they were issued, against the order's lines, against the seals whose roots they bear, and against the timeline,
 * both ways: an event without its row is a receipt that was taken away, a row without its event one that was slipped in.
 */
import type { OrderEvent } from '../domain/order-events.ts'
import type { Order } from '../domain/order-facts.ts'
import type { Receipt, ReceiptHistory, SignedNotice } from '../domain/receipt.ts'
import { eventDifference, noticeDifference, receiptMiscount } from '../domain/receipt-record.ts'
import { sealOf } from '../store/ledger-seals.ts'
import type { Deps } from './deps.ts'
import { noticeFault, receiptFault, unsignedFault } from './sign-receipt.ts'

type KeyDeps = Pick<Deps, 'db' | 'box' | 'now'>

export type ReceiptFault = { what: 'receipt' | 'event'; id: string; problem: string }

type Held = {
  order: Order
  events: readonly Pick<OrderEvent, 'id' | 'type' | 'data'>[]
  histories: readonly ReceiptHistory[]
}

export type CheckReceipts = (held: Held) => Promise<ReceiptFault | null>

/** A checker that asks for each seal once. */
export const createReceiptChecker = (deps: KeyDeps): CheckReceipts => {
  const roots = new Map<string, Promise<string | null>>()
  const rootOf = (agencyCode: string, day: string) => {
    const name = `${agencyCode.split('.')[0]} ${day}`
    const root = roots.get(name) ?? sealOf(deps.db, agencyCode, day).then((seal) => seal?.root ?? null)
    return roots.set(name, root).get(name) ?? root
  }
  return async ({ order, events, histories }) => {
    const told = tell(events)
    for (const history of histories) {
      const problem =
        receiptMiscount(history.receipt, order.lines) ??
        (await signatureFault(deps, history.receipt)) ??
        (await rootFault(history.receipt, rootOf)) ??
        toldFault(history, told)
      if (problem) return { what: 'receipt', id: history.receipt.id, problem }
      for (const notice of history.notices) {
        const wrong = (await noticeFault(deps, notice)) ?? noticeToldFault(notice, told)
        if (wrong)
          return { what: 'receipt', id: history.receipt.id, problem: `has a notice ${notice.id} that ${wrong}` }
      }
    }
    return untold(told, histories)
  }
}

const signatureFault = (deps: KeyDeps, receipt: Receipt): Promise<string | null> =>
  receipt.signature === null && receipt.proof === null ? unsignedFault(deps, receipt) : receiptFault(deps, receipt)

type Data = Readonly<Record<string, unknown>>
type Told = Record<'issued' | 'replaced' | 'noticed', readonly { event: string; data: Data }[]>

const tell = (events: Held['events']): Told => {
  const of = (type: OrderEvent['type']) =>
    events.flatMap(({ id, type: own, data }) => (own === type ? [{ event: id, data: JSON.parse(data) as Data }] : []))
  return { issued: of('receipt.issued'), replaced: of('receipt.replaced'), noticed: of('receipt.noticed') }
}

const idIn = (data: Data, member: 'replaced_by' | 'notice'): unknown => (data[member] as Data | undefined)?.id

const rootFault = async (
  { agencyCode, document }: Receipt,
  rootOf: (agencyCode: string, day: string) => Promise<string | null>,
): Promise<string | null> => {
  const borne = document.ledger_root
  if (!borne) return null
  const root = await rootOf(agencyCode, borne.day)
  return root === borne.root ? null : `bears a root of ${borne.day} that is not the one that was sealed`
}

const toldFault = ({ receipt, replacedBy }: ReceiptHistory, told: Told): string | null => {
  const issued = told.issued.filter(({ data }) => data.id === receipt.id)
  const [event] = issued
  if (!event || issued.length > 1) return `is told of by ${issued.length} events of its issue`
  const differing = eventDifference(receipt, event.data)
  if (differing) return `differs in ${differing} from event ${event.event}`
  const later = told.replaced.filter(({ data }) => data.id === receipt.id)
  if (later.length !== (replacedBy ? 1 : 0)) return `is told to be replaced by ${later.length} events`
  return later.some(({ data }) => idIn(data, 'replaced_by') !== replacedBy?.id)
    ? 'is told to be replaced by another'
    : null
}

const noticeToldFault = (notice: SignedNotice, told: Told): string | null => {
  const [event, ...more] = told.noticed.filter(({ data }) => idIn(data, 'notice') === notice.id)
  if (!event || more.length > 0 || event.data.id !== notice.receiptId) return 'is not told of by one event'
  const differing = noticeDifference(notice, event.data.notice as Data)
  return differing && `differs in ${differing} from event ${event.event}`
}

/** What the timeline tells of and is not there. */
const untold = (told: Told, histories: readonly ReceiptHistory[]): ReceiptFault | null => {
  const receipts = new Set<unknown>(histories.map(({ receipt }) => receipt.id))
  const notices = new Set<unknown>(histories.flatMap((history) => history.notices.map(({ id }) => id)))
  for (const { event, data } of [...told.issued, ...told.replaced])
    if (!receipts.has(data.id))
      return {
        what: 'receipt',
        id: String(data.id),
        problem: `(${data.serial}-${data.number}) is gone: event ${event} tells of it`,
      }
  const lost = told.noticed.find(({ data }) => !notices.has(idIn(data, 'notice')))
  return lost
    ? { what: 'receipt', id: String(lost.data.id), problem: `has lost the notice that event ${lost.event} tells of` }
    : null
}
