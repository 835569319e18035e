// The gateway with its citizens' pages over a fresh database, providers that do what a test wants, and what a page says without its markup.
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { MoneyOutcome } from '../../src/domain/outcome.ts'
import type { PageOptions } from '../../src/pages/index.tsx'
import type { Language } from '../../src/pages/language.ts'
import { type Action, type Payment, ProviderError, type ProviderErrorKind } from '../../src/providers/contract.ts'
import { createTestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { applyOutcome } from '../kit/door.ts'
import { otherGateway } from '../kit/gateway-under-test.ts'
import { placeTestOrder, seedAgencies, seedMerchantAccount } from '../kit/orders.ts'
import { createScript, type Script } from '../kit/scripted-provider.ts'
import { type ProviderSide, startingProvider } from '../kit/starting-provider.ts'

export type Stage = Awaited<ReturnType<typeof startStage>>

/** What the providers of a stage do when a payment starts. `started` are the payments that they were asked for. */
type Starting = { action: Action | ProviderErrorKind; started: Payment[] }

const sideOf = (starting: Starting, script: Script): ProviderSide => ({
  start: async (payment) => {
    starting.started.push(payment)
    if (typeof starting.action === 'string') throw new ProviderError(starting.action, 'no start')
    return starting.action
  },
  query: async (reference) => {
    script.asked.push(reference)
    return script.payment(reference)
  },
  queryRefund: async (reference) => {
    script.asked.push(reference)
    return script.refund(reference)
  },
})

export type StageOptions = PageOptions & {
  /** As on Node, where nothing in front of the gateway compresses. */
  compress?: boolean
  /** Providers besides, by the names of their titles. */
  besides?: Readonly<Record<string, string>>
}

/** How a stage is served: what a gateway answers to a request. */
export type StageGateway = (ground: {
  deps: TestDeps
  side: ProviderSide
  titles: Readonly<Record<string, string>>
  options: StageOptions
}) => Promise<{
  request: (path: string, init?: RequestInit) => Response | Promise<Response>
  fetch: (request: Request) => Response | Promise<Response>
  close: () => Promise<void>
}>

/** In this very process. */
const servedHere: StageGateway = async ({ deps, options }) => {
  const settings = { PUBLIC_URL: deps.publicUrl, LEPHI_BANK_APP_LINKS: options.bankAppLinks ?? undefined }
  const app = buildApp(deps, readConfig(settings), {
    ...(options.frontLinks ? { frontLinks: options.frontLinks } : {}),
    ...(options.live ? { live: options.live } : {}),
    compress: options.compress ?? false,
    ...(options.payerAddress ? { remoteAddress: options.payerAddress } : {}),
  })
  return {
    request: (path, init) => app.request(path, init),
    fetch: (request) => app.fetch(request),
    close: async () => undefined,
  }
}

/** Starts it with the providers `alpha` and `beta`, open to every agency of the test province. */
export const startStage = async (options: StageOptions = {}) => {
  const database = await createTestDatabase()
  await seedAgencies(database.sql)
  const starting: Starting = { action: { type: 'redirect', url: 'https://alpha.test/pay?a=1&b=2' }, started: [] }
  const script = createScript()
  const side = sideOf(starting, script)
  const titles = { alpha: 'Ngân hàng Alpha', beta: 'Ví Beta', ...options.besides }
  const providers = Object.fromEntries(
    Object.entries(titles).map(([name, title]) => [name, startingProvider(side, title)]),
  )
  const deps: TestDeps = createTestDeps(database.database, { providers })
  const accounts = {
    alpha: await seedMerchantAccount(deps, database.sql, { provider: 'alpha' }),
    beta: await seedMerchantAccount(deps, database.sql, { provider: 'beta' }),
  }
  for (const provider of Object.keys(options.besides ?? {})) await seedMerchantAccount(deps, database.sql, { provider })
  const app = await (otherGateway()?.stage ?? servedHere)({ deps, side, titles, options })
  let orders = 0
  return {
    app,
    deps,
    sql: database.sql,
    clock: deps.clock,
    accounts,
    starting,
    script,
    /** A new order of 150.000 đ and the path of its page. */
    order: async (more: Parameters<typeof placeTestOrder>[1] = {}) => {
      orders += 1
      const id = await placeTestOrder(deps, { dossierCode: `H56.12.03-261122-${5000 + orders}`, ...more })
      const [row] = await database.sql`select checkout_token from orders where id = ${id}`
      return { id, path: `/pay/${String(row?.checkoutToken)}` }
    },
    /** Money that the provider alpha tells of, for an attempt there. */
    tell: (merchantReference: string, more: Partial<MoneyOutcome> = {}) =>
      applyOutcome(deps, {
        merchantAccountId: accounts.alpha,
        outcome: {
          status: 'captured',
          merchantReference,
          providerReference: `P${merchantReference.slice(-8)}`,
          amount: 150_000n,
          occurredAt: deps.now(),
          code: '00',
          ...more,
        },
        source: 'callback',
      }),
    get: (path: string, headers: Record<string, string> = {}) => app.request(path, { headers }),
    post: (path: string, form: Record<string, string> = {}, headers: Record<string, string> = {}) =>
      app.request(path, { method: 'POST', body: new URLSearchParams(form), headers }),
    close: async () => {
      await deps.settled()
      await app.close()
      await database.drop()
    },
  }
}

/** The words of a page, without its style and markup. */
export const wordsOf = (html: string): string =>
  html
    .replaceAll(/<style>.*?<\/style>/gs, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')

export const titleIn = (html: string): string => /<h1[^>]*>(.*?)<\/h1>/s.exec(html)?.[1] ?? ''

/** Success and failure as either language claims them; `không thành công` is a failure only. */
export const claims = (html: string): string[] => {
  const words = wordsOf(html).toLowerCase()
  const isSuccess = /(?<!không )thành công|success/.test(words)
  const isFailure = /không thành công|thất bại|did not go through|failed/.test(words)
  return [...(isSuccess ? ['success'] : []), ...(isFailure ? ['failure'] : [])]
}

export const languages: readonly Language[] = ['vi', 'en']
