/** Makes a failing script as short as it can be: delta debugging (Zeller and Hildebrandt, 2002, ddmin), with an end to how often it may try. */
import type { Script } from './script.ts'

export type Shrinking = {
  /** Whether the town still fails in the same way with that script. */
  fails: (script: Script) => Promise<boolean>
  /** How often it may be tried at most. */
  triesMax: number
  progress: (text: string) => void
}

export type Shrunk = {
  script: Script
  tries: number
  /** False when the tries were used up: a part that does not matter may still be in it. */
  isShortest: boolean
}

/** The shortest part of the script that was found to fail, in the script's order. */
export const shrinkScript = async (script: Script, { fails, triesMax, progress }: Shrinking): Promise<Shrunk> => {
  let [current, pieces, tries] = [script, 2, 0]
  const stillFails = async (candidate: Script): Promise<boolean> => {
    tries += 1
    const isFailing = await fails(candidate)
    progress(`try ${tries}: ${candidate.length} of ${script.length} faults ${isFailing ? 'still fail' : 'do not fail'}`)
    return isFailing
  }
  if (script.length > 0 && (await stillFails([]))) return { script: [], tries, isShortest: true }
  while (current.length > 1 && tries < triesMax) {
    const found = await firstFailing(
      partsOf(current, pieces),
      async (part) => tries < triesMax && (await stillFails(part)),
    )
    if (found) {
      // A half that fails is halved again; of what fails without one piece the others are tried further.
      pieces = found.isPiece ? 2 : Math.max(pieces - 1, 2)
      current = found.part
    } else if (pieces < current.length) pieces = Math.min(pieces * 2, current.length)
    else return { script: current, tries, isShortest: true }
  }
  return { script: current, tries, isShortest: current.length <= 1 }
}

type Part = { part: Script; isPiece: boolean }

/** Each piece by itself, then all but each piece. */
const partsOf = (script: Script, pieces: number): Part[] => {
  const size = Math.ceil(script.length / pieces)
  const starts = Array.from({ length: Math.ceil(script.length / size) }, (_, index) => index * size)
  const alone = starts.map((start) => ({ part: script.slice(start, start + size), isPiece: true }))
  const without = starts.map((start) => ({
    part: [...script.slice(0, start), ...script.slice(start + size)],
    isPiece: false,
  }))
  return pieces === 2 ? alone : [...alone, ...without]
}

const firstFailing = async (
  parts: readonly Part[],
  fails: (part: Script) => Promise<boolean>,
): Promise<Part | null> => {
  for (const candidate of parts) if (await fails(candidate.part)) return candidate
  return null
}
