// A line of an example as a shell reads it: words, quotes, and variables that are set before.

/** The words, `npx` first; what is set before it is left out. Knows no escapes, for no example has any. */
export const wordsOfShell = (line: string): string[] => {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  )
  return words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word)))
}
