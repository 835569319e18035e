// Owns the providers' own side as one thing: the app with every provider's routes, the clock's tick, and the memory. It
// is written from the providers' protocols alone and shares no code with the adapters, so each can catch the other out.
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { takeDuePayments } from './complete-payment.ts'
import { controlRoutes } from './control.ts'
import type { RegisteredAccount } from './enrol.ts'
import { type LedgerRow, ledgerRows } from './ledger.ts'
import { sendDueNotices } from './notices.ts'
import { moveRefunds } from './refunds.ts'
import { simulatedProviders } from './register.ts'
import { newWorld, readSnapshot, type SimulatorDeps, writeSnapshot } from './world.ts'

export type { LedgerRow } from './ledger.ts'
export type { Tariff } from './side.ts'

/** The merchants that are registered at each provider, by its name in the register. */
export type SimulatorAccounts = Readonly<Record<string, readonly RegisteredAccount[]>>

export interface SimulatorOptions extends SimulatorDeps {
  accounts: SimulatorAccounts
  /** Payments of certain exact amounts bring their own fault; off by default. */
  magicAmounts?: boolean
  /** What the payment pages call whoever is paid. */
  merchantName?: string
  /** Oldest finished payments beyond this many are forgotten; 100,000 by default. */
  paymentCountMax?: number
}

export interface Simulators {
  /** To be mounted at `/simulators`. */
  app: Hono
  /** Takes the payments that wait for midnight, sends the callbacks that are due and moves refunds on. Safe to call at any pace, also while one is running. */
  tick: () => Promise<void>
  /** The memory as JSON, and back. `restore` throws and changes nothing when the text is not a snapshot. */
  snapshot: () => string
  restore: (json: string) => void
  /** The simulated providers by what their pages call them, in the order of the register. */
  titles: () => ReadonlyMap<string, string>
  /** Every payment and refund as the provider knows it. */
  ledger: (provider: string) => LedgerRow[]
}

const bodyBytesMax = 64 * 1024

export const createSimulators = (options: SimulatorOptions): Simulators => {
  const { fetch, now, newId, publicUrl, accounts, magicAmounts = false, paymentCountMax = 100_000 } = options
  const world = newWorld(
    // Wrapped, because a runtime's own fetch must not be called as a method of another object.
    { fetch: (url, init) => fetch(url, init), now, newId, publicUrl: publicUrl.replace(/\/$/, '') },
    { magicAmounts, paymentCountMax, merchantName: options.merchantName ?? 'Cơ quan thu phí, lệ phí' },
  )
  const app = new Hono()
  app.use(
    bodyLimit({ maxSize: bodyBytesMax, onError: (c) => c.json({ title: 'the body is too large', status: 413 }, 413) }),
  )
  for (const [name, provider] of Object.entries(simulatedProviders)) {
    const side = provider.side(world, accounts[name] ?? [])
    world.sides.set(side.name, side)
    app.route(`/${side.name}`, controlRoutes(world, side))
    app.route(`/${side.name}`, side.routes)
  }
  return {
    app,
    tick: async () => {
      moveRefunds(world)
      await takeDuePayments(world)
      await sendDueNotices(world)
    },
    snapshot: () => writeSnapshot(world),
    restore: (json) => readSnapshot(world, json),
    titles: () => new Map([...world.sides.values()].map(({ name, title }) => [name, title])),
    ledger: (provider) => ledgerRows(world, provider),
  }
}
