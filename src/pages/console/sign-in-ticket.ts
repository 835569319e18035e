/**
 * What the browser keeps between the two steps of one sign-in: sealed, so that it can neither read nor change it, each sign-in in a cookie of its own, so that
 * several tabs can sign in at once, and for ten minutes, so that no state is kept here.
 */
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import type { Deps } from '../../flows/deps.ts'
import type { PendingSignIn } from '../../flows/sign-in.ts'
import { sha256Hex } from '../../lib/hmac.ts'
import { SealedBoxError } from '../../lib/sealed-box.ts'

export type Ticket = { pending: PendingSignIn; to: string }

const ticketMs = 10 * 60_000
/** More than anybody has tabs that wait; the header of a request has room for them. */
const ticketsMax = 6

const secret = z.string().regex(/^[\w-]{43}$/)
const content = z.strictObject({
  state: secret,
  nonce: secret,
  verifier: secret,
  to: z.string(),
  until: z.number(),
})

/** Hands out the ticket of a sign-in that begins. Where too many wait, the others are given up. */
export const writeTicket = async (c: Context, deps: Deps, { pending, to }: Ticket): Promise<void> => {
  const waiting = Object.keys(getCookie(c)).filter((name) => name.startsWith(prefixOf(deps)))
  if (waiting.length >= ticketsMax) for (const name of waiting) deleteCookie(c, name, flagsOf(deps))
  const text = JSON.stringify({ ...pending, to, until: deps.now().getTime() + ticketMs })
  const sealed = await deps.box.seal(text, contextOf(pending.state))
  setCookie(c, nameOf(deps, pending.state), base64url(sealed), { ...flagsOf(deps), maxAge: ticketMs / 1_000 })
}

/** Takes the ticket of that sign-in back; it serves once. Null when this browser has none, or its time is over. */
export const takeTicket = async (c: Context, deps: Deps, state: string): Promise<Ticket | null> => {
  if (!secret.safeParse(state).success) return null
  const name = nameOf(deps, state)
  const cookie = getCookie(c, name)
  if (cookie === undefined) return null
  deleteCookie(c, name, flagsOf(deps))
  const text = await open(deps, cookie, state)
  // Only what we sealed opens, so it is JSON.
  const ticket = content.safeParse(text === null ? null : JSON.parse(text))
  if (!ticket.success || ticket.data.state !== state) return null
  const { to, until, nonce, verifier } = ticket.data
  return deps.now().getTime() < until ? { pending: { state, nonce, verifier }, to } : null
}

const open = async (deps: Deps, cookie: string, state: string): Promise<string | null> => {
  const sealed = fromBase64url(cookie)
  if (!sealed) return null
  try {
    return new TextDecoder().decode(await deps.box.open(sealed, contextOf(state)))
  } catch (error) {
    if (error instanceof SealedBoxError) return null
    throw error
  }
}

/** The envelope opens for this one sign-in alone. */
const contextOf = (state: string): string => `console sign-in ${state}`

const isHttps = (deps: Deps): boolean => deps.publicUrl.startsWith('https://')

/** With https the name itself promises Secure, Path=/ and no Domain (RFC 6265bis, 4.1.3.2). */
const prefixOf = (deps: Deps): string => `${isHttps(deps) ? '__Host-' : ''}lephi_sign_in_`

const nameOf = (deps: Deps, state: string): string => `${prefixOf(deps)}${sha256Hex(state).slice(0, 16)}`

/** Lax, for the browser comes back from another site. */
const flagsOf = (deps: Deps) => ({ path: '/', httpOnly: true, sameSite: 'Lax', secure: isHttps(deps) }) as const

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const fromBase64url = (text: string): Uint8Array | null => {
  if (!/^[\w-]{1,4000}$/.test(text)) return null
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
  } catch {
    return null
  }
}
