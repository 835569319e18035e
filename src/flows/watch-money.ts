/** The gauges of money that is nobody's yet, and of the outbox: what somebody on duty must see before anybody calls. */
import { type Doubtful, readMoneyGauges, readSuspense } from '../store/money-gauges.ts'
import type { Deps } from './deps.ts'

/** For so long a sum of the suspense account is taken to be the one of now: it is the one that costs more the older the gateway is. */
const suspenseForMs = 60_000

/**
 * What sets them. It never throws: metrics are answered without a database too, and then these are absent, for a sum of an hour ago that looks like one of now would be
 * worse than none.
 */
export const createMoneyWatch = (deps: Deps): (() => Promise<void>) => {
  let summedAt: number | null = null
  const unlessFailed = (names: readonly string[], set: () => Promise<void>) =>
    set().catch((error: unknown) => {
      for (const name of names) deps.metrics.clear(name)
      deps.log.warn({ error, gauges: names }, 'money gauges not set')
    })
  const setSuspense = async () => {
    const at = deps.now().getTime()
    if (summedAt !== null && at - summedAt < suspenseForMs) return
    summedAt = null
    deps.metrics.set('lephi_money_suspense_dong', {}, Number(await readSuspense(deps.db)))
    summedAt = at
  }
  return async () => {
    await Promise.all([
      unlessFailed(presentGauges, () => setPresent(deps)),
      unlessFailed(['lephi_money_suspense_dong'], setSuspense),
    ])
  }
}

const presentGauges = [
  'lephi_money_unknown_dong',
  'lephi_money_unmatched_dong',
  'lephi_webhooks_waiting',
  'lephi_webhook_lag_seconds',
] as const

const setPresent = async (deps: Deps): Promise<void> => {
  const { metrics } = deps
  const now = deps.now()
  const gauges = await readMoneyGauges(deps.db, now)
  for (const name of presentGauges) metrics.clear(name)
  setDoubtful(deps, 'payment', gauges.unknownPayments)
  setDoubtful(deps, 'refund', gauges.unknownRefunds)
  for (const { class: name, amount } of gauges.unmatched)
    metrics.set('lephi_money_unmatched_dong', { class: name }, Number(amount))
  metrics.set('lephi_webhooks_waiting', {}, gauges.webhooksWaiting)
  const lagMs = gauges.webhookDueSince ? Math.max(0, now.getTime() - gauges.webhookDueSince.getTime()) : 0
  metrics.set('lephi_webhook_lag_seconds', {}, lagMs / 1_000)
}

/** 0 for a provider that owes no answer: a series that is only there while something is wrong cannot be told from one that is lost. */
const setDoubtful = ({ metrics, providers }: Deps, kind: string, doubtful: readonly Doubtful[]): void => {
  for (const provider of Object.keys(providers)) metrics.set('lephi_money_unknown_dong', { kind, provider }, 0)
  for (const { provider, amount } of doubtful)
    metrics.set('lephi_money_unknown_dong', { kind, provider }, Number(amount))
}
