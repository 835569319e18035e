/** In which order the ways to pay are offered, and which of them is the one to suggest. */
import type { Method } from '../flows/list-methods.ts'

export type Offer = Method & { standing: 'good' | 'troubled' | 'down' | 'outside_limits' }

/**
 * Good ones first, then those that have been slow to answer or could not be reached just now, then those that are down, last those whose limits the amount
 * exceeds. Within each group the order of the list stands.
 */
export const offersOf = (
  methods: readonly Method[],
  about: { amount: bigint; unreached: readonly string[] },
): readonly Offer[] => {
  const offers = methods.map((method): Offer => ({ ...method, standing: standingOf(method, about) }))
  return order.flatMap((standing) => offers.filter((offer) => offer.standing === standing))
}

/** The one to suggest where another has trouble: the one that has proved itself most lately. Null when there is no trouble, or nothing better. */
export const suggestionOf = (offers: readonly Offer[]): Offer | null => {
  if (!offers.some(({ standing }) => standing === 'troubled' || standing === 'down')) return null
  const good = offers.filter((offer) => offer.standing === 'good')
  return good.toSorted((a, b) => b.health.captured - a.health.captured)[0] ?? null
}

const order: readonly Offer['standing'][] = ['good', 'troubled', 'down', 'outside_limits']

const standingOf = (
  { provider, limits, health }: Method,
  { amount, unreached }: { amount: bigint; unreached: readonly string[] },
): Offer['standing'] => {
  if (amount < limits.minimum || amount > limits.maximum) return 'outside_limits'
  if (health.status === 'down') return 'down'
  return health.status === 'degraded' || unreached.includes(provider) ? 'troubled' : 'good'
}
