// The offices behind the payments: a portal that asks for refunds, and a checker who approves them.
import { setTimeout as pause } from 'node:timers/promises'
import { createChance } from '../score/random.ts'
import type { Townsfolk } from './citizens.ts'
import { noteRefusal } from './promises.ts'
import type { WebhookInbox } from './webhook-inbox.ts'

const refundShare = 0.15
const portalPauseMs = 100
const checkerPauseMs = 1_000

/** Asks for refunds of some of the orders that were heard to be paid, until it is over. */
export const letPortalRefund = async (town: Townsfolk, inbox: WebhookInbox): Promise<void> => {
  const chance = createChance(town.seed * 1_000 + 998)
  while (town.goesOn()) {
    const order = inbox.takePaid()
    if (order === undefined) await pause(portalPauseMs)
    else if (chance.isTrue(refundShare))
      await askRefund(town, order, chance.isTrue(0.5) ? chance.between(1, 10_000) : null)
  }
}

const askRefund = async ({ caller, promises }: Townsfolk, order: string, amount: number | null): Promise<void> => {
  const path = `/v1/orders/${order}/refunds`
  const key = `refund-${order}`
  const call = { path, key, json: { reason: key, reason_code: 'overcharged', ...(amount === null ? {} : { amount }) } }
  const { status, text, json } = await caller.call('portal', call)
  if (status !== 202) return noteRefusal(promises, path, json.code)
  promises.refunds.set(key, String(json.id))
  const again = await caller.call('portal', call)
  if (again.text !== text) promises.changedAnswers.push(`${path} ${key}`)
}

/** Approves whatever waits for a second person, proposed refunds of surplus included, until it is over. */
export const letCheckerApprove = async (town: Townsfolk): Promise<void> => {
  while (town.goesOn()) {
    for (const status of ['requested', 'proposed']) await approveAll(town, status)
    await pause(checkerPauseMs)
  }
}

const approveAll = async ({ caller, promises, goesOn }: Townsfolk, status: string): Promise<void> => {
  const { json } = await caller.call('checker', { path: `/v1/refunds?status=${status}&limit=50` })
  for (const { id } of (json.data ?? []) as { id: string }[]) {
    if (!goesOn()) return
    const path = `/v1/refunds/${id}/approve`
    const answer = await caller.call('checker', { path, json: {} })
    if (answer.status === 200) promises.approved.add(id)
    else noteRefusal(promises, path, answer.json.code)
  }
}
