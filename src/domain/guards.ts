/**
 * Rules that say no, each under its name. They are rows of a table, so that they can be read aloud, and a test can leave out one of them and see what it is there for.
 */

/** Rows of the form `name: holds`; all of them must hold. */
export type Guards<Name extends string, About> = Readonly<Record<Name, (about: About) => boolean>>

/** The first row that says no, from the top of the table; null when all of them hold. */
export const refusedBy = <Name extends string, About>(guards: Guards<Name, About>, about: About): Name | null => {
  for (const name in guards) if (!guards[name](about)) return name
  return null
}
