/**
 * Tells an open page at once that its order has changed, as server-sent events (HTML standard, 9.2). A stream looks at the order's version every two seconds,
 * says `changed` once and ends, or ends after a minute, and the browser comes again by itself. Nothing of the order is in it: the page is fetched again.
 * Streams are bounded in all and for each order; whoever gets none looks again every so often, as a page without scripts does.
 */
import type { Hono } from 'hono'
import { Refusal } from '../domain/refusal.ts'
import type { Deps } from '../flows/deps.ts'
import type { Database } from '../store/database.ts'
import { readOrderVersion } from '../store/order-version.ts'
import type { PageEnv } from './page-env.ts'

export type LiveLimits = { everyMs: number; looks: number; streamsMax: number; perOrderMax: number }

/** A minute at two seconds: proxies and Workers let a request go on for that long, and a process that is stopped waits for none of them. */
export const liveLimits: LiveLimits = { everyMs: 2_000, looks: 30, streamsMax: 500, perOrderMax: 6 }

/** Streams that are open now, by the order's token. */
type Open = Map<symbol, { token: string; endsAt: number }>

export const liveEvents = (app: Hono<PageEnv>, deps: Deps, limits: LiveLimits): void => {
  const open: Open = new Map()
  app.get('/pay/:token/events', async (c) => {
    c.set('route', '/pay/{token}/events')
    const token = c.req.param('token')
    // Kept beyond this handler: on Workers the connections are those of the request.
    const { db } = deps
    const version = /^[\w-]{16,64}$/.test(token) ? await readOrderVersion(db, token) : null
    if (version === null) throw new Refusal('not_found', 'There is no such order.')
    const seen = Number(/^\d{1,9}$/.exec(c.req.query('seen') ?? '')?.[0] ?? version)
    if (c.req.raw.method === 'HEAD') return c.body(null, 200, streamHeaders)
    const now = deps.now().getTime()
    if (isFull(open, limits, token, now)) return c.body(null, 503, { 'retry-after': '20', 'cache-control': 'no-store' })
    const key = Symbol(token)
    open.set(key, { token, endsAt: now + (limits.looks + 5) * limits.everyMs })
    const isEnding = () => deps.isEnding?.() ?? false
    return c.body(stream({ db, token, seen, limits, isEnding, end: () => open.delete(key) }), 200, streamHeaders)
  })
}

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Neither kept nor compressed nor collected on the way.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-robots-tag': 'noindex',
}

/** What a broken connection has left behind counts until its time is over. */
const isFull = (open: Open, { streamsMax, perOrderMax }: LiveLimits, token: string, now: number): boolean => {
  for (const [key, { endsAt }] of open) if (endsAt < now) open.delete(key)
  const own = [...open.values()].filter((each) => each.token === token)
  return open.size >= streamsMax || own.length >= perOrderMax
}

type Watch = { db: Database; token: string; seen: number; limits: LiveLimits; isEnding: () => boolean; end: () => void }

/** Looks only as fast as somebody reads. A look that fails ends the stream: the browser comes again. */
const stream = ({ db, token, seen, limits, isEnding, end }: Watch): ReadableStream<Uint8Array> => {
  const stopped = new AbortController()
  const text = new TextEncoder()
  let looks = 0
  const close = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    end()
    controller.close()
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // At once when it comes again, since something may have happened in between.
        if (looks > 0) await pause(limits.everyMs, stopped.signal)
        if (stopped.signal.aborted) return
        looks += 1
        const version = await readOrderVersion(db, token).catch(() => null)
        if (stopped.signal.aborted) return
        if (version === null || looks > limits.looks || isEnding()) return close(controller)
        controller.enqueue(text.encode(version === seen ? heartbeat : changed(version)))
        if (version !== seen) close(controller)
      },
      cancel() {
        end()
        stopped.abort()
      },
    },
    { highWaterMark: 0 },
  )
}

const heartbeat = 'retry: 2000\n:\n\n'
const changed = (version: number): string => `event: changed\ndata: ${version}\n\n`

/** Ends early, without an error, when it is told to. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
