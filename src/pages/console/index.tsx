/** The accountants' pages: their addresses, who is let in, and what is said when something goes wrong. */
import { type Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { endSession, readSession, type Session } from '../../flows/staff-session.ts'
import { readLimited } from '../../lib/body.ts'
import { databaseError } from '../../store/database.ts'
import { type Language, languageOf } from '../language.ts'
import type { PageEnv } from '../page-env.ts'
import { isFromOwnPage } from '../security.ts'
import { Frame } from './frame.tsx'
import { consoleHeaders } from './policy.ts'
import type { Screen } from './screen.ts'
import { screens } from './screens.ts'
import {
  actOnScreen,
  errorNameOf,
  ForeignConsoleForm,
  refuseForeign,
  type Serving,
  showScreen,
} from './serve-screen.tsx'
import { clearSessionCookie, readSessionCookie } from './session-cookie.ts'
import { words } from './words.ts'

type Parts = Omit<Serving, 'screens'>

/** The console as one app, to be mounted at /console. */
export const consolePages = (parts: Parts, list: readonly Screen[] = screens): Hono => {
  const serving: Serving = { ...parts, screens: list }
  const app = new Hono<PageEnv>()
  app.onError((error, c) => errorPage(serving, error, c))
  app.post('/sign-out', (c) => signOut(parts, c))
  for (const screen of list) {
    const path = screen.path === '' ? '/' : screen.path
    const route = `/console${screen.path}`.replaceAll(/:(\w+)/g, '{$1}')
    app.get(path, async (c) => {
      c.set('route', route)
      const session = await sessionOf(parts, c)
      if (!session) return toSignIn(c)
      return showScreen(c, screen, serving, { session, language: languageFor(c) })
    })
    app.post(path, async (c) => {
      c.set('route', route)
      const session = await sessionOf(parts, c)
      if (!session) return toSignIn(c)
      return actOnScreen(c, screen, serving, { session, language: languageFor(c) })
    })
  }
  app.notFound(async (c) => {
    const session = await sessionOf(parts, c)
    return problemPage(serving, c, { name: 'notFound', status: 404, session })
  })
  return new Hono().route('/', app)
}

const sessionOf = async ({ deps }: Parts, c: Context): Promise<Session | null> => {
  const token = readSessionCookie(c, deps.publicUrl)
  return token === null ? null : readSession(deps, token)
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

const signOut = async (parts: Parts, c: Context<PageEnv>): Promise<Response> => {
  c.set('route', '/console/sign-out')
  const { deps } = parts
  if (!isFromOwnPage(c.req.raw, deps.publicUrl)) throw new ForeignConsoleForm('a form from another site')
  const token = readSessionCookie(c, deps.publicUrl)
  const session = await sessionOf(parts, c)
  const form = new URLSearchParams(new TextDecoder().decode(await readLimited(c.req.raw, 4_096)))
  if (session) refuseForeign(form.get('form_token'), session)
  if (token !== null) await endSession(deps, token)
  clearSessionCookie(c, deps.publicUrl)
  return c.redirect('/console/sign-in', 303)
}

const languageCookie = 'lephi_lang'

/** What the address asks for is remembered for the screens after it. */
export const languageFor = (c: Context): Language => {
  const asked = c.req.query('lang')
  if (asked === 'vi' || asked === 'en')
    setCookie(c, languageCookie, asked, { path: '/console', sameSite: 'Lax', httpOnly: true, maxAge: 31_536_000 })
  return languageOf({ asked: asked ?? getCookie(c, languageCookie), accepted: c.req.header('accept-language') })
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
  const session = await sessionOf(parts, c).catch(() => null)
  return problemPage(parts, c, { ...wording, session })
}

const problemPage = async (
  { deps, screens: list }: Serving,
  c: Context<PageEnv>,
  { name, status, session }: ReturnType<typeof errorNameOf> & { session: Session | null },
): Promise<Response> => {
  const language = languageFor(c)
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
      <p>{text}</p>
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
