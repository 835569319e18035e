/**
 * The API as our own pages call it: the same routes and the same pipeline, in the same process, for somebody who has signed in to us. Nobody outside reaches it, since
 * the caller is no header but a value.
 */
import { Hono } from 'hono'
import type { Caller } from '../domain/access.ts'
import { Refusal } from '../domain/refusal.ts'
import type { ApiEnv } from './env.ts'
import { errorResponse } from './errors.ts'
import { mountRoutes, type Pipeline } from './mount.ts'
import type { Route } from './route.ts'

/** For whom a call is made, and from where. */
export type InnerCall = { caller: Caller; clientAddress: string; requestId: string }

/** One call. The answer is what any client of the API would get. */
export type InnerApi = (request: Request, call: InnerCall) => Promise<Response>

export const createInnerApi = (
  routes: readonly Route[],
  pipeline: Omit<Pipeline, 'callerOf' | 'clientAddress'>,
): InnerApi => {
  const app = new Hono<ApiEnv>()
  app.use(async (c, next) => {
    c.set('requestId', callOf(c.env).requestId)
    await next()
  })
  mountRoutes(app, routes, {
    ...pipeline,
    callerOf: (c) => callOf(c.env).caller,
    clientAddress: (c) => callOf(c.env).clientAddress,
  })
  app.notFound((c) => errorResponse(pipeline.deps, new Refusal('not_found', 'There is nothing at this address.'), c))
  app.onError((error, c) => errorResponse(pipeline.deps, error, c))
  return async (request, call) => app.fetch(request, call)
}

/** What `fetch` was handed below; only this file calls it. */
const callOf = (env: unknown): InnerCall => env as InnerCall
