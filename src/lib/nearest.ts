// Which of the words that there are somebody may have meant.

/** The word that the fewest slips lead to, or null when none is near: a third of the letters may be wrong, at least one and three at most. */
export const nearest = (typed: string, words: readonly string[]): string | null => {
  const slipsMax = Math.min(3, Math.max(1, Math.floor(typed.length / 3)))
  let best: { word: string; slips: number } | null = null
  for (const word of words) {
    if (typed.length > wordMax || Math.abs(word.length - typed.length) > slipsMax) continue
    const slips = slipsBetween(typed, word)
    if (slips <= slipsMax && slips < (best?.slips ?? Infinity)) best = { word, slips }
  }
  return best?.word ?? null
}

const wordMax = 100

/** Letters that are missing, too many, others, or two in the wrong order (the restricted distance of Damerau and Levenshtein). */
const slipsBetween = (a: string, b: string): number => {
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (before[j - 2] ?? 0) + 1 : Infinity,
      )
    }
    ;[before, row] = [row, next]
  }
  return row[b.length] ?? 0
}
