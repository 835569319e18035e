/** What goes wrong on a citizen's page, said as a page; whoever asked for JSON gets the API's problem instead. */
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { Refusal } from '../domain/refusal.ts'
import type { Deps } from '../flows/deps.ts'
import { BodyTooLarge } from '../lib/body.ts'
import { databaseError } from '../store/database.ts'
import { isUnavailable } from '../store/database-errors.ts'
import type { ErrorName } from './copy.ts'
import { languageOf, rankHtml } from './language.ts'
import type { PageEnv } from './page-env.ts'
import { ErrorPage } from './plain-pages.tsx'
import { pageHeaders } from './security.ts'

/** A form that came from another site. */
export class ForeignForm extends Error {
  override name = 'ForeignForm'
}

type Wording = {
  name: ErrorName
  status: 400 | 403 | 404 | 409 | 413 | 429 | 500 | 503
  retryAfterSeconds?: number | null
}

/** The page for an error. An error that is a bug is logged with the request id, without any value from the request. */
export const errorPage = (deps: Deps, error: unknown, c: Context<PageEnv>): Response | Promise<Response> => {
  // Thrown on: the app around these pages has the words for programs.
  if (rankHtml(c.req.header('accept')) < 0) throw error
  const wording = wordingOf(error)
  if (wording.status === 500) {
    const told =
      databaseError(error) ?? (error instanceof Error ? { name: error.name, stack: error.stack } : typeof error)
    deps.log.error({ request_id: c.get('requestId'), route: c.get('route') ?? 'unmatched', error: told }, 'page failed')
  }
  return renderError(deps, c, wording)
}

/** That page itself, under its status. */
export const renderError = (
  deps: Deps,
  c: Context,
  { name, status, retryAfterSeconds = status === 503 ? 30 : null }: Wording,
): Response | Promise<Response> => {
  const language = languageOf({ asked: c.req.query('lang'), accepted: c.req.header('accept-language') })
  const other = language === 'vi' ? 'en' : 'vi'
  return c.html(
    <ErrorPage
      name={name}
      requestId={c.get('requestId') ?? ''}
      language={language}
      otherLanguageHref={`?lang=${other}`}
    />,
    status,
    {
      ...pageHeaders({ mode: deps.mode }),
      'content-language': language,
      ...(retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
  )
}

const wordingOf = (error: unknown): Wording => {
  if (error instanceof ForeignForm) return { name: 'foreign', status: 403 }
  if (error instanceof BodyTooLarge) return { name: 'unreadable', status: 413 }
  if (error instanceof HTTPException)
    return error.status === 404 ? { name: 'not_found', status: 404 } : { name: 'unreadable', status: 400 }
  if (error instanceof Refusal) {
    const wording = refusals[error.code] ?? { name: 'broken', status: 500 }
    return error.retryAfterSeconds === null ? wording : { ...wording, retryAfterSeconds: error.retryAfterSeconds }
  }
  return isUnavailable(error) ? { name: 'busy', status: 503 } : { name: 'broken', status: 500 }
}

const refusals: Partial<Record<Refusal['code'], Wording>> = {
  not_found: { name: 'not_found', status: 404 },
  invalid_input: { name: 'unreadable', status: 400 },
  unsupported_media_type: { name: 'unreadable', status: 400 },
  receipt_altered: { name: 'altered', status: 409 },
  conflict: { name: 'busy', status: 503 },
  too_many_requests: { name: 'busy', status: 429 },
  overloaded: { name: 'busy', status: 503 },
}
