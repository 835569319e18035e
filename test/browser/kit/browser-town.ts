// What every file of browser stories begins with: a town behind a real port, and a browser. The town's clock is moved by the test, the network is that of this machine.
import { Hono } from 'hono'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { listen, remoteAddressOf } from '../../../src/node/http-server.ts'
import { overviewRoutes } from '../../../src/simulators/overview.tsx'
import { foundPortal } from '../../kit/portal-in-town.ts'
import { startTown, type Town } from '../../kit/town.ts'
import { launchChromium } from './chromium.ts'
import { type Visiting, type Visitor, visit } from './visitor.ts'

export type BrowserTown = {
  town: () => Town
  origin: () => string
  /** A person with a browser of their own; closed after the test. */
  visitor: (visiting?: Visiting) => Promise<Visitor>
  /** A new order of 150.000 đ and the path of its page. */
  order: (more?: object) => Promise<{ id: string; path: string }>
}

/** One town and one browser for a file. After each test nothing may have gone wrong in any browser that the test did not allow. */
export const browserTown = (start?: string): BrowserTown => {
  let opened: Awaited<ReturnType<typeof open>> | undefined
  const visitors: Visitor[] = []
  const town = () => opened?.town ?? fail()
  beforeAll(async () => {
    opened = await open(start)
  }, 120_000)
  afterEach(async () => {
    const left = visitors.splice(0)
    const troubles = left.flatMap((visitor) => visitor.troubles())
    await Promise.all(left.map(({ context }) => context.close()))
    expect(troubles.join('\n')).toBe('')
  })
  afterAll(async () => {
    await opened?.close()
  })
  return {
    town,
    origin: () => town().deps.publicUrl,
    visitor: async (visiting) => {
      const { browser } = opened ?? fail()
      const visitor = await visit(browser, town().deps.publicUrl, visiting)
      visitors.push(visitor)
      return visitor
    },
    order: async (more = {}) => {
      const id = await town().place(more)
      const { checkout_url: url } = await town().order(id)
      return { id, path: new URL(String(url)).pathname }
    },
  }
}

const fail = (): never => {
  throw new Error('the town is not open yet')
}

const open = async (
  start: string | undefined,
): Promise<{ town: Town; browser: Browser; close: () => Promise<void> }> => {
  const server = await listen({ host: '127.0.0.1', port: 0 })
  const publicUrl = `http://127.0.0.1:${server.port}`
  const { portal, join } = await foundPortal(publicUrl)
  const extras = { demoPortal: portal, remoteAddress: (_request: Request, env: unknown) => remoteAddressOf(env) }
  const [town, browser] = await Promise.all([startTown(start, { publicUrl, extras }), launchChromium()])
  await join(town)
  const providers = new Hono()
    .basePath('/simulators')
    .route('/', overviewRoutes({ ...town.simulators, now: town.clock.now, portalHref: '/demo-portal' }))
    .route('/', town.simulators.app)
  server.answer((request, env) => {
    const isProviders = new URL(request.url).pathname.startsWith('/simulators')
    return isProviders ? providers.fetch(request) : town.app.fetch(request, env as Record<string, unknown>)
  })
  return {
    town,
    browser,
    close: async () => {
      await browser.close()
      await server.close(0)
      await town.close()
    },
  }
}
