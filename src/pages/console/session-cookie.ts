/** The one cookie that says who is signed in: for this host alone, never readable by a script, never sent with a form of another site. */
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { sessionLongestMs } from '../../domain/staff.ts'

/** With https the name itself promises Secure, Path=/ and no Domain (RFC 6265bis, 4.1.3.2), so that no neighbouring host can plant one. */
const nameOf = (publicUrl: string): string =>
  publicUrl.startsWith('https://') ? '__Host-lephi_console' : 'lephi_console'

const flagsOf = (publicUrl: string) =>
  ({ path: '/', httpOnly: true, sameSite: 'Lax', secure: publicUrl.startsWith('https://') }) as const

export const readSessionCookie = (c: Context, publicUrl: string): string | null =>
  getCookie(c, nameOf(publicUrl)) ?? null

export const writeSessionCookie = (c: Context, publicUrl: string, token: string): void =>
  setCookie(c, nameOf(publicUrl), token, { ...flagsOf(publicUrl), maxAge: sessionLongestMs / 1_000 })

export const clearSessionCookie = (c: Context, publicUrl: string): void => {
  deleteCookie(c, nameOf(publicUrl), flagsOf(publicUrl))
}
