// The providers' own side: simulators of all of them, whose books say what was really captured and paid back.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { createIdSource } from '../../src/lib/id.ts'
import type { DemoFile } from '../../src/node/demo-file.ts'
import { tariff } from '../../src/node/demo-province.ts'
import { simulatedProviders } from '../../src/simulators/register.ts'
import { createSimulators, type LedgerRow, type Simulators } from '../../src/simulators/simulator.ts'
import type { Moments } from './moments.ts'

export type ProviderSide = {
  handle: (request: IncomingMessage, response: ServerResponse) => void
  /** A call of somebody's who is no gateway: a payer's browser, an accountant who fetches a statement. `path` is below the provider's name. */
  ask: (provider: string, path: string, init?: RequestInit) => Promise<Response>
  /** By provider. */
  accounts: ReadonlyMap<string, string>
  books: () => readonly BookRow[]
  /** The clock stands still: no callback is sent again, no refund moves. */
  freeze: () => Promise<void>
}

export type BookRow = LedgerRow & { provider: string; merchantAccountId: string }

const tickEveryMs = 250
const paymentsMax = 1_000_000

export const openProviderSide = ({
  publicUrl,
  demo,
  moments,
}: {
  publicUrl: string
  demo: DemoFile
  moments: Moments
}): ProviderSide => {
  const accounts = new Map(Object.entries(demo.merchant_accounts).map(([provider, { id }]) => [provider, id]))
  const simulators = createSimulators({
    fetch: (url, init) => fetch(url, init),
    now: () => new Date(),
    newId: idSource(),
    publicUrl,
    accounts: Object.fromEntries(
      Object.entries(demo.merchant_accounts).flatMap(([provider, { id, credentials }]) => {
        const callbackUrl = `${publicUrl}/callbacks/${provider}/${id}`
        const returnUrl = `${publicUrl}/returns/${provider}/${id}`
        const account = simulatedProviders[provider]?.accountOf({ credentials, callbackUrl, returnUrl, tariff })
        return account ? [[provider, [account]] as const] : []
      }),
    ),
    paymentCountMax: paymentsMax,
  })
  const listener = getRequestListener(new Hono().route('/simulators', simulators.app).fetch)
  const clock = startClock(simulators)
  return {
    accounts,
    handle: (request, response) => {
      moments.tell('provider call', { gateway: null })
      void listener(request, response)
    },
    ask: async (provider, path, init) => simulators.app.request(`/${provider}/${path}`, init),
    books: () =>
      [...accounts].flatMap(([provider, merchantAccountId]) =>
        simulators.ledger(provider).map((row) => ({ ...row, provider, merchantAccountId })),
      ),
    freeze: clock.stop,
  }
}

const idSource = () => {
  const next = createIdSource({ now: () => new Date() })
  return () => next('sim').replace('_', '')
}

/** One tick after the other; `stop` resolves when the last one is over. */
const startClock = (simulators: Simulators) => {
  let isStopping = false
  const ticking = (async () => {
    while (!isStopping) {
      await simulators.tick()
      await pause(tickEveryMs)
    }
  })()
  return {
    stop: () => {
      isStopping = true
      return ticking
    },
  }
}
