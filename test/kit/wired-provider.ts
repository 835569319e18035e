// A provider that is reached over the network, one address per verb, and the other end of that network as the test wants it.
import { z } from 'zod'
import { callProvider, postJson } from '../../src/providers/call.ts'
import {
  defineProvider,
  type FetchPort,
  type Payment,
  ProviderError,
  type Refund,
} from '../../src/providers/contract.ts'

export type Wire = {
  fetch: FetchPort
  /** What the other end does with a call; `verb` is `start`, `query`, `refund` or `refund_query`. */
  answer: (verb: string, signal: AbortSignal) => Promise<Response>
  /** Verbs and references in the order in which they arrived. */
  heard: string[]
}

export const taken = async () => Response.json({ ok: true })
export const outage = async () => new Response('Internal Server Error', { status: 500 })
export const silence = (_verb: string, signal: AbortSignal) =>
  new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
export const refusedConnection = () =>
  Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) }))

export const createWire = (): Wire => {
  const wire: Wire = {
    answer: taken,
    heard: [],
    fetch: (url, init) => {
      const { pathname, searchParams } = new URL(url)
      wire.heard.push(`${pathname.slice(1)} ${searchParams.get('reference')}`)
      return wire.answer(pathname.slice(1), init.signal ?? new AbortController().signal)
    },
  }
  return wire
}

const addressOf = (verb: string, reference: string) => `https://provider.test/${verb}?reference=${reference}`

/** `steps` is how many calls one start makes, `patienceMs` what its protocol asks for. */
export const wiredProvider = ({ steps = 1, patienceMs = 0 }: { steps?: number; patienceMs?: number } = {}) =>
  defineProvider({
    title: { vi: 'Qua mạng', en: 'Wired' },
    limits: { minimum: 1n, maximum: 999_999_999_999n },
    account: z.strictObject({ secret: z.string().optional() }),
    secrets: ['secret'],
    redact: [],
    patienceMs,
    startPayment: async ({ merchantReference }: Payment, { fetch }) => {
      for (let step = 0; step < steps; step += 1) await postJson(fetch, addressOf('start', merchantReference), {})
      return { action: { type: 'redirect', url: 'https://provider.test/pay' }, providerReference: null }
    },
    readCallback: () => Promise.reject(new ProviderError('malformed', 'none')),
    answerCallback: (verdict) => Response.json({ verdict }),
    queryPayment: async ({ merchantReference }, { fetch }) => {
      const { json } = await postJson(fetch, addressOf('query', merchantReference), {})
      if (json.code) throw new ProviderError('unknown', 'it cannot tell', { code: String(json.code) })
      return { known: true, outcomes: [] }
    },
    refundPayment: async ({ merchantReference }: Refund, { fetch }) => {
      const { status } = await callProvider(fetch, addressOf('refund', merchantReference))
      if (status >= 500) throw new ProviderError('unknown', 'an outage')
      return {
        status: 'pending',
        subject: 'refund',
        merchantReference,
        providerReference: null,
        occurredAt: null,
        code: '00',
      }
    },
    queryRefund: async ({ merchantReference }, { fetch }) => {
      await postJson(fetch, addressOf('refund_query', merchantReference), {})
      throw new ProviderError('unknown', 'it denies the payment')
    },
  })
