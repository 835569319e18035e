// Genuine callbacks of one provider: some signed by the conformance kit, some as its simulated side sends them for payments that the adapter started. Neither
// shares code with the adapter.
import { createIdSource } from '../../src/lib/id.ts'
import type { IncomingRequest, Payment, Ports, Provider, ProviderClient } from '../../src/providers/contract.ts'
import { simulatedProviders } from '../../src/simulators/register.ts'
import { createSimulators } from '../../src/simulators/simulator.ts'
import { now, paymentOf, referenceOf, type Subject, specOf } from '../providers/conformance/subject.ts'
import type { Account, Said } from '../providers/kit.ts'

export type Source = {
  client: ProviderClient
  /** What is stored here under any reference, for protocols that sign what they do not send. */
  payments: ReadonlyMap<string, Payment>
  messages: readonly IncomingRequest[]
  /** Messages of the same protocol that the key of another account signed: of its own orders, and of the orders above. */
  foreign: readonly IncomingRequest[]
}

/** The kit's messages under the kit's account, and the simulator's under another one. */
export const genuineOf = async (subject: Subject): Promise<readonly Source[]> => {
  const [own, simulated] = [kitSource(subject), await simulatedSource(subject)]
  if (!simulated) return [own]
  const { messages } = own
  return [
    { ...own, foreign: [...own.foreign, ...simulated.messages] },
    { ...simulated, foreign: messages },
  ]
}

const ports = (fetch: Ports['fetch']): Ports => {
  const next = createIdSource({ now: () => now })
  return { fetch, now: () => now, newId: () => next('req').replace('_', '') }
}

const noNetwork: Ports['fetch'] = () => Promise.reject(new TypeError('no network'))

/** Of each sender that the protocol has, the same news in its own form; and the same as another account would sign them. */
const kitSource = (subject: Subject): Source => {
  const { kit, provider } = subject
  const payments = new Map<string, Payment>()
  const messages = signedBy(subject, kit.account, payments)
  const foreign = signedBy(subject, kit.accountWithOtherSecrets, payments)
  return { client: provider.connect(kit.account, ports(noNetwork)), payments, messages, foreign }
}

const signedBy = (subject: Subject, account: Account, payments: Map<string, Payment>): IncomingRequest[] => {
  const { kit } = subject
  const senders = [kit.callback, ...Object.values(kit.otherCallbacks ?? {})]
  return senders.flatMap((callback, sender) => {
    const says: readonly Said[] = callback.tellsFailure
      ? ['captured', 'failed', 'pending', 'unknown_code']
      : ['captured', 'captured']
    return Array.from({ length: 24 }, (_, n) => {
      const merchantReference = referenceOf(subject, 200 * sender + n + 1)
      const amount = [150_000n, 150_001n, 15_000n, 1_500_000n][n % 4] ?? 150_000n
      payments.set(merchantReference, paymentOf(subject, { merchantReference, amount }))
      const spec = specOf(subject, {
        says: says[n % says.length] ?? 'captured',
        merchantReference,
        amount,
        providerReference: String(14_226_112 + n),
        occurredAt: new Date(Date.parse('2026-11-22T10:02:09+07:00') + n * 1000),
      })
      return callback.send(callback.sign(callback.fields(spec), account))
    })
  })
}

const publicUrl = 'http://gateway.test'

/** Payments are started by the adapter, completed at the simulated provider, and what that sends is caught. */
const simulatedSource = async (subject: Subject): Promise<Source | null> => {
  const { name, provider } = subject
  const enrolment = simulatedProviders[name]
  if (!enrolment) return null
  const credentials = enrolment.credentials((part, bytes) => `${part}${'Q7x'.repeat(bytes)}`.slice(0, bytes))
  const merchant = {
    credentials,
    callbackUrl: `${publicUrl}/callbacks/${name}/mac_2`,
    returnUrl: `${publicUrl}/returns/${name}/mac_2`,
    tariff: {},
  }
  const messages: IncomingRequest[] = []
  const payments = new Map<string, Payment>()
  let ids = 0
  const simulators = createSimulators({
    fetch: async (url, init) => {
      const message = received(url, init)
      messages.push(message)
      return answerToQuestion(client, message, payments)
    },
    now: () => now,
    newId: () => `sim${++ids}`,
    publicUrl,
    accounts: { [name]: [enrolment.accountOf(merchant)] },
  })
  const toProvider: Ports['fetch'] = async (url, init) =>
    simulators.app.request(url.replace(`${publicUrl}/simulators`, ''), init)
  const client = provider.connect({ ...enrolment.settings(publicUrl), ...credentials }, ports(toProvider))
  for (const [n, result] of (['success', 'cancelled', 'success', 'insufficient', 'success'] as const).entries()) {
    const payment = await startedPayment(subject, { provider, client, n })
    payments.set(payment.merchantReference, payment)
    await payAt(simulators.app, { name, client, payment, result })
  }
  return { client, payments, messages, foreign: [] }
}

/** A provider that asks before it takes money is told to take it; whatever else comes is caught and not answered. */
const answerToQuestion = async (
  client: ProviderClient,
  message: IncomingRequest,
  payments: ReadonlyMap<string, Payment>,
): Promise<Response> => {
  const stored = { findPayment: async (reference: string) => payments.get(reference) ?? null }
  const { question } = await client.readCallback(message, stored)
  return question ? client.answerCallback('accepted', message, stored) : new Response(null, { status: 503 })
}

const startedPayment = async (
  subject: Subject,
  { provider, client, n }: { provider: Provider; client: ProviderClient; n: number },
): Promise<Payment> => {
  const merchantReference =
    provider.newReference?.({
      now: () => new Date(now.getTime() + n * 1000),
      newId: () => `ref_${'a1b2'.repeat(7)}${String(n).padStart(4, '0')}`,
    }) ?? referenceOf(subject, 100 + n)
  const amount = 150_000n + BigInt(n)
  const plain = paymentOf(subject, { merchantReference, amount, memo: {}, providerReference: null })
  const lines = plain.bill?.lines.map((line) => ({ ...line, amount })) ?? []
  const payment: Payment = {
    ...plain,
    createdAt: now,
    expiresAt: new Date(now.getTime() + 900_000),
    callbackUrl: `${publicUrl}/callbacks/${subject.name}/mac_2`,
    returnUrl: `${publicUrl}/returns/${subject.name}/mac_2`,
    bill: plain.bill && { ...plain.bill, lines },
  }
  const { providerReference, memo = {}, action } = await client.startPayment(payment)
  return { ...payment, providerReference, memo: { ...memo, action: JSON.stringify(action) } }
}

type App = ReturnType<typeof createSimulators>['app']

const payAt = async (
  app: App,
  { name, payment, result }: { name: string; client: ProviderClient; payment: Payment; result: string },
): Promise<void> => {
  const action: { type: string; url?: string; payload?: string; fields?: Record<string, string> } = JSON.parse(
    payment.memo.action ?? '{}',
  )
  const path = (action.url ?? '').replace(`${publicUrl}/simulators`, '')
  if (action.type === 'redirect') await app.request(path)
  if (action.type === 'form')
    await app.request(path, { method: 'POST', body: new URLSearchParams(Object.entries(action.fields ?? {})) })
  const answer = await app.request(`/${name}/payments/${encodeURIComponent(payment.merchantReference)}/complete`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ result, ...(action.type === 'qr' ? { pay_url: action.payload } : {}) }),
  })
  if (answer.status >= 400) throw new Error(`${name} cannot be paid: ${answer.status} ${await answer.text()}`)
}

const received = (url: string, init: RequestInit): IncomingRequest => ({
  method: init.method ?? 'GET',
  search: url.includes('?') ? url.slice(url.indexOf('?') + 1) : '',
  headers: new Headers(init.headers),
  body: new TextEncoder().encode(typeof init.body === 'string' ? init.body : ''),
})
