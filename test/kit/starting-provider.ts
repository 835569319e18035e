// A provider whose every answer comes from elsewhere: from the test beside it, or, where the gateway runs in another process, over a line to that test.
import { z } from 'zod'
import { type Action, defineProvider, type Payment, type QueryAnswer } from '../../src/providers/contract.ts'

/** Each may throw a ProviderError. */
export type ProviderSide = {
  start: (payment: Payment) => Promise<Action>
  query: (merchantReference: string) => Promise<QueryAnswer>
  queryRefund: (merchantReference: string) => Promise<QueryAnswer>
}

/** Takes 10.000 to 1.000.000 đồng; its account has no members. */
export const startingProvider = (side: ProviderSide, title: string) =>
  defineProvider({
    title: { vi: title, en: `${title} en` },
    limits: { minimum: 10_000n, maximum: 1_000_000n },
    account: z.object({}),
    secrets: [],
    redact: [],
    startPayment: async (payment) => ({ action: await side.start(payment), providerReference: null }),
    readCallback: async () => ({ merchantReference: '', outcomes: [] }),
    answerCallback: (verdict) => Response.json({ verdict }),
    queryPayment: ({ merchantReference }) => side.query(merchantReference),
    queryRefund: ({ merchantReference }) => side.queryRefund(merchantReference),
  })
