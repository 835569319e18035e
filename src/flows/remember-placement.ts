/**
 * What an order is checked against, remembered by each process, so that placing one costs a single round trip: the commit holds what was remembered against what is stored,
 * and nothing is refused by what is only remembered.
 */
import type { CatalogueName } from '../domain/catalogue.ts'
import { Refusal } from '../domain/refusal.ts'
import { type Database, isConflict } from '../store/database.ts'
import { type Placement, type PlacementQuestion, readPlacement } from '../store/order-placement.ts'

const rememberedMax = 2_000

type Remembered = {
  placements: Map<string, Placement>
  /** Catalogues that hold, by agency and day. */
  catalogues: Map<string, readonly CatalogueName[]>
}
const remembered = new WeakMap<Database, Remembered>()

/** So often it may change between a reading and its commit. */
const turnsMax = 5

/**
 * Hands `use` what an order is checked against; null where there is no such agency. Called again with a fresh reading when `use` ends in a conflict (see isConflict), which
 * `holdPlacement` makes of a change, or in a Refusal that stands on what is no longer so.
 */
export const withPlacement = async <Result>(
  database: Database,
  question: PlacementQuestion,
  use: (placement: Placement | null) => Promise<Result>,
): Promise<Result> => {
  const known = remembered.get(database) ?? { placements: new Map(), catalogues: new Map() }
  remembered.set(database, known)
  const read = async () => {
    const placement = await readPlacement(database, question)
    if (placement) remember(known, question, placement)
    else known.placements.delete(keyOf(known, question))
    return placement
  }
  const first = known.placements.get(keyOf(known, question))
  if (first) keep(known.placements, keyOf(known, question), first)
  let placement = first ?? (await read())
  for (let turn = 1; turn < turnsMax; turn += 1) {
    try {
      return await use(placement)
    } catch (error) {
      const isDoubtful = placement === first && error instanceof Refusal
      if (!isConflict(error) && !isDoubtful) throw error
      const fresh = await read()
      if (isDoubtful && fresh?.print === placement?.print) throw error
      placement = fresh
    }
  }
  return use(placement)
}

const remember = (known: Remembered, question: PlacementQuestion, placement: Placement): void => {
  keep(known.catalogues, placeOf(question), placement.codesHeld.catalogues)
  keep(known.placements, keyOf(known, question), placement)
}

/**
 * Codes of a catalogue of which nothing holds change nothing, and a portal may write another rule of relief into each order. Should such a catalogue begin meanwhile, the commit
 * finds it.
 */
const keyOf = ({ catalogues }: Remembered, question: PlacementQuestion): string => {
  const holding = catalogues.get(placeOf(question))
  const codes = question.codes.filter(({ catalogue }) => holding?.includes(catalogue) ?? true)
  return JSON.stringify([question.agencyCode, question.day, question.feeCodes, codes])
}

const placeOf = ({ agencyCode, day }: PlacementQuestion): string => `${agencyCode} ${day}`

/** The one that was not used for the longest makes room. */
const keep = <Value>(known: Map<string, Value>, key: string, value: Value): void => {
  known.delete(key)
  known.set(key, value)
  const [oldest] = known.keys()
  if (known.size > rememberedMax && oldest !== undefined) known.delete(oldest)
}
