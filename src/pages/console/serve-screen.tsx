/** One request to one screen: who is it, may they, show it or do it. */
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import { Refusal } from '../../domain/refusal.ts'
import { callerOf } from '../../domain/staff.ts'
import type { Deps } from '../../flows/deps.ts'
import type { Session } from '../../flows/staff-session.ts'
import { BodyTooLarge, readLimited } from '../../lib/body.ts'
import { equalInConstantTime } from '../../lib/hmac.ts'
import type { Language } from '../language.ts'
import type { PageEnv } from '../page-env.ts'
import { isFromOwnPage } from '../security.ts'
import { ApiProblem, createConsoleApi, type InnerApi, searchOf } from './console-api.ts'
import { Frame } from './frame.tsx'
import { Note, ProblemNote } from './parts.tsx'
import { consoleHeaders } from './policy.ts'
import type { Next, Screen, View, Visit } from './screen.ts'
import type { words } from './words.ts'

export type Serving = {
  deps: Deps
  innerApi: InnerApi
  clientAddress: (request: Request, env: unknown) => string
  /** All screens, for the navigation. */
  screens: readonly Screen[]
}

/** A form that is not this session's. */
export class ForeignConsoleForm extends Error {
  override name = 'ForeignConsoleForm'
}

/** A screen that the person's role does not see. */
export class NotForRole extends Error {
  override name = 'NotForRole'
}

export type Asking = { session: Session; language: Language }

const formBytesMax = 128 * 1024

/** GET: the screen. */
export const showScreen = async (c: Context<PageEnv>, screen: Screen, serving: Serving, asking: Asking) =>
  show(c, screen, serving, { asking, visit: visitOf(c, screen, serving, { ...asking, once: null }) })

/** POST: does what the form says, and leads on, so that a reload sends nothing again. A refusal of the API shows the screen again. */
export const actOnScreen = async (c: Context<PageEnv>, screen: Screen, serving: Serving, asking: Asking) => {
  const isUpload = c.req.header('content-type')?.toLowerCase().startsWith('multipart/form-data') ?? false
  if (isUpload) return takeUpload(c, screen, serving, asking)
  const form = await readForm(c, serving.deps)
  refuseForeign(form.get('form_token'), asking.session)
  const name = form.get('act') ?? ''
  const act = screen.acts && Object.hasOwn(screen.acts, name) ? screen.acts[name] : undefined
  if (!act) throw new ForeignConsoleForm('a form that this screen does not have')
  const visit = visitOf(c, screen, serving, { ...asking, once: onceOf(form.get('once')) })
  const first = new Map<string, string>()
  for (const [name, value] of form) if (!first.has(name)) first.set(name, value)
  try {
    const next = await act({ ...visit, form: first, all: (name) => form.getAll(name) })
    if (next instanceof Response) return fileAnswer(next)
    return 'to' in next ? seeOther(c, next) : show(c, screen, serving, { asking, visit, view: next })
  } catch (error) {
    const tried = { act: form.get('act') ?? '', item: form.get('item') ?? '' }
    return showAgain(c, screen, serving, { asking, error, tried, typed: first, form })
  }
}

const takeUpload = async (c: Context<PageEnv>, screen: Screen, serving: Serving, asking: Asking) => {
  if (!isFromOwnPage(c.req.raw, serving.deps.publicUrl)) throw new ForeignConsoleForm('an upload from another site')
  refuseForeign(c.req.query('form_token') ?? null, asking.session)
  if (!screen.upload) throw new ForeignConsoleForm('a file that this screen does not take')
  const visit = visitOf(c, screen, serving, { ...asking, once: null })
  try {
    return seeOther(c, await screen.upload(visit, c.req.raw))
  } catch (error) {
    return showAgain(c, screen, serving, {
      asking,
      error,
      tried: { act: 'upload', item: '' },
      typed: new Map(),
      form: new URLSearchParams(),
    })
  }
}

type Again = {
  asking: Asking
  error: unknown
  tried: NonNullable<Visit['tried']>
  typed: ReadonlyMap<string, string>
  form: URLSearchParams
}

const showAgain = async (
  c: Context<PageEnv>,
  screen: Screen,
  serving: Serving,
  { asking, error, tried, typed, form }: Again,
) => {
  if (!(error instanceof ApiProblem) || error.status >= 500 || ['not_found', 'insufficient_scope'].includes(error.code))
    throw error
  const visit = visitOf(c, screen, serving, { ...asking, once: null })
  return show(c, screen, serving, {
    asking,
    visit: { ...visit, problem: error, tried, typed, typedAll: (name) => form.getAll(name), done: null },
    status: error.status,
  })
}

/** `view` is what an act shows; without it the screen's own. */
type Showing = { asking: Asking; visit: Visit; status?: number; view?: View }

const show = async (
  c: Context<PageEnv>,
  screen: Screen,
  serving: Serving,
  { asking: { session, language }, visit, status, view: given }: Showing,
): Promise<Response> => {
  const view = given ?? (await screen.view(visit))
  if (view instanceof Response) return fileAnswer(view)
  const done = visit.done === null ? null : (screen.done?.[visit.done]?.[language] ?? null)
  const { done: _done, lang: _lang, ...kept } = visit.query
  const other = language === 'vi' ? 'en' : 'vi'
  const page = (
    <Frame
      language={language}
      title={view.title}
      otherLanguageHref={`/console${visit.path}${searchOf({ ...kept, lang: other })}`}
      isDemo={serving.deps.mode === 'demo'}
      staff={session.staff}
      formToken={session.formToken}
      screens={serving.screens.filter(({ roles }) => roles.includes(session.staff.role))}
      path={visit.path}
      refreshSeconds={view.refreshSeconds}
    >
      {done ? (
        <Note tone="good" isNews>
          <p>{done}</p>
        </Note>
      ) : null}
      {visit.problem ? await withProblem(visit, view.body) : view.body}
    </Frame>
  )
  const answer = await c.html(page, 200, { ...consoleHeaders(), 'content-language': language })
  return new Response(answer.body, { status: status ?? view.status ?? 200, headers: answer.headers })
}

/** The form says why it was refused; one that is not there any more, or that the person never had, cannot, so that the page does. */
const withProblem = async (visit: Visit, body: Child): Promise<Child> => {
  const written = String(await html`${body}`)
  const parts = raw(written)
  return written.includes('role="alert"') ? (
    parts
  ) : (
    <>
      <ProblemNote visit={visit} />
      {parts}
    </>
  )
}

const visitOf = (
  c: Context<PageEnv>,
  screen: Screen,
  { deps, innerApi, clientAddress }: Serving,
  { session, language, once }: Asking & { once: string | null },
): Visit => {
  if (!screen.roles.includes(session.staff.role)) throw new NotForRole(session.staff.role)
  const path = new URL(c.req.url).pathname.replace(/^\/console\/?/, '/').replace(/\/$/, '')
  // The token of an upload has no place in the addresses that its page leads to.
  const { form_token: _token, ...query } = c.req.query()
  return {
    staff: session.staff,
    api: createConsoleApi(innerApi, {
      caller: callerOf(session.staff, session.id),
      clientAddress: clientAddress(c.req.raw, c.env),
      requestId: c.get('requestId') ?? '',
      language,
      publicUrl: deps.publicUrl,
      once,
    }),
    language,
    now: deps.now(),
    params: c.req.param() as Record<string, string>,
    query,
    path,
    done: isLedHere(c) ? (query.done ?? null) : null,
    problem: null,
    typed: new Map(),
    typedAll: () => [],
    tried: null,
    formToken: session.formToken,
    newKey: () => deps.newToken(16),
    publicUrl: deps.publicUrl,
    titleOf: (provider) =>
      (Object.hasOwn(deps.providers, provider) ? deps.providers[provider]?.title[language] : undefined) ?? provider,
  }
}

/** Whether one of our own pages led here: an address that somebody sent says nothing of what was done. */
const isLedHere = (c: Context<PageEnv>): boolean =>
  ['same-origin', null].includes(c.req.raw.headers.get('sec-fetch-site'))

/** Throws ForeignConsoleForm and BodyTooLarge. */
const readForm = async (c: Context<PageEnv>, deps: Deps): Promise<URLSearchParams> => {
  if (!isFromOwnPage(c.req.raw, deps.publicUrl)) throw new ForeignConsoleForm('a form from another site')
  const body = await readLimited(c.req.raw, formBytesMax)
  await c.get('begin')?.()
  return new URLSearchParams(new TextDecoder().decode(body))
}

/** The second lock beside SameSite and Sec-Fetch-Site: what another site cannot know. */
export const refuseForeign = (given: string | null, { formToken }: Session): void => {
  if (given === null || !equalInConstantTime(given, formToken)) throw new ForeignConsoleForm('not of this session')
}

/** A key that we did not make is no key: the deed then has none, and is done as often as it is sent. */
const onceOf = (given: string | null): string | null => (given && /^[\w-]{16,64}$/.test(given) ? given : null)

const seeOther = (c: Context<PageEnv>, { to, done }: Next): Response => {
  const url = new URL(`/console${to}`, 'http://console')
  if (done) url.searchParams.set('done', done)
  return c.body(null, 303, { location: `${url.pathname}${url.search}${url.hash}`, 'cache-control': 'no-store' })
}

/** A file of the API as the browser gets it: never shown as a page of ours. */
const fileAnswer = (answer: Response): Response => {
  const headers = new Headers(answer.headers)
  headers.set('content-security-policy', "default-src 'none'; sandbox; base-uri 'none'; frame-ancestors 'none'")
  headers.set('cache-control', 'no-store')
  headers.set('x-content-type-options', 'nosniff')
  return new Response(answer.body, { status: answer.status, headers })
}

/** What an error is called on a page. */
export const errorNameOf = (error: unknown): { name: keyof (typeof words)['vi']['problems']; status: number } => {
  if (error instanceof NotForRole) return { name: 'forbidden', status: 403 }
  if (error instanceof ForeignConsoleForm) return { name: 'foreign', status: 403 }
  if (error instanceof BodyTooLarge) return { name: 'tooLarge', status: 413 }
  if (error instanceof Refusal && error.code === 'overloaded') return { name: 'busy', status: 503 }
  if (error instanceof ApiProblem) {
    // An address that asks for what there cannot be is as wrong as one that names nothing.
    if ([404, 409, 422].includes(error.status)) return { name: 'notFound', status: 404 }
    if (error.status === 403) return { name: 'forbidden', status: 403 }
    if (error.status === 429 || error.status === 503) return { name: 'busy', status: error.status }
  }
  return { name: 'broken', status: 500 }
}
