/** The one list of routes: whatever is not here does not exist, neither for callers nor for openapi.yaml nor for the tests that visit every route. */
import { operationRoutes } from './operations.ts'
import type { Route } from './route.ts'
import { tokenRoutes } from './token.ts'

export const routeTable: readonly Route[] = [...tokenRoutes, ...operationRoutes]
