/**
 * One request, or one run of the jobs: its own connections, the work that it has put off, and its spans. workerd lets no two requests share a socket, so each has a pool that is
 * closed when its work is over.
 */
import type { ExecutionContext } from '@cloudflare/workers-types'
import type { Deps } from '../flows/deps.ts'
import type { Log } from '../lib/log.ts'
import type { Tracing } from '../lib/tracing.ts'
import { type Database, openDatabase } from '../store/database.ts'
import type { CollectedSpans } from './collect-spans.ts'

export type Waiting = Pick<ExecutionContext, 'waitUntil'>

export type Invocation = {
  db: Database
  defer: Deps['defer']
  /** Null: nobody follows what is done. */
  tracing: Tracing | null
  end: (last?: Promise<unknown>) => void
}

/** What an isolate has for each: the connection string of Hyperdrive, the log, and where spans are gathered, if anywhere. */
export type Around = { url: string; log: Log; collect: (() => CollectedSpans) | null }

/** workerd allows six connections at a time; one is left for calls to providers. */
const connectionsMax = 5

export const openInvocation = (context: Waiting, { url, log, collect }: Around): Invocation => {
  const db = openDatabase({ url, role: 'lephi_app', max: connectionsMax })
  const spans = collect?.()
  const underWay: Promise<unknown>[] = []
  const end = async (last: Promise<unknown>) => {
    await last.catch(() => undefined)
    while (underWay.length > 0) await underWay.shift()
    await Promise.all([db.close(), spans?.send()])
  }
  return {
    db,
    tracing: spans?.tracing ?? null,
    defer: (work) => {
      underWay.push(work.catch((error: unknown) => log.error({ error }, 'deferred work failed')))
    },
    end: (last = Promise.resolve()) => context.waitUntil(end(last)),
  }
}

/** An answer that is made while it is sent, such as an export, may still read from the database. JSON, pages and files are whole when they come. */
export const endAfterBody = (response: Response, invocation: Invocation): Response => {
  const isWhole = /^(application\/(problem\+)?json|text\/(html|plain|css|javascript)|font\/woff2)\b/.test(
    response.headers.get('content-type') ?? '',
  )
  if (isWhole || !response.body) {
    invocation.end()
    return response
  }
  const { readable, writable } = new TransformStream()
  invocation.end(response.body.pipeTo(writable))
  return new Response(readable, response)
}
