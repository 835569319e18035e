// A small town: the gateway, the simulated providers on the other side of an in-process network, one clock. Everything crosses HTTP requests and responses; only
// the sockets are missing.
import { randomBytes } from 'node:crypto'
import { createClient, type GatewayClient, type Takes } from '../../client/lephi.ts'
import { longJobs, runJobs } from '../../src/flows/run-jobs.ts'
import { createIdSource } from '../../src/lib/id.ts'
import { withNamedFaults } from '../../src/node/named-faults.ts'
import type { FetchPort } from '../../src/providers/contract.ts'
import { registry } from '../../src/providers/registry.ts'
import { simulatedProviders } from '../../src/simulators/register.ts'
import { createSimulators, type SimulatorAccounts, type Simulators } from '../../src/simulators/simulator.ts'
import { startTestApp, type TestApp, type TestAppOptions } from './app.ts'
import { createClock } from './deps.ts'
import { orderInput, seedMerchantAccount } from './orders.ts'

export type Town = TestApp & {
  simulators: Simulators
  accounts: Record<string, string>
  /** A JSON call with the portal's token. */
  api: (
    path: string,
    json?: unknown,
    more?: { token?: string; key?: string; method?: string },
  ) => Promise<{ status: number; body: Json }>
  /** The generated client, as a portal would use it, with the portal's token. */
  portal: GatewayClient
  place: (more?: object) => Promise<string>
  /** The citizen chooses a provider and goes to its page, as the action says. */
  attempt: (orderId: string, provider: string) => Promise<TownAttempt>
  /** The citizen pays at the provider, who then calls back. */
  pay: (provider: string, attempt: TownAttempt, more?: object) => Promise<Json>
  /** The citizen's browser goes where the provider sends it: to our address, or to a page with a form that goes there. */
  comeBack: (told: Json) => Promise<Response>
  fault: (provider: string, fault: string, more?: object) => Promise<Json>
  /** The accountant imports the provider's statement of these days and reconciles it. */
  settle: (provider: string, days: { from: string; to: string }) => Promise<void>
  /** Moves the clock and lets jobs and simulators do what is due, in small steps. */
  pass: (seconds: number, steps?: number) => Promise<void>
  order: (id: string) => Promise<Json>
  /** Signed đồng by ledger account, of everything. */
  ledger: () => Promise<Record<string, bigint>>
  /** What the simulated providers say they hold: captured less refunded. */
  held: () => bigint
}

/** `code` is what a phone scans; empty where a page is opened instead. */
export type TownAttempt = { id: string; reference: string; code: string; status: string }

/** An answer as a caller reads it: any path may be looked at, and what is not there is undefined. */
export interface Json {
  readonly [name: string]: Json
}

/** The rows of a list; empty when it is none. */
export const rowsOf = (list: Json | undefined): Json[] => (Array.isArray(list) ? list : [])

/** Every provider that has a simulated side. */
export const providerNames: readonly string[] = Object.keys(simulatedProviders)

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined }

/** `publicUrl` is how browsers reach it, where they do: the simulated providers are below it at /simulators. */
export const startTown = async (
  start = '2026-11-23T02:00:00Z',
  {
    publicUrl = 'http://gateway.test',
    magicAmounts = false,
    ...more
  }: Omit<TestAppOptions, 'clock' | 'fetch'> & { magicAmounts?: boolean } = {},
): Promise<Town> => {
  const clock = createClock(start)
  const network: { gateway?: FetchPort; providers?: FetchPort; simulators?: Simulators['app'] } = {}
  // As the demo has it: what is magic by its amount is so by its payer's name.
  const levers = {
    simulators: {
      request: async (path: string, init: RequestInit) => network.simulators?.request(path, init) ?? Response.error(),
    },
    log: { ...quiet, error: (_fields: unknown, text: string) => void Promise.reject(new Error(text)) },
  }
  const gateway = await startTestApp({
    ...(magicAmounts ? { providers: withNamedFaults(registry, levers) } : {}),
    ...more,
    clock,
    publicUrl,
    fetch: (url, init) => network.providers?.(url, init) ?? Promise.reject(new TypeError('no network')),
  })
  const { deps, sql } = gateway
  const accounts: Record<string, string> = {}
  let register: SimulatorAccounts = {}
  for (const name of providerNames) {
    const enrolment = simulatedProviders[name]
    if (!enrolment) throw new Error(`${name} is not simulated`)
    const credentials = enrolment.credentials((_, bytes) => randomBytes(bytes).toString('base64url'))
    const id = await seedMerchantAccount(deps, sql, {
      provider: name,
      credentials,
      settings: enrolment.settings(publicUrl),
    })
    accounts[name] = id
    const tariff = { basis_points: 110, fixed: 0, minimum: 0, maximum: 0, vat_basis_points: 1000 }
    const merchant = {
      credentials,
      callbackUrl: `${publicUrl}/callbacks/${name}/${id}`,
      returnUrl: `${publicUrl}/returns/${name}/${id}`,
      tariff,
    }
    register = { ...register, [name]: [enrolment.accountOf(merchant)] }
  }
  const simulators = createSimulators({
    fetch: (url, init) => network.gateway?.(url, init) ?? Promise.reject(new TypeError('no network')),
    now: clock.now,
    newId: (() => {
      const next = createIdSource({ now: clock.now })
      return () => next('sim').replace('_', '')
    })(),
    publicUrl,
    accounts: register,
    magicAmounts,
  })
  network.simulators = simulators.app
  network.gateway = async (url, init) => gateway.app.request(url.replace(publicUrl, ''), init)
  // What is sent out goes to the simulated providers, and what is below our own address otherwise comes back to us.
  network.providers = async (url, init) =>
    url.startsWith(`${publicUrl}/demo-portal`)
      ? gateway.app.request(url.replace(publicUrl, ''), init)
      : simulators.app.request(url.replace(`${publicUrl}/simulators`, ''), init)
  return { ...gateway, ...townsfolk({ gateway, simulators, accounts }) }
}

type Parts = { gateway: TestApp; simulators: Simulators; accounts: Record<string, string> }

const townsfolk = ({ gateway, simulators, accounts }: Parts): Omit<Town, keyof TestApp> => {
  const { deps, sql, clock } = gateway
  const { publicUrl } = deps
  const providersAt = `${publicUrl}/simulators`
  let keys = 0
  const api: Town['api'] = async (path, json, { token, key, method } = {}) => {
    keys += 1
    const headers = { 'idempotency-key': key ?? `key-${keys}` }
    const answer = await gateway.request(path, {
      token: token ?? (await gateway.token()),
      headers,
      ...(json === undefined ? {} : { json }),
      ...(method ? { method } : {}),
    })
    return { status: answer.status, body: (await answer.json()) as Json }
  }
  const portal = createClient({
    baseUrl: publicUrl,
    token: () => gateway.token(),
    fetch: (url, init) => gateway.app.request(url.replace(publicUrl, ''), init),
    // What is answered is what the story is about.
    triesMax: 1,
  })
  const control = async (provider: string, path: string, json: object): Promise<Json> => {
    const answer = await simulators.app.request(`/${provider}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(json),
    })
    if (answer.status >= 400) throw new Error(`${provider} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Json
  }
  return {
    simulators,
    accounts,
    api,
    portal,
    place: async (more = {}) => {
      keys += 1
      const { payer, returnUrl, dossierCode } = orderInput()
      const lines = [
        { fee_code: 'LP-HOTICH-01', kind: 'le_phi', description: 'Lệ phí đăng ký khai sinh', unit_amount: 150_000 },
      ]
      const order = {
        dossier_code: dossierCode.replace('0007', String(keys).padStart(4, '0')),
        agency_code: 'H56.12.03',
        payer,
        lines,
        return_url: returnUrl,
        ...more,
      }
      const placed = await portal.call('placeOrder', {
        body: order as Takes<'placeOrder'>['body'],
        idempotencyKey: `key-${keys}`,
      })
      if (!placed.ok) throw new Error(JSON.stringify(placed.problem))
      return placed.data.id
    },
    attempt: async (orderId, provider) => {
      keys += 1
      const started = await portal.call('startAttempt', {
        id: orderId,
        body: { provider },
        idempotencyKey: `key-${keys}`,
      })
      if (!started.ok) throw new Error(JSON.stringify(started.problem))
      const { id, merchant_reference: reference, status, action } = started.data
      const code = await goToProvider(simulators, { provider, action: action as Json | undefined, providersAt })
      return { id, reference, code, status }
    },
    pay: async (provider, attempt, more = {}) => {
      const told = await control(provider, `payments/${attempt.reference}/complete`, {
        result: 'success',
        ...(attempt.code ? { pay_url: attempt.code } : {}),
        ...more,
      })
      await deps.settled()
      return told
    },
    comeBack: async (told) => {
      const url = String(told.return_url)
      if (!url.startsWith(providersAt)) return gateway.request(url.replace(publicUrl, ''))
      const page = await (await simulators.app.request(url.replace(providersAt, ''))).text()
      const action = /<form method="post" action="([^"]+)"/.exec(page)?.[1] ?? ''
      const fields = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
      const plain = (text = '') => text.replaceAll('&quot;', '"').replaceAll('&amp;', '&')
      const body = new URLSearchParams(fields.map(([, name, value]) => [plain(name), plain(value)]))
      return gateway.app.request(plain(action).replace(publicUrl, ''), { method: 'POST', body })
    },
    fault: async (provider, fault, more = {}) => control(provider, 'faults', { fault, ...more }),
    pass: async (seconds, steps = 1) => {
      for (let step = 0; step < steps; step += 1) {
        clock.advance(seconds / steps)
        await simulators.tick()
        await finishJobs(deps)
      }
    },
    settle: async (provider, { from, to }) => {
      const file = await simulators.app.request(`/${provider}/settlements.csv?from=${from}&to=${to}`)
      const form = new FormData()
      form.set('source', 'provider')
      form.set('merchant_account', accounts[provider] ?? '')
      form.set('file', new Blob([await file.text()], { type: 'text/csv' }), `${provider}.csv`)
      const imported = await portal.call('uploadStatement', { body: form })
      if (!imported.ok) throw new Error(JSON.stringify(imported.problem))
      await finishJobs(deps)
      const merchantAccount = accounts[provider] ?? ''
      const run = await portal.call('startReconciliation', { body: { merchant_account: merchantAccount, from, to } })
      if (!run.ok) throw new Error(JSON.stringify(run.problem))
      await finishJobs(deps)
    },
    order: async (id) => (await api(`/v1/orders/${id}`)).body,
    ledger: async () =>
      Object.fromEntries(
        (await sql`select account, sum(amount)::bigint as amount from postings group by account order by account`).map(
          (row) => [row.account, row.amount],
        ),
      ),
    held: () =>
      providerNames.flatMap((name) => [...simulators.ledger(name)]).reduce((total, row) => total + heldOf(row), 0n),
  }
}

/** Lets every job do what is due now. */
const finishJobs = async (deps: TestApp['deps']): Promise<void> => {
  await runJobs(deps)
  await runJobs(deps, { run: longJobs })
  await deps.settled()
}

/** What the citizen's browser does with an action, before anybody can pay; answers the text of a code, which is scanned where it is paid. */
const goToProvider = async (
  simulators: Simulators,
  { provider, action, providersAt }: { provider: string; action: Json | undefined; providersAt: string },
): Promise<string> => {
  const path = String(action?.url ?? '').replace(providersAt, '')
  if (String(action?.type) === 'qr') return String(action?.payload)
  if (String(action?.type) === 'redirect') await simulators.app.request(path)
  if (String(action?.type) === 'form') {
    const body = new URLSearchParams(Object.entries(action?.fields ?? {}).map(([name, value]) => [name, String(value)]))
    const answer = await simulators.app.request(path, { method: 'POST', body })
    if (answer.status >= 400) throw new Error(`${provider} refuses the form: ${await answer.text()}`)
  }
  return ''
}

const heldOf = (row: ReturnType<Simulators['ledger']>[number]): bigint => {
  if (row.status !== 'success') return 0n
  return row.kind === 'refund' ? -row.amount : row.amount
}
