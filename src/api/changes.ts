/** The members of a PATCH that were given; an absent one is not the same as null. */

type Given<Members> = { [Name in keyof Members]?: Exclude<Members[Name], undefined> }

export const withoutUndefined = <Members extends Record<string, unknown>>(members: Members): Given<Members> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<Members>
