// No statement of ours reads a table that grows from end to end: every route, job and page is tried on seven months of a country, and PostgreSQL says what it looked at.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { jobs, longJobs, runJobs } from '../../src/flows/run-jobs.ts'
import { screens } from '../../src/pages/console/screens.ts'
import { callersOf, closedRoutes, requestOf, thing } from '../isolation/attack.ts'
import { type Call, calls, type Try } from '../isolation/calls.ts'
import { pathOf } from '../isolation/screens.ts'
import { signIn } from '../kit/console.ts'
import { signedVnpayCallback } from '../kit/vnpay-callback.ts'
import { type BigWorld, openBigWorld } from './big-world.ts'
import { whyWide } from './wide.ts'

vi.setConfig({ testTimeout: 120_000 })

/** Of a table of three thousand rows and more. What is under way, and a month of one agency, are some hundred. */
const rowsMax = 2_000

let big: BigWorld
/** What looked at more, as `what: table`. */
const wide = new Map<string, number>()
beforeAll(async () => {
  big = await openBigWorld()
}, 300_000)
afterAll(() => big.close())

/** Puts down what `what` has read since the last call. */
const note = async (what: string): Promise<string[]> => {
  await big.world.gateway.deps.settled()
  const found = (await big.scans()).filter(({ rows }) => rows > rowsMax)
  for (const { relation, rows } of found) wide.set(`${what}: ${relation}`, rows)
  return found
    .filter(({ relation }) => !whyWide[what]?.tables.includes(relation))
    .map(
      ({ relation, by, rows, statement }) =>
        `${what} looked at ${rows} rows of ${relation} by ${by}: ${statement.slice(0, 300)}`,
    )
}

it('has thousands of rows in every table that grows', async () => {
  const { sql } = big.world.gateway
  const few: string[] = []
  for (const name of big.grown) {
    const [row] = await sql`select count(*)::int as rows from ${sql(name)}`
    if (Number(row?.rows) < 1.5 * rowsMax) few.push(`${name}: ${row?.rows}`)
  }
  expect(few).toEqual([])
})

describe('background work', () => {
  const all = { ...jobs, ...longJobs }
  beforeAll(async () => {
    // What comes each hour and looks at everything has had its turn.
    await runJobs(big.world.gateway.deps, { run: jobs })
    await runJobs(big.world.gateway.deps, { run: longJobs })
    big.world.gateway.clock.set('2026-11-25T02:20:00Z')
    await note('what was before')
  }, 120_000)

  for (const [name, job] of Object.entries(all))
    it(`${name} reads what is due`, async () => {
      await runJobs(big.world.gateway.deps, { run: { [name]: job } })
      expect(await note(name)).toEqual([])
    })
})

describe('routes', () => {
  const nameOf = (operationId: string, { path }: Call) => (path?.name ? `${operationId} ${path.name}` : operationId)
  /** These set much in motion, so they come when the others have been. */
  const late = ['disableWebhookEndpoint', 'redeliverWebhooks']
  const inOrder = closedRoutes
    .filter(({ operationId }) => operationId !== 'startReconciliation')
    .toSorted((a, b) => late.indexOf(a.operationId) - late.indexOf(b.operationId))

  for (const route of inOrder)
    it(`${route.method.toUpperCase()} ${route.path} reads what it is asked for`, async () => {
      const { gateway, parties } = big.world
      const [all] = await callersOf(gateway, parties.own.office.agency)
      const ask = async (tried: Try, call: Call) => {
        const { path, init } = requestOf(route, call)
        if (!tried.hand) return all?.send(path, init)
        const headers = { ...init.headers, authorization: `Bearer ${await parties.own.office.token(tried.hand)}` }
        return gateway.app.request(path, { ...init, headers })
      }
      await note('who asks')
      const found: string[] = []
      for (const tried of calls[route.operationId] ?? []) {
        const call = tried.call((_, name) => thing(parties.own.holding, name))
        const answer = await ask(tried, call)
        const text = await answer?.text()
        expect(tried.own ?? Math.floor((answer?.status ?? 0) / 100) * 100, text).toBe(tried.own ?? 200)
        found.push(...(await note(nameOf(route.operationId, call))))
      }
      expect(found).toEqual([])
    })
})

describe('pages', () => {
  it('of a citizen, and a callback, read one order', async () => {
    const { gateway, parties } = big.world
    const { holding, credentials } = parties.own
    const [order] = await gateway.sql`select checkout_token from orders where id = ${thing(holding, 'order.open')}`
    const [receipt] = await gateway.sql`select token from receipts where id = ${thing(holding, 'receipt')}`
    const [attempt] =
      await gateway.sql`select merchant_reference from attempts where id = ${thing(holding, 'attempt.toHear')}`
    const account = { id: thing(holding, 'account'), credentials }
    const paths = [
      '/metrics',
      `/pay/${order?.checkoutToken}`,
      `/receipts/${receipt?.token}`,
      signedVnpayCallback(account, String(attempt?.merchantReference), 150_000),
      '/readyz',
    ]
    for (const path of paths) {
      const answer = await gateway.request(path, { headers: { accept: 'text/html' } })
      expect([path, answer.status]).toEqual([path, 200])
      await answer.text()
      expect(await note(path.split(/[?/]/).slice(0, 2).join('/'))).toEqual([])
    }
  })

  for (const screen of screens)
    it(`${screen.path} reads what it shows`, async () => {
      const { gateway, parties } = big.world
      const person = await signIn(gateway, screen.roles[0] ?? 'operator', { agency: 'H56.12' })
      await note('who signs in')
      const page = await person.open(pathOf(screen.path, parties.own.holding))
      // A file is asked for with its format; without, there is none.
      expect(page.status).toBe(screen.path.endsWith('/file') && screen.path.includes(':name') ? 404 : 200)
      expect(await note(`the screen ${screen.path}`)).toEqual([])
    })
})

it('has no reason for what reads little', () => {
  const told = Object.entries(whyWide).flatMap(([what, { tables, sometimes = [] }]) =>
    tables.filter((table) => !sometimes.includes(table)).map((table) => `${what}: ${table}`),
  )
  expect(told.filter((each) => !wide.has(each))).toEqual([])
})
