/** What the citizens' routes have in common: reading a form of ours, and sending the browser to a page of an order. */
import type { Context } from 'hono'
import { Refusal } from '../domain/refusal.ts'
import type { Deps } from '../flows/deps.ts'
import { decodeUtf8, readLimited, singleQueryParams } from '../lib/body.ts'
import { ForeignForm } from './error-response.tsx'
import type { PageEnv } from './page-env.ts'
import { isFromOwnPage } from './security.ts'

const formBytesMax = 4_096

/** The members of a form of ours. Throws ForeignForm, Refusal `unsupported_media_type` or `invalid_input` or `overloaded`, and BodyTooLarge. */
export const readForm = async (deps: Deps, c: Context<PageEnv>): Promise<ReadonlyMap<string, string>> => {
  if (!isFromOwnPage(c.req.raw, deps.publicUrl)) throw new ForeignForm('a form from another site')
  const body = await readLimited(c.req.raw, formBytesMax)
  await c.get('begin')?.()
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  // A button without members is posted without a body by some clients, and then without a type.
  if (body.length > 0 && type !== 'application/x-www-form-urlencoded')
    throw new Refusal('unsupported_media_type', 'A form is urlencoded.')
  const read = singleQueryParams(decodeUtf8(body) ?? '%')
  if (!read.ok) throw new Refusal('invalid_input', `The form is ${read.problem}.`)
  return read.params
}

export const seeOther = (c: Context<PageEnv>, location: string): Response =>
  c.body(null, 303, { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })

export const pagePath = (c: Context<PageEnv>, token: string, query: Record<string, string> = {}): string =>
  withQuery(`/pay/${encodeURIComponent(token)}`, c, query)

export const attemptPath = (
  c: Context<PageEnv>,
  token: string,
  attemptId: string,
  query: Record<string, string> = {},
): string => withQuery(`/pay/${encodeURIComponent(token)}/attempts/${attemptId}`, c, query)

/** The language that the address asked for goes along. */
const withQuery = (path: string, c: Context<PageEnv>, query: Record<string, string>): string => {
  const lang = c.req.query('lang')
  const all = new URLSearchParams({ ...(lang === 'vi' || lang === 'en' ? { lang } : {}), ...query }).toString()
  return all ? `${path}?${all}` : path
}
