// The demo's clock: the machine's, moved forward by whoever tries out what takes days. One for the whole demo and not one for each agency: all of them share a
// database, ids that sort by time, queues ordered by when work is due, and one chain of the ledger; two times in it would contradict each other.
import { join } from 'node:path'
import { z } from 'zod'
import { readPrivateFile, writePrivateFile } from '../private-file.ts'

export type DemoClock = {
  now: () => Date
  /** The machine's own time: what can never be undone, such as erasing, goes by it. */
  machineNow: () => Date
  /** How far it is ahead of the machine. */
  aheadMs: () => number
  /** Moves it forward for good: what was written in the new present must not lie in the future after a restart. Throws RangeError beyond `aheadMaxMs`. */
  advance: (byMs: number) => Promise<void>
}

const day = 86_400_000
/** A year with its Tết, and the daily queries of 35 days behind it. */
export const aheadMaxMs = 400 * day

const memory = z.strictObject({ ahead_ms: z.int().min(0).max(aheadMaxMs) })

/** As it was left. Throws an Error that says what to do when that cannot be read: a clock that went back would contradict what is stored. */
export async function openDemoClock(dataDir: string, machineNow = () => new Date()): Promise<DemoClock> {
  const path = join(dataDir, 'clock.json')
  let aheadMs = await readAhead(path)
  return {
    now: () => new Date(machineNow().getTime() + aheadMs),
    machineNow,
    aheadMs: () => aheadMs,
    advance: async (byMs) => {
      const wanted = aheadMs + byMs
      if (!Number.isSafeInteger(byMs) || byMs <= 0) throw new RangeError('a clock goes forward, by whole milliseconds')
      if (wanted > aheadMaxMs) throw new RangeError(`a clock is at most ${aheadMaxMs / day} days ahead`)
      // Written down first: whoever reads a later time must never meet an earlier one after a restart.
      await writePrivateFile(path, `${JSON.stringify({ ahead_ms: wanted })}\n`)
      aheadMs = wanted
    },
  }
}

const readAhead = async (path: string): Promise<number> => {
  const text = await readPrivateFile(path)
  if (text === null) return 0
  try {
    return memory.parse(JSON.parse(text)).ahead_ms
  } catch (cause) {
    throw new Error(
      `${path} cannot be read. Bring it back as it was, or remove the whole data directory: the demo then begins anew.`,
      { cause },
    )
  }
}
