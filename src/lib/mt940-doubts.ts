// Whoever pays writes the text of an entry (86), and banks cut it into lines without looking: a text that is long enough puts `:61:` at the start of a line. Nothing in
// the line itself tells such an entry from the bank's own. What the payer cannot write is the balances; so what does not add up is told, and what adds up because it
// cancels itself is not taken where a text may have put it.

type Doubted = { amount: bigint; isDoubtful: boolean }

/** The width of a line of text (SWIFT, MT940, field 86: 6*65x). */
const swiftWidth = 65
/** Shorter lines are not cut by a width. */
const widthMin = 20
const widthsMax = 20
/** Six lines of text hold no more entries. */
const heldMax = 6

/** Watches the text lines of a file for where they are cut, and holds entries that begin behind a full one until they are seen not to cancel each other. */
export const createDoubts = <Entry extends Doubted>() => {
  const widths = new Set([swiftWidth])
  let last = 0
  let held: Entry[] = []
  return {
    /** A line of text; it goes on with the one before it unless it is the first of its field. */
    noteText: (chars: number, isFirst: boolean): void => {
      if (!isFirst && last >= widthMin && widths.size < widthsMax) widths.add(last)
      last = chars
    },
    /** Whether what follows may be the same text, cut at its width. */
    isBehindFullLine: (): boolean => widths.has(last),
    /** An entry that has ended: those that are told now, and those that cancel each other and may be a payer's text. */
    take: (entry: Entry): { told: readonly Entry[]; undone: readonly Entry[] } => {
      if (held.length === 0 && !entry.isDoubtful) return { told: [entry], undone: [] }
      held.push(entry)
      let sum = 0n
      for (let from = held.length - 1; from >= 0; from -= 1) {
        sum += held[from]?.amount ?? 0n
        if (sum !== 0n || !held[from]?.isDoubtful) continue
        const [told, undone] = [held.slice(0, from), held.slice(from)]
        held = []
        return { told, undone }
      }
      if (held.length <= heldMax) return { told: [], undone: [] }
      const next = held.findIndex(({ isDoubtful }, at) => at > 0 && isDoubtful)
      return { told: held.splice(0, next < 0 ? held.length : next), undone: [] }
    },
    /** The statement ends: nothing that follows can cancel what is held. */
    release: (): readonly Entry[] => held.splice(0),
  }
}
