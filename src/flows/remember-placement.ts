/**
 * What an order is checked against, remembered by each process, so that placing one costs a single round trip: the commit holds what was remembered against what is stored,
 * and nothing is refused by what is only remembered.
 */
import { Refusal } from '../domain/refusal.ts'
import { type Database, isConflict } from '../store/database.ts'
import { type Placement, type PlacementQuestion, readPlacement } from '../store/order-placement.ts'

const rememberedMax = 2_000
const remembered = new WeakMap<Database, Map<string, Placement>>()

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
  const known = remembered.get(database) ?? new Map<string, Placement>()
  remembered.set(database, known)
  const key = JSON.stringify([question.agencyCode, question.day, question.feeCodes, question.codes])
  const read = async () => {
    const placement = await readPlacement(database, question)
    if (placement) remember(known, key, placement)
    else known.delete(key)
    return placement
  }
  const first = known.get(key)
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

const remember = (known: Map<string, Placement>, key: string, placement: Placement): void => {
  if (known.size >= rememberedMax) known.clear()
  known.set(key, placement)
}
