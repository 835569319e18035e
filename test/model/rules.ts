// Every rule that says no, by room and name: those that the code runs, and the steps that flows and PostgreSQL hold. The explorer is handed a copy in which one is left out.
import { type DoorGuards, doorGuards } from '../../src/domain/door-guards.ts'
import { extensionGuards, type NoExtension } from '../../src/domain/order-deadline.ts'
import { type OrderGuards, orderGuards } from '../../src/domain/order-guards.ts'
import { type RefundGuards, refundGuards } from '../../src/domain/refund-guards.ts'

/** What flows do in a certain order, and what the database alone refuses. `true` is the rule in force. */
export const steps = {
  /** store/order-commit.ts, `lephi_expect … 'order'`: a decision on an order that has changed since it was read is not committed. */
  versionIsCompared: true,
  /** store/order-commit.ts, `lephi_expect … 'reference'`: so is one about a capture under a number that another order has taken meanwhile. */
  referenceStandsAtCommit: true,
  /** store/order-commit.ts, `lephi_expect … 'dossier line'`: so is late money for what another order has paid meanwhile. */
  dossierStandsAtCommit: true,
  /** flows/start-attempt.ts: an attempt is committed before its provider is asked. */
  attemptIsWrittenFirst: true,
  /** flows/start-attempt.ts: a start without an answer is `unknown`, not refused. */
  startSilenceIsUnknown: true,
  /** flows/send-refund.ts: a refund is committed as `sending` before its provider is asked. */
  refundIsMarkedFirst: true,
  /** flows/send-refund.ts: a call that may have arrived is `unknown`, and is not taken back as one that never left. */
  refundSilenceIsUnknown: true,
  /** flows/query-refund.ts: a refund is sent once more under the reference that it was sent under before. */
  referenceIsKept: true,
  /** flows/query-refund.ts, `refundGraceMs`: a provider that does not have a refund is believed after an hour only. */
  denialOfRefundWaits: true,
  /** flows/query-refund.ts, `capabilities.idempotentRefund`: sent once more only where one reference is carried out once. */
  repeatIsSafe: true,
  /** flows/run-jobs.ts, store/jobs.ts `takeDue`: who asks about a refund has leased it, and holds the lease while it sends it once more. */
  leaseIsHeld: true,
  /** flows/idempotently.ts, primary key of `idempotency_keys`: one request is carried out once. */
  keyIsNew: true,
}
export type StepName = keyof typeof steps
export type Steps = Readonly<Record<StepName, boolean>>

export type Rules = {
  door: DoorGuards
  order: OrderGuards
  extension: typeof extensionGuards
  refund: RefundGuards
  steps: Steps
}
export const allRules: Rules = {
  door: doorGuards,
  order: orderGuards,
  extension: extensionGuards,
  refund: refundGuards,
  steps,
}

type Room = Readonly<Record<string, Readonly<Record<string, (about: never) => boolean>>>>
const rooms: Readonly<Record<'door' | 'order' | 'refund', Room>> = {
  door: doorGuards,
  order: orderGuards,
  refund: refundGuards,
}

/** `door.payer.amountEqualsDue`, … */
export const ruleNames: readonly string[] = [
  ...Object.entries(rooms).flatMap(([room, tables]) =>
    Object.entries(tables).flatMap(([table, guards]) => Object.keys(guards).map((name) => `${room}.${table}.${name}`)),
  ),
  ...(Object.keys(extensionGuards) as NoExtension[]).map((name) => `extension.${name}`),
  ...Object.keys(steps).map((name) => `steps.${name}`),
]

const holds = () => true
const leftOut = <Tables extends Room>(tables: Tables, table: string, name: string): Tables => {
  if (!tables[table]?.[name]) throw new Error(`there is no rule ${table}.${name}`)
  return { ...tables, [table]: { ...tables[table], [name]: holds } }
}

/** The rules without one of them. Nobody else's tables are touched. */
export const without = (rule: string): Rules => {
  const [room = '', table = '', name = ''] = rule.split('.')
  if (!ruleNames.includes(rule)) throw new Error(`there is no rule ${rule}`)
  if (room === 'door') return { ...allRules, door: leftOut(doorGuards, table, name) }
  if (room === 'order') return { ...allRules, order: leftOut(orderGuards, table, name) }
  if (room === 'refund') return { ...allRules, refund: leftOut(refundGuards, table, name) }
  if (room === 'extension') return { ...allRules, extension: { ...extensionGuards, [table]: holds } }
  return { ...allRules, steps: { ...steps, [table]: false } }
}
