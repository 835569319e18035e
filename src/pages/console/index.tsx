/** The accountants' pages: their addresses, who is let in, and what is said when something goes wrong. */
import { type Context, Hono } from 'hono'
import type { Session } from '../../flows/staff-session.ts'
import { databaseError } from '../../store/database.ts'
import type { PageEnv } from '../page-env.ts'
import { ApiProblem } from './console-api.ts'
import { Frame } from './frame.tsx'
import { consoleHeaders } from './policy.ts'
import type { Screen } from './screen.ts'
import { screens } from './screens.ts'
import { actOnScreen, errorNameOf, ForeignConsoleForm, NotForRole, type Serving, showScreen } from './serve-screen.tsx'
import { type SignInParts, signInPages } from './sign-in.tsx'
import { languageFor, sessionOf } from './visitor.ts'
import { words } from './words.ts'

/** `signIn` absent: nobody can sign in, which is what a test of screens needs. */
type Parts = Omit<Serving, 'screens'> & { signIn?: Pick<SignInParts, 'settings' | 'allow' | 'allowLogout'> }

/** The console as one app, to be mounted at /console. */
export const consolePages = (parts: Parts, list: readonly Screen[] = screens): Hono => {
  const { deps, innerApi, clientAddress } = parts
  const serving: Serving = { deps, innerApi, clientAddress, screens: list }
  const app = new Hono<PageEnv>()
  app.onError((error, c) => errorPage(serving, error, c))
  const addressOf = (c: Context) => clientAddress(c.req.raw, c.env)
  signInPages(app, {
    deps: parts.deps,
    settings: null,
    allow: () => 0,
    allowLogout: () => 0,
    addressOf,
    ...parts.signIn,
  })
  for (const screen of list) {
    const path = screen.path === '' ? '/' : screen.path
    const route = `/console${screen.path}`.replaceAll(/:(\w+)/g, '{$1}')
    app.get(path, async (c) => {
      c.set('route', route)
      const session = await sessionOf(parts.deps, c)
      if (!session) return toSignIn(c)
      return showScreen(c, screen, serving, { session, language: languageFor(c, deps) })
    })
    app.post(path, async (c) => {
      c.set('route', route)
      const session = await sessionOf(parts.deps, c)
      if (!session) return toSignIn(c)
      return actOnScreen(c, screen, serving, { session, language: languageFor(c, deps) })
    })
  }
  app.notFound(async (c) => {
    const session = await sessionOf(parts.deps, c)
    return problemPage(serving, c, { name: 'notFound', status: 404, session })
  })
  return new Hono().route('/', app)
}

/** Whoever comes without a session signs in first and is then led back; what a form wanted to do is not repeated by itself. */
const toSignIn = (c: Context): Response => {
  const { pathname, search } = new URL(c.req.url)
  const to = c.req.method === 'GET' ? `${pathname}${search}` : pathname
  return c.body(null, 303, {
    location: `/console/sign-in?${new URLSearchParams({ to })}`,
    'cache-control': 'no-store',
  })
}

const errorPage = async (parts: Serving, error: unknown, c: Context<PageEnv>): Promise<Response> => {
  const wording = errorNameOf(error)
  if (wording.status === 500) {
    const told =
      databaseError(error) ?? (error instanceof Error ? { name: error.name, stack: error.stack } : typeof error)
    parts.deps.log.error(
      { request_id: c.get('requestId'), route: c.get('route') ?? 'unmatched', error: told },
      'screen failed',
    )
  }
  const session = await sessionOf(parts.deps, c).catch(() => null)
  const isRefused = error instanceof NotForRole || error instanceof ForeignConsoleForm
  if (isRefused && session) {
    // The person by their session: the log names nobody, and the audit log has who opened it.
    const told = { problem: error.name, token_id: session.id }
    const where = { request_id: c.get('requestId'), route: c.get('route') ?? 'unmatched' }
    parts.deps.log.warn({ ...where, ...told }, 'a screen or a form was refused')
  }
  return problemPage(parts, c, { ...wording, session, told: titleOf(error) })
}

/** Why there is nothing at an address that is right, such as a receipt that is still to be made. */
const titleOf = (error: unknown): string | null =>
  error instanceof ApiProblem && [409, 422].includes(error.status) ? error.title : null

const problemPage = async (
  { deps, screens: list }: Serving,
  c: Context<PageEnv>,
  { name, status, session, told }: ReturnType<typeof errorNameOf> & { session: Session | null; told?: string | null },
): Promise<Response> => {
  const language = languageFor(c, deps)
  const { title, text } = words[language].problems[name]
  const page = (
    <Frame
      language={language}
      title={title}
      otherLanguageHref={`?lang=${language === 'vi' ? 'en' : 'vi'}`}
      isDemo={deps.mode === 'demo'}
      staff={session?.staff ?? null}
      formToken={session?.formToken ?? ''}
      screens={list.filter(({ roles }) => session && roles.includes(session.staff.role))}
      path={new URL(c.req.url).pathname.replace(/^\/console/, '')}
    >
      <p>{told ?? text}</p>
      {status >= 500 ? (
        <p class="small">
          {words[language].requestId}: <code>{c.get('requestId') ?? ''}</code>
        </p>
      ) : null}
      <p>
        <a href="/console">{words[language].back}</a>
      </p>
    </Frame>
  )
  const answer = await c.html(page, 200, { ...consoleHeaders(), 'content-language': language })
  return new Response(answer.body, { status, headers: answer.headers })
}
