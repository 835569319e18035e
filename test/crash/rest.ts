// After the last kill: what the gateways heal by themselves, then what only the settlement statements can, until nothing is owed any more.
import { setTimeout as pause } from 'node:timers/promises'
import { settle } from './accountant.ts'
import { nameOf, type Reader, readBooks, readUnfinished } from './books-here.ts'
import type { Townsfolk } from './citizens.ts'

export type Healed = {
  /** Captured payments that were not booked when the last kill was over. */
  missing: number
  /** Of these: booked by what came to pass without anybody's doing, within the time that was given. */
  byThemselves: number
  byStatement: number
  /** Webhooks that were owed at the end of that time and were asked for again by the portal. */
  redelivered: number
  restSeconds: number
}

type Rest = {
  town: Townsfolk
  sql: Reader
  /** How long leases of the dead, retries and the query schedule are waited for while nothing else happens. */
  restSeconds: number
  print: (line: string) => void
}

const pollMs = 400
const settleConcurrency = 3
const deliverySeconds = 120

export const comeToRest = async ({ town, sql, restSeconds, print }: Rest): Promise<Healed> => {
  const begun = performance.now()
  const missing = (await missingHere(town, sql)).length
  print(`The last kill is over: ${missing} captured payments are not booked yet, ${await owed(sql)}`)
  const countOpen = async () => {
    const { webhooks, receipts } = await readUnfinished(sql)
    return webhooks + receipts + (await missingHere(town, sql)).length
  }
  await untilNone(countOpen, restSeconds)
  await town.providers.freeze()
  const left = (await missingHere(town, sql)).length
  const rested = Math.round((performance.now() - begun) / 1_000)
  print(`After ${rested} s: ${left} are left to the settlement statements, ${await owed(sql)}`)
  await settleAll(town)
  // The first run tells of what it finds there; the next one finds that both agree.
  await settleAll(town)
  const redelivered = await deliverRest(town, sql, restSeconds)
  const lost = (await missingHere(town, sql)).length
  return { missing, byThemselves: missing - left, byStatement: left - lost, redelivered, restSeconds: rested }
}

const owed = async (sql: Reader): Promise<string> => {
  const { webhooks, receipts } = await readUnfinished(sql)
  return `${webhooks} webhooks and ${receipts} receipts are owed`
}

const missingHere = async ({ providers }: Townsfolk, sql: Reader): Promise<string[]> => {
  const here = await readBooks(sql)
  return providers
    .books()
    .filter(({ kind, status }) => kind === 'payment' && status === 'success')
    .map((row) => nameOf(row.merchantAccountId, row.merchant_reference))
    .filter((name) => !here.payments.get(name)?.captured)
}

const settleAll = async (town: Townsfolk): Promise<void> => {
  const waiting = [...town.providers.accounts.keys()]
  await Promise.all(
    Array.from({ length: settleConcurrency }, async () => {
      for (let provider = waiting.shift(); provider !== undefined; provider = waiting.shift())
        await settle(town, provider)
    }),
  )
}

/** Waits until all webhooks are delivered. What a dead process holds a lease on is asked for again only where there is no time to wait for the lease's end. */
const deliverRest = async ({ caller }: Townsfolk, sql: Reader, restSeconds: number): Promise<number> => {
  const countOwed = async () => (await readUnfinished(sql)).webhooks
  if (await untilNone(countOwed, Math.min(restSeconds, deliverySeconds))) return 0
  const { json } = await caller.call('portal', { path: '/v1/webhook_deliveries?status=pending&limit=100' })
  const pending = (json.data ?? []) as { id: string }[]
  for (const { id } of pending)
    await caller.call('portal', { path: `/v1/webhook_deliveries/${id}/redeliver`, json: {} })
  await untilNone(countOwed, deliverySeconds)
  return pending.length
}

/** Waits while it becomes fewer; false when for so many seconds it did not, and some are left. */
const untilNone = async (count: () => Promise<number>, seconds: number): Promise<boolean> => {
  let fewest = Number.POSITIVE_INFINITY
  let since = performance.now()
  for (;;) {
    const left = await count()
    if (left === 0) return true
    if (left < fewest) {
      fewest = left
      since = performance.now()
    } else if (performance.now() - since > seconds * 1_000) return false
    await pause(pollMs)
  }
}
