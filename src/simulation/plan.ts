/** Which town belongs to a seed. */
import type { FaultKind } from './fault-kinds.ts'
import { createRandom } from './random.ts'
import { drawScript, type Script, type TownSize } from './script.ts'
import type { TownPlan } from './town.ts'

export type Wish = {
  seed: string
  kinds: readonly FaultKind[]
  /** Absent: drawn, for one of many small towns. */
  size?: TownSize
  /** In place of what the seed would draw. */
  script?: Script
}

/** From so many orders on a town has every provider. */
const allProvidersFrom = 100

/** The plan of one town: the same wish gives the same plan. */
export const planTown = ({ seed, kinds, size: given, script: written }: Wish): TownPlan => {
  const random = createRandom(seed).fork('plan')
  const sizes = random.fork('size')
  const size = given ?? { days: sizes.pick([1, 1, 1, 1, 1, 1, 2, 2, 3]), orders: sizes.int(4, 12) }
  const providers = size.orders >= allProvidersFrom ? 13 : random.fork('providers').pick([1, 2, 2, 3])
  return { seed, size, providers, script: written ?? drawScript(random.fork('script'), size, kinds) }
}
