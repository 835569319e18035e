// What each simulated provider's protocol has, as its conformance kit declares it: which stories can be told of it, and how they must end.
import { registry } from '../../src/providers/registry.ts'
import type { CallbackSpec, ProviderKit } from '../providers/kit.ts'
import { providerNames } from './town.ts'

export type Traits = {
  name: string
  /** Another provider, one that can be asked and that returns money, for what happens beside. */
  other: string
  /** Whether the payment begins with a call of ours; else with an address, a form or a code that the citizen has. */
  startsByCall: boolean
  /** Whether it can be asked about a payment; else its statement settles what no callback did. */
  query: boolean
  refund: boolean
  /** Whether less than the whole can be returned. */
  partialRefund: boolean
  /** Whether it says by itself, or when asked, that a refund was paid back; else its statement does. */
  tellsRefund: boolean
  /** How many questions come before the first news: 1 where the provider checks an order before it takes money. */
  questions: number
  /** Whether an amount that begins with the expected one is refused, because its other digits may be those of the next signed value. */
  isUnseparated: boolean
  /** Whether it calls back about failures too. */
  tellsFailure: boolean
  /** Whether its callback carries the time of the payment. */
  tellsTime: boolean
  /** Whether the browser comes back with a reference. */
  returns: boolean
  /** Whether a callback proves its outcome; else it only makes us ask. */
  proves: boolean
  /** Whether a callback is compared with the stored payment before it is believed, which takes a round trip. */
  looksUp: boolean
  /** Whether a payment gets the provider's number when it is captured; else its statement brings it. */
  tellsNumber: boolean
}

const sample: CallbackSpec = {
  ...{ says: 'captured', merchantReference: 'LP1', amount: 1n, occurredAt: new Date(0), providerReference: '1' },
}

const traitsOf = async (name: string): Promise<Traits> => {
  const { kit }: { kit: ProviderKit } = await import(`../providers/${name}.kit.ts`)
  return {
    name,
    other: name === 'vnpay' ? 'momo' : 'vnpay',
    startsByCall: kit.start.answer !== null && !kit.start.leavesNothing,
    query: registry[name]?.capabilities.query ?? false,
    refund: registry[name]?.capabilities.refund ?? false,
    partialRefund: kit.refund?.fullOnly !== true,
    tellsRefund: kit.refund?.acceptedMeans === 'refunded' || kit.refundQuery !== undefined,
    questions: kit.callback.asksFirst ? 1 : 0,
    isUnseparated: kit.callback.isUnseparated === true,
    tellsFailure: kit.callback.tellsFailure,
    tellsTime: kit.callback.tellsTime,
    returns: kit.returning !== undefined,
    proves: kit.callback.proves !== 'reference',
    looksUp: kit.callback.provesStoredAmount ?? false,
    tellsNumber: kit.callback.providerReference?.(sample) !== null,
  }
}

export const allTraits: readonly Traits[] = await Promise.all(providerNames.map(traitsOf))
