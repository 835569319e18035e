/** Which town belongs to a seed. */
import { drawCustoms, hamletOrdersMax, kindOf } from './customs.ts'
import { type FaultKind, type FaultRule, faultKinds } from './fault-kinds.ts'
import { createRandom, type Random } from './random.ts'
import { drawScript, type Script, type TownSize } from './script.ts'
import type { TownPlan } from './town.ts'

export type Wish = {
  seed: string
  kinds: readonly FaultKind[]
  /** Absent: drawn, for one of many. */
  size?: TownSize
  /** In place of what the seed would draw. */
  script?: Script
}

/** From so many orders on a town has every provider. */
const allProvidersFrom = 100

/** How many seeds in a hundred are hamlets. */
const hamletShare = 0.86

/** The plan of one town: the same wish gives the same plan. */
export const planTown = ({ seed, kinds, size: given, script: written }: Wish): TownPlan => {
  const random = createRandom(seed).fork('plan')
  const size = given ?? drawSize(random)
  const providers = drawProviders(random.fork('providers'), size)
  const customs = drawCustoms(createRandom(seed).fork('customs'), kindOf(size, providers))
  // What is wrong in a file is seen by nobody where none is read.
  const seen = kinds.filter((kind) => customs.reconciles || !isOfFiles(faultKinds[kind]))
  return { seed, size, providers, customs, script: written ?? drawScript(random.fork('script'), size, seen) }
}

const drawSize = (random: Random): TownSize => {
  if (random.fork('kind').chance(hamletShare)) return { days: 1, orders: random.fork('orders').int(1, hamletOrdersMax) }
  const sizes = random.fork('size')
  return { days: sizes.pick([1, 1, 1, 1, 1, 1, 2, 2, 3]), orders: sizes.int(4, 12) }
}

const drawProviders = (random: Random, size: TownSize): number => {
  if (size.orders >= allProvidersFrom) return 13
  return kindOf(size, 1) === 'hamlet' ? random.pick([1, 1, 2]) : random.pick([1, 2, 2, 3])
}

const isOfFiles = ({ inFiles = false }: FaultRule): boolean => inFiles
