/**
 * The way into the console and out of it: to the issuer and back (OpenID Connect), and the end of a session. Whatever goes wrong on the way is a calm page that
 * says what to do; the log and the counter `lephi_sign_in_total` say how often and why, and the audit log, which alone names people, who.
 */
import type { Context, Hono } from 'hono'
import type { OpenIdSettings } from '../../domain/openid.ts'
import type { Deps } from '../../flows/deps.ts'
import { createSignIn, type SignIn } from '../../flows/sign-in.ts'
import { SignInRefused } from '../../flows/sign-in-refused.ts'
import { endEverySession, endSession, openSession, type Session } from '../../flows/staff-session.ts'
import { type Audited, writeAudit } from '../../flows/write-audit.ts'
import { readLimited } from '../../lib/body.ts'
import type { PageEnv } from '../page-env.ts'
import { isFromOwnPage } from '../security.ts'
import { localPath } from './local-path.ts'
import { ForeignConsoleForm, refuseForeign } from './serve-screen.tsx'
import { clearSessionCookie, readSessionCookie, writeSessionCookie } from './session-cookie.ts'
import { showProblem, showSignedOut, showSignIn, showTooMany } from './sign-in-page.tsx'
import { takeTicket, writeTicket } from './sign-in-ticket.ts'
import { languageFor, sessionOf } from './visitor.ts'

export type SignInParts = {
  deps: Deps
  /** Null: sign-in is not set up. */
  settings: OpenIdSettings | null
  /** Counts a step of signing in, and answers the seconds to wait before one is allowed: 0 when it is allowed now. */
  allow: (c: Context) => number | Promise<number>
  /** The same for what the issuer sends, of whose one address many people may be told. */
  allowLogout: (c: Context) => number | Promise<number>
  addressOf: (c: Context) => string
}

type Way = SignInParts & { signIn: SignIn | null }

/** Adds the pages to the console's app. */
export const signInPages = (app: Hono<PageEnv>, parts: SignInParts): void => {
  const way: Way = { ...parts, signIn: parts.settings && createSignIn(parts.deps, parts.settings) }
  app.get('/sign-in', (c) => askToSignIn(c, way))
  app.post('/sign-in', (c) => goToIssuer(c, way))
  app.get('/signed-in', (c) => comeBack(c, way))
  app.post('/sign-out', (c) => signOut(c, way))
  // Where a browser reloads what it once posted.
  app.get('/sign-out', (c) => seeOther(c, '/console'))
  app.get('/signed-out', (c) => sayGoodbye(c, way))
  app.post('/signed-out-elsewhere', (c) => endElsewhere(c, way))
}

const askToSignIn = async (c: Context<PageEnv>, way: Way): Promise<Response> => {
  c.set('route', '/console/sign-in')
  const to = localPath(c.req.query('to'))
  if (await sessionOf(way.deps, c)) return seeOther(c, to)
  return publicAddressOf(c, way.deps, to) ?? showSignIn(c, way, to)
}

/** The demo is also reached as localhost, but the issuer sends everybody back to the public address, and cookies stay where they were given. */
const publicAddressOf = (c: Context, { mode, publicUrl }: Deps, to: string): Response | null => {
  const isElsewhere = mode === 'demo' && new URL(c.req.url).host !== new URL(publicUrl).host
  if (!isElsewhere || c.req.query('here') !== undefined) return null
  return seeOther(c, `${publicUrl}/console/sign-in?${new URLSearchParams({ to, here: '' })}`)
}

const goToIssuer = async (c: Context<PageEnv>, way: Way): Promise<Response> => {
  c.set('route', '/console/sign-in')
  const to = localPath((await readForm(c, way.deps)).get('to'))
  if (!way.signIn) return showSignIn(c, way, to)
  const wait = await way.allow(c)
  if (wait > 0) return showTooMany(c, way, wait)
  try {
    const { url, pending } = await way.signIn.begin(languageFor(c, way.deps))
    await writeTicket(c, way.deps, { pending, to })
    return seeOther(c, url)
  } catch (error) {
    return refuse(c, way, { error, to })
  }
}

const comeBack = async (c: Context<PageEnv>, way: Way): Promise<Response> => {
  c.set('route', '/console/signed-in')
  if (!way.signIn) return showSignIn(c, way, localPath(null))
  const wait = await way.allow(c)
  if (wait > 0) return showTooMany(c, way, wait)
  const { deps } = way
  const ticket = await takeTicket(c, deps, c.req.query('state') ?? '')
  const to = localPath(ticket?.to)
  try {
    if (!ticket) throw new SignInRefused('over', 'no sign-in of this browser waits for that answer')
    const staff = await way.signIn.finish(new URL(c.req.url).search, ticket.pending)
    // Whoever planted a session in this browser, or used it before, has none of the new one, and no old one either.
    await endSessionOf(c, way, await sessionOf(deps, c))
    const { token } = await openSession(deps, staff)
    const query = { role: staff.role }
    await note(c, way, { action: 'session.opened', actor: staff.subject, scope: staff.agency, query })
    writeSessionCookie(c, deps.publicUrl, token)
    deps.metrics.count('lephi_sign_in_total', { result: 'signed_in' })
    return seeOther(c, to)
  } catch (error) {
    return refuse(c, way, { error, to })
  }
}

const refuse = async (
  c: Context<PageEnv>,
  way: Way,
  { error, to }: { error: unknown; to: string },
): Promise<Response> => {
  if (!(error instanceof SignInRefused) || !way.settings) throw error
  const { problem, reason, subject } = error
  way.deps.metrics.count('lephi_sign_in_total', { result: problem })
  way.deps.log.warn({ request_id: c.get('requestId'), problem, reason }, 'sign-in refused')
  // Only whom the issuer has vouched for: a stranger could fill the record.
  if (subject !== null) {
    await note(c, way, { action: 'session.refused', actor: subject, scope: way.settings.agency, query: { problem } })
  }
  return showProblem(c, way, { problem, to })
}

const signOut = async (c: Context<PageEnv>, way: Way): Promise<Response> => {
  const { deps } = way
  c.set('route', '/console/sign-out')
  const form = await readForm(c, deps)
  const session = await sessionOf(deps, c)
  if (session) refuseForeign(form.get('form_token'), session)
  await endSessionOf(c, way, session)
  clearSessionCookie(c, deps.publicUrl)
  // What the browser may have kept of the screens; not "cookies", which are those of every host of the domain.
  c.header('clear-site-data', '"cache", "storage"')
  return seeOther(c, '/console/signed-out')
}

/** Ends the session that the browser has, if it has one. */
const endSessionOf = async (c: Context<PageEnv>, way: Way, session: Session | null): Promise<void> => {
  const token = readSessionCookie(c, way.deps.publicUrl)
  if (token === null) return
  await endSession(way.deps, token)
  if (session)
    await note(c, way, { action: 'session.ended', actor: session.staff.subject, scope: session.staff.agency })
}

/** For auditors, beside the log: who came in, who was kept out, who left. */
const note = (
  c: Context<PageEnv>,
  { deps, addressOf }: Way,
  event: Pick<Audited, 'action' | 'actor' | 'scope' | 'query'>,
): Promise<void> => writeAudit(deps, { ...event, requestId: c.get('requestId') ?? '', clientAddress: addressOf(c) })

/**
 * The issuer says that somebody is no longer signed in: they left, their account was closed, or their role was taken away. Answered as OpenID Connect Back-Channel
 * Logout 1.0, section 2.8 says: 200 also where nobody was signed in, 400 for what is not believed.
 */
const endElsewhere = async (c: Context<PageEnv>, way: Way): Promise<Response> => {
  c.set('route', '/console/signed-out-elsewhere')
  const { deps } = way
  c.header('cache-control', 'no-store')
  if (!way.signIn) return c.json({ error: 'invalid_request' }, 400)
  const wait = await way.allowLogout(c)
  if (wait > 0) return c.json({ error: 'temporarily_unavailable' }, 429, { 'retry-after': String(wait) })
  const form = new URLSearchParams(new TextDecoder().decode(await readLimited(c.req.raw, logoutBytesMax)))
  try {
    const subject = await way.signIn.readLogout(form.get('logout_token') ?? '')
    const ended = await endEverySession(deps, subject)
    const query = { by: 'issuer' }
    for (const scope of ended) await note(c, way, { action: 'session.ended', actor: subject, scope, query })
    return c.body(null, 200)
  } catch (error) {
    if (!(error instanceof SignInRefused)) throw error
    deps.log.warn({ request_id: c.get('requestId'), reason: error.reason }, 'a logout token was not believed')
    return error.problem === 'unreachable'
      ? c.json({ error: 'temporarily_unavailable' }, 503, { 'retry-after': '30' })
      : c.json({ error: 'invalid_request' }, 400)
  }
}

/** Goes on to the issuer, from here and not from the form: a browser would hold that redirect against the policy of the page with the form. */
const sayGoodbye = async (c: Context<PageEnv>, way: Way): Promise<Response> => {
  c.set('route', '/console/signed-out')
  if (await sessionOf(way.deps, c)) return seeOther(c, '/console')
  return showSignedOut(c, way, (await way.signIn?.endSessionUrl()) ?? null)
}

const formBytesMax = 4_096
const logoutBytesMax = 16_384

const readForm = async (c: Context<PageEnv>, deps: Deps): Promise<URLSearchParams> => {
  if (!isFromOwnPage(c.req.raw, deps.publicUrl)) throw new ForeignConsoleForm('a form from another site')
  const body = await readLimited(c.req.raw, formBytesMax)
  await c.get('begin')?.()
  return new URLSearchParams(new TextDecoder().decode(body))
}

const seeOther = (c: Context, location: string): Response =>
  c.body(null, 303, { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
