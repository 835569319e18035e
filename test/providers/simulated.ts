/** An adapter and its simulator in one town: the gateway's side of the line is the adapter alone, the other side the simulated provider, the clock is one. */
import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import {
  type CallbackReading,
  type FetchPort,
  type IncomingRequest,
  type Payment,
  ProviderError,
  type Started,
} from '../../src/providers/contract.ts'
import { registry } from '../../src/providers/registry.ts'
import { simulatedProviders } from '../../src/simulators/register.ts'
import { createSimulators } from '../../src/simulators/simulator.ts'
import { paymentOf, type Subject } from './conformance/subject.ts'
import { wordOf } from './momo.server.ts'

const host = 'http://127.0.0.1:8787'

/** A callback as it came, and what the adapter made of it: a reading, or the kind of its disbelief. */
export type Heard = { request: IncomingRequest; reading: CallbackReading | null; kind: string | null }

/** A town with one merchant at the provider of that name. `settings` are added to those that the simulator names. */
export const openSimulated = (subject: Subject, settings: Record<string, unknown> = {}) => {
  const { name } = subject
  const [provider, enrolment] = [registry[name], simulatedProviders[name]]
  if (!provider || !enrolment) throw new Error(`${name} is not on both sides`)
  const clock = { at: Date.parse('2026-11-22T10:00:00+07:00') }
  let ids = 0
  const world = { now: () => new Date(clock.at), newId: () => `id${String(++ids).padStart(26, '0')}` }
  const credentials = enrolment.credentials((_, bytes) => randomBytes(bytes).toString('base64url'))
  const addresses = {
    callbackUrl: `https://gateway.example/callbacks/${name}/mac_1`,
    returnUrl: `https://gateway.example/returns/${name}/mac_1`,
  }
  const stored = new Map<string, Payment>()
  const lookups = { findPayment: async (reference: string) => stored.get(reference) ?? null }
  const heard: Heard[] = []
  const answers: string[] = []
  /** The gateway's address for callbacks: it reads, and answers in the provider's words. */
  const gateway: FetchPort = async (url, { method = 'GET', headers, body }) => {
    const request = incoming(url, { method, headers: new Headers(headers), body: typeof body === 'string' ? body : '' })
    const taken = await client.readCallback(request, lookups).catch((error: unknown) => error)
    if (taken instanceof ProviderError) heard.push({ request, reading: null, kind: taken.kind })
    else heard.push({ request, reading: taken as CallbackReading, kind: null })
    const verdict = taken instanceof ProviderError ? 'forged' : 'accepted'
    const answer = await client.answerCallback(verdict, request, lookups)
    answers.push(await answer.clone().text())
    return answer
  }
  const account = enrolment.accountOf({ credentials, ...addresses, tariff: {} })
  const simulators = createSimulators({ ...world, fetch: gateway, publicUrl: host, accounts: { [name]: [account] } })
  const app = new Hono().route('/simulators', simulators.app)
  const fetch: FetchPort = async (url, init) => app.request(url.slice(host.length), init)
  const client = provider.connect({ ...credentials, ...enrolment.settings(host), ...settings }, { ...world, fetch })
  const start = async (changes: Partial<Payment> = {}): Promise<{ payment: Payment; started: Started }> => {
    const payment = paymentOf(subject, { providerReference: null, memo: {}, ...addresses, ...changes })
    stored.set(payment.merchantReference, payment)
    const started = await client.startPayment(payment)
    const remembered = { ...payment, memo: started.memo ?? {} }
    stored.set(payment.merchantReference, remembered)
    return { payment: remembered, started }
  }
  const post = (path: string, body: object) =>
    app.request(`/simulators/${name}/${path}`, { method: 'POST', body: JSON.stringify(body) })
  return {
    ...{ client, clock, heard, answers, simulators, app, start, post },
    /** The payer's browser at the page that `started` sends it to. */
    open: (url: string) => app.request(url.slice(host.length)),
    press: (url: string, result: string) =>
      app.request(url.slice(host.length), { method: 'POST', body: new URLSearchParams({ result }) }),
    fault: (fault: string, more: object = {}) => post('faults', { fault, ...more }),
    word: (call: Promise<unknown> | undefined) => wordOf(call),
  }
}

/** A message as the gateway's routes hand it to an adapter. */
export const incoming = (
  url: string,
  { method = 'GET', headers = new Headers(), body = '' }: { method?: string; headers?: Headers; body?: string } = {},
): IncomingRequest => ({ method, search: new URL(url).search.slice(1), headers, body: new TextEncoder().encode(body) })
