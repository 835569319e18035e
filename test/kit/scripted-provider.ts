// A provider whose answers the test writes: what it says when asked, and how often it was.
import { z } from 'zod'
import type { Outcome } from '../../src/domain/outcome.ts'
import { businessDay } from '../../src/lib/time.ts'
import {
  defineProvider,
  ProviderError,
  type ProviderErrorKind,
  type QueryAnswer,
} from '../../src/providers/contract.ts'

export type Says = (merchantReference: string) => QueryAnswer | Promise<QueryAnswer>

export type Script = {
  payment: Says
  refund: Says
  /** What it says to a refund call. */
  refunding: (merchantReference: string) => Outcome | Promise<Outcome>
  /** References that were asked about, in order. */
  asked: string[]
  /** References of refund calls, in order, those included that it did not answer. */
  called: string[]
  /** What each of them gave as its reason. */
  reasons: string[]
}

export const createScript = (): Script => ({
  payment: silent('unknown'),
  refund: silent('unknown'),
  refunding: refundTaken,
  asked: [],
  called: [],
  reasons: [],
})

/** The answer to a refund call that was taken and is under way. */
export const refundTaken = (merchantReference: string): Outcome => ({
  status: 'pending',
  subject: 'refund',
  merchantReference,
  providerReference: null,
  occurredAt: null,
  code: '00',
})

/** The answer of a provider whose list does not have the refund. */
export const refundNotListed: Says = (merchantReference) => ({
  known: true,
  outcomes: [{ ...refundTaken(merchantReference), code: 'not_listed' }],
})

/** Throws as an adapter does that got no answer. */
export const silent =
  (kind: ProviderErrorKind): (() => never) =>
  () => {
    throw new ProviderError(kind, 'no answer')
  }

export const notKnown: Says = () => ({ known: false, outcomes: [] })

export const capturedSays =
  (amount: bigint): Says =>
  (merchantReference) => ({ known: true, outcomes: [captured(merchantReference, amount)] })

export const pendingSays: Says = (merchantReference) => ({
  known: true,
  outcomes: [
    { status: 'pending', subject: 'payment', merchantReference, providerReference: null, occurredAt: null, code: '01' },
  ],
})

export const failedSays: Says = (merchantReference) => ({
  known: true,
  outcomes: [
    { status: 'failed', subject: 'payment', merchantReference, providerReference: null, occurredAt: null, code: '24' },
  ],
})

export const captured = (merchantReference: string, amount: bigint): Outcome => ({
  status: 'captured',
  merchantReference,
  providerReference: `P${merchantReference.slice(-8)}`,
  amount,
  occurredAt: null,
  code: '00',
})

type Verbs = { query: boolean; queryRefund: boolean; refund?: boolean; idempotent?: boolean; datesRefunds?: boolean }

/** The provider; without `query` it is one that cannot be asked. Its account has no members. */
export const scriptedProvider = (
  script: Script,
  { query, queryRefund, refund, idempotent = true, datesRefunds }: Verbs = { query: true, queryRefund: true },
) =>
  defineProvider({
    title: { vi: 'Thử', en: 'Test' },
    limits: { minimum: 1n, maximum: 999_999_999_999n },
    account: z.object({}),
    secrets: [],
    redact: [],
    refundIsIdempotent: idempotent,
    startPayment: async () => ({ action: { type: 'redirect', url: 'https://pay.test/' }, providerReference: null }),
    readCallback: async () => ({ merchantReference: '', outcomes: [] }),
    answerCallback: (verdict) => Response.json({ verdict }),
    ...(query
      ? {
          queryPayment: async ({ merchantReference }) => {
            script.asked.push(merchantReference)
            return script.payment(merchantReference)
          },
        }
      : {}),
    ...(datesRefunds ? { refundReference: ({ id, at }) => `${businessDay(at)}-${id}` } : {}),
    ...(refund
      ? {
          refundPayment: async ({ merchantReference, reason }) => {
            script.called.push(merchantReference)
            script.reasons.push(reason)
            return script.refunding(merchantReference)
          },
        }
      : {}),
    ...(queryRefund
      ? {
          queryRefund: async ({ merchantReference }) => {
            script.asked.push(merchantReference)
            return script.refund(merchantReference)
          },
        }
      : {}),
  })
