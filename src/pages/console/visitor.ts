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

/** With https the name itself promises Secure, Path=/ and no Domain (RFC 6265bis, 4.1.3.2), as that of the session does. */
const nameOf = (isHttps: boolean): string => `${isHttps ? '__Host-' : ''}lephi_lang`

const keptSeconds = 31_536_000

/** What the address asks for is remembered for the screens after it. */
export const languageFor = (c: Context, { publicUrl }: Pick<Deps, 'publicUrl'>): Language => {
  const asked = c.req.query('lang')
  const secure = publicUrl.startsWith('https://')
  if (asked === 'vi' || asked === 'en')
    setCookie(c, nameOf(secure), asked, { path: '/', sameSite: 'Lax', httpOnly: true, secure, maxAge: keptSeconds })
  return languageOf({ asked: asked ?? getCookie(c, nameOf(secure)), accepted: c.req.header('accept-language') })
}
