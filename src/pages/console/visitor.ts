/** Who visits the console, and in which language they read. */
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Deps } from '../../flows/deps.ts'
import { readSession, type Session } from '../../flows/staff-session.ts'
import { type Language, languageOf } from '../language.ts'
import { readSessionCookie } from './session-cookie.ts'

export const sessionOf = async (deps: Deps, c: Context): Promise<Session | null> => {
  const token = readSessionCookie(c, deps.publicUrl)
  return token === null ? null : readSession(deps, token)
}

const languageCookie = 'lephi_lang'

/** What the address asks for is remembered for the screens after it. */
export const languageFor = (c: Context): Language => {
  const asked = c.req.query('lang')
  if (asked === 'vi' || asked === 'en')
    setCookie(c, languageCookie, asked, { path: '/console', sameSite: 'Lax', httpOnly: true, maxAge: 31_536_000 })
  return languageOf({ asked: asked ?? getCookie(c, languageCookie), accepted: c.req.header('accept-language') })
}
