/**
 * One request, or one run of the jobs: its own connections, and the work that it has put off. workerd lets no two requests share a socket, so each has a pool that is
 * closed when its work is over.
 */
import type { ExecutionContext } from '@cloudflare/workers-types'
import type { Deps } from '../flows/deps.ts'
import type { Log } from '../lib/log.ts'
import { type Database, openDatabase } from '../store/database.ts'

export type Waiting = Pick<ExecutionContext, 'waitUntil'>

export type Invocation = { db: Database; defer: Deps['defer']; end: (last?: Promise<unknown>) => void }

/** workerd allows six connections at a time; one is left for calls to providers. */
const connectionsMax = 5

/** `url` is the connection string of Hyperdrive. */
export const openInvocation = (url: string, context: Waiting, log: Log): Invocation => {
  const db = openDatabase({ url, role: 'lephi_app', max: connectionsMax })
  const underWay: Promise<unknown>[] = []
  const end = async (last: Promise<unknown>) => {
    await last.catch(() => undefined)
    while (underWay.length > 0) await underWay.shift()
    await db.close()
  }
  return {
    db,
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
