/** The one list of routes: whatever is not here does not exist, neither for callers nor for openapi.yaml nor for the tests that visit every route. */
import { callbackRoutes } from './callbacks.ts'
import { operationRoutes } from './operations.ts'
import { orderRoutes } from './orders.ts'
import { providerRoutes } from './providers.ts'
import { refundRoutes } from './refunds.ts'
import type { Route } from './route.ts'
import { tokenRoutes } from './token.ts'

export const routeTable: readonly Route[] = [
  ...tokenRoutes,
  ...orderRoutes,
  ...refundRoutes,
  ...providerRoutes,
  ...callbackRoutes,
  ...operationRoutes,
]
