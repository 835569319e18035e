/**
 * The gateway's front: what payers, providers and portals ask for, and nothing that an office does. It is what a Worker starts with for them; everything else is the
 * office's (src/worker/), which is the whole gateway.
 */
import type { Hono } from 'hono'
import { callbackRoutes } from './api/callbacks.ts'
import type { ApiEnv } from './api/env.ts'
import { eventRoutes } from './api/events.ts'
import { orderRoutes } from './api/orders.ts'
import { providerRoutes } from './api/providers.ts'
import { refundRoutes } from './api/refunds.ts'
import type { Route } from './api/route.ts'
import { tokenRoutes } from './api/token.ts'
import { assembleApp, type Extras } from './assemble.ts'
import type { Config } from './config.ts'
import type { Deps } from './flows/deps.ts'

export const frontRoutes: readonly Route[] = [
  ...tokenRoutes,
  ...orderRoutes,
  ...refundRoutes,
  ...eventRoutes,
  ...providerRoutes,
  ...callbackRoutes,
]

/** As buildApp. */
export const buildFrontApp = (deps: Deps, config: Config, extras: Extras = {}): Hono<ApiEnv> =>
  assembleApp(deps, config, extras, { routes: frontRoutes })
