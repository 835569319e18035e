// Tenants are held apart: by PostgreSQL itself, by every route and on every page, in one country that is built once over the API.
import { afterAll, beforeAll, describe, vi } from 'vitest'
import { describePages } from './pages.ts'
import { describeRoutes } from './routes.ts'
import { describeRowSecurity } from './row-security.ts'
import { buildWorld, type World } from './world.ts'

// One of these is hundreds of calls.
vi.setConfig({ testTimeout: 120_000 })

let world: World
beforeAll(async () => {
  world = await buildWorld()
}, 180_000)
afterAll(() => world.gateway.close())

describe('row security', () => describeRowSecurity(() => world))
describe('routes', () => describeRoutes(() => world))
describe('pages', () => describePages(() => world))
