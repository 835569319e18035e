/**
 * How a screen of the console is declared. A screen is one value: where it is, who may see it, what it shows, what can be done on it.
 *
 * To add one: `defineScreen({…})` in a folder of its subject below console/, its words in both languages in a `words.ts` beside it, and one line in screens.ts.
 * `view` reads through `visit.api` (our own API, as the person) and answers a body made of parts.tsx. `acts` are what its forms do: `<ActForm visit={visit} act="approve">`
 * posts to the same address, `acts.approve` calls the API and answers where to go next. A refusal of the API shows the screen again, with the problem and what was typed.
 */
import type { Child } from 'hono/jsx'
import type { Role, Staff } from '../../domain/staff.ts'
import type { Language } from '../language.ts'
import type { ApiProblem, ConsoleApi } from './console-api.ts'

/** Who looks, at what, and by what means. */
export type Visit = {
  staff: Staff
  api: ConsoleApi
  language: Language
  now: Date
  /** Parameters of the screen's path. */
  params: Readonly<Record<string, string>>
  /** What the address asks for; of a name that comes twice the first. */
  query: Readonly<Record<string, string>>
  /** The path of this very screen. */
  path: string
  /** What was just done here, as the act named it: a key of the screen's `done`. */
  done: string | null
  /** What the API said no to, when the form was sent; null otherwise. */
  problem: ApiProblem | null
  /** What was typed into the form that the API said no to; empty otherwise. */
  typed: ReadonlyMap<string, string>
  /** The same, of what comes several times: all of it. */
  typedAll: (name: string) => readonly string[]
  /** Which form `typed` is of: its `act`, and its `item` where there are several. */
  tried: { act: string; item: string } | null
  formToken: string
  /** A new key for each form that is shown, so that a form that is sent twice is done once. */
  newKey: () => string
  /** How others reach the gateway, without a slash at the end. */
  publicUrl: string
  /** The name of a provider in the visit's language. */
  titleOf: (provider: string) => string
}

/** What a form sent. */
export type Acting = Visit & {
  /** The first value of each member; `all` has the rest of those that come several times. */
  form: ReadonlyMap<string, string>
  all: (name: string) => readonly string[]
}

export type View = {
  title: string
  body: Child
  /** 200 unless given. */
  status?: 200 | 404 | 409 | 422
  /** Reloads the page by itself for those without scripts; for the others parts.tsx has `Underway`, which also offers to stop it. */
  refreshSeconds?: number | undefined
}

/** Where to go after a deed, below /console, and what to say there. */
export type Next = { to: string; done?: string }

export type Screen = {
  /** Below /console, Hono style: `/orders/:id`; empty for the first page. */
  path: string
  roles: readonly Role[]
  /** Where it stands in the navigation; absent for screens that others lead to. */
  nav?: { section: Section; words: Readonly<Record<Language, string>> }
  /** What `Next.done` says. */
  done?: Readonly<Record<string, Readonly<Record<Language, string>>>>
  /** A Response is passed on as it is: a file. */
  view: (visit: Visit) => Promise<View | Response>
  /** A View is shown at once and not led to: for what is shown only this one time, such as a new secret. */
  acts?: Readonly<Record<string, (acting: Acting) => Promise<Next | View | Response>>>
  /** Takes a body as it comes, a file: posted as multipart to this address with `?form_token=`. The person must be told how to do it again. */
  upload?: (visit: Visit, request: Request) => Promise<Next>
}

export const sections = ['daily', 'books', 'setup'] as const
export type Section = (typeof sections)[number]

export const everybody: readonly Role[] = ['accountant', 'checker', 'auditor', 'operator']
export const bookkeepers: readonly Role[] = ['accountant', 'checker', 'auditor']

/** Only that its type is held. */
export const defineScreen = (screen: Screen): Screen => screen
