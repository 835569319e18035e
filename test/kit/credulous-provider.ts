// A provider that is called over HTTP, and whose callback is JSON that anybody may write: who proves what is not what is tried with it.
import { z } from 'zod'
import { postJson } from '../../src/providers/call.ts'
import { defineProvider, ProviderError } from '../../src/providers/contract.ts'

export const credulousProvider = defineProvider({
  title: { vi: 'Thử', en: 'Test' },
  limits: { minimum: 1n, maximum: 900_000_000n },
  account: z.object({ secret: z.string(), url: z.string() }),
  secrets: ['secret'],
  redact: [],
  startPayment: async ({ merchantReference }, { fetch, account }) => {
    await postJson(fetch, `${account.url}/start?sign=${account.secret}`, { reference: merchantReference })
    return { action: { type: 'redirect', url: 'https://provider.test/pay' }, providerReference: null }
  },
  readCallback: async ({ body }) => {
    const { reference } = JSON.parse(new TextDecoder().decode(body)) as { reference: string }
    // A message that says more than it should: that of whoever pays.
    if (!reference) throw new ProviderError('malformed', 'nothing of Nguyễn Thị Lan')
    return {
      merchantReference: reference,
      outcomes: [
        {
          status: 'captured' as const,
          merchantReference: reference,
          providerReference: 'P1',
          amount: 150_000n,
          occurredAt: null,
          code: '00',
        },
      ],
    }
  },
  answerCallback: (verdict) => Response.json({ verdict }),
})
