/** What `Screen.done` wants, from the words of both languages. */
import type { Language } from '../language.ts'

export const doneWords = <Name extends string>(
  both: Readonly<Record<Language, Readonly<Record<Name, string>>>>,
): Record<Name, Record<Language, string>> =>
  Object.fromEntries(
    (Object.keys(both.vi) as Name[]).map((name) => [name, { vi: both.vi[name], en: both.en[name] }]),
  ) as Record<Name, Record<Language, string>>
