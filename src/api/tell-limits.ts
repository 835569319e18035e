/** Says so when the limiter cannot count any more: which way it fails must not be found out by whoever investigates later. */
import type { Deps } from '../flows/deps.ts'
import type { LimiterIsFull } from './limits.ts'

/** Under a flood the metric has every case, and the log one a minute for each class. */
const everyMs = 60_000

export const tellFull = ({ log, metrics }: Pick<Deps, 'log' | 'metrics'>): LimiterIsFull => {
  const toldAt = new Map<string, number>()
  return (way, limitClass, now) => {
    metrics.count('lephi_limiter_full_total', { class: limitClass, way })
    if (now.getTime() - (toldAt.get(limitClass) ?? -everyMs) < everyMs) return
    toldAt.set(limitClass, now.getTime())
    const told = { class: limitClass, way }
    if (way === 'open') log.warn(told, 'more callers than the limiter remembers: some pass uncounted')
    else log.warn(told, 'more callers than the limiter remembers: further ones are refused')
  }
}
