// Owns the one shape that every simulated provider has, so that delivery, faults, completion and statements are written
// once. A further provider is one folder that returns a `Side`, and one line in simulator.ts.
import type { Hono } from 'hono'
import type { Notice, Payment, PaymentStatus } from './records.ts'

/** How a payment can be made to end, on the page or by script. `pending` leaves it open with no callback. */
export const results = ['success', 'insufficient', 'cancelled', 'wrong_otp', 'pending', 'suspicious'] as const
export type Result = (typeof results)[number]

/** Contract price of a capture; amounts in whole đồng. An absent, null or zero `maximum` means none. */
export interface Tariff {
  basis_points?: number
  fixed?: number
  minimum?: number
  maximum?: number | null
  vat_basis_points?: number
}

/** `headers` carry what a protocol signs outside the body; a body without a content type is JSON. */
export interface OutgoingCallback {
  method: 'GET' | 'POST'
  url: string
  body: string | null
  headers?: Readonly<Record<string, string>>
}

export interface CallbackAnswer {
  status: number
  text: string
}

export interface Side {
  name: string
  /** What its pages call it. */
  title: string
  accounts: readonly { id: string; tariff: Tariff }[]
  /** Calls of one callback in all, and the pause between them; `pausesMs` where each pause has its own length. */
  retry: { countMax: number; everyMs: number; pausesMs?: readonly number[] }
  /** Words a result as this provider does: state, code, and the number under which it files the payment. */
  outcome: (payment: Payment, result: Result) => { status: PaymentStatus; code: string; provider_reference: string }
  /**
   * The signed callback for the payment as it stands; `forged` signs it with a key that is not the account's. Null where this provider says nothing of such
   * a payment.
   */
  callback: (payment: Payment, forged: boolean) => Promise<OutgoingCallback | null>
  /** The headers of a callback that leaves now, where a signature covers the moment of sending. */
  renew?: (notice: Pick<Notice, 'account' | 'kind' | 'headers' | 'body'>) => Promise<Record<string, string>>
  /** Where the browser is sent, signed; null when this provider sends it nowhere yet. */
  returnUrl: (payment: Payment) => Promise<string | null>
  /** True when the answer ends the retries. */
  accepts: (answer: CallbackAnswer) => boolean
  /** Registers a payment from the address a browser would open; null when that address is refused. */
  open?: (url: string) => Promise<Payment | null>
  /** Registers a payment from the text of a scanned code; null when no app would take it. */
  scan?: (code: string) => Payment | null
  /** The provider's own routes, below `/{name}`. */
  routes: Hono
}

/** A key that no account has; what an outsider who knows the protocol but not the secret would sign with. */
export const forgersKey = 'this-key-belongs-to-nobody-and-proves-nothing'
