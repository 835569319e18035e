/**
 * The provider contract: everything that an adapter may know and do. An adapter knows its protocol and nothing else; it gets its account,
 * `fetch` and the clock, and returns values. A new provider is one folder that calls `defineProvider`, and one line in registry.ts.
 */
import type { z } from 'zod'
import type { FeeKind, PayeeAccount } from '../domain/order-facts.ts'
import type { MoneyOutcome, Outcome } from '../domain/outcome.ts'
import { type AccountMember, membersOf } from './account-members.ts'

/** What the citizen's browser has to do next to pay. The picture of a code is ours to draw: an adapter gives its text. */
export type Action =
  | { type: 'redirect'; url: string }
  | { type: 'form'; url: string; fields: Record<string, string> }
  | { type: 'qr'; payload: string }

/** What the fee is for and who owes it to whom, for protocols that hand it on to the treasury or print it on their page. Personal data: never logged. */
export type Bill = {
  agency: { code: string; name: string }
  procedure: { code: string; name: string } | null
  lines: readonly { kind: FeeKind; code: string | null; description: string; amount: bigint }[]
  payer: { name: string; identityNumber: string | null; address: string | null }
  payee: PayeeAccount | null
}

/** One attempt, as an adapter sees it. Amounts are whole đồng. */
export type Payment = {
  /** Our reference at the provider, unique for ever; never reused for another attempt. */
  merchantReference: string
  amount: bigint
  dossierCode: string
  /** A short text for the payer, with diacritics; each adapter reduces it to what its protocol allows. */
  description: string
  language: 'vi' | 'en'
  bankCode: string | null
  payerIp: string
  createdAt: Date
  expiresAt: Date
  /** Where the provider must call us, and where it must send the browser back. */
  callbackUrl: string
  returnUrl: string
  /** What `startPayment` or a callback told us; null before. */
  providerReference: string | null
  /** What the adapter asked to be remembered at start (`Started.memo`). */
  memo: Record<string, string>
  /** Only at start, and only for a provider that `wantsBill`. */
  bill: Bill | null
}

/** One refund, as an adapter sees it, with the payment that it returns money of. */
export type Refund = {
  merchantReference: string
  amount: bigint
  /** A short text for the provider's records that names our reference; never what people wrote, and no personal data. */
  reason: string
  requestedBy: string
  createdAt: Date
  payment: Payment
  /** True when this refund returns the whole captured amount at once. */
  isFull: boolean
  /** The refund's own number at the provider, once an answer told it. */
  providerReference?: string | null
  /** Numbers at the provider that other refunds of this payment already have: a record with one of them is not this refund's. */
  takenReferences?: readonly string[]
}

/** `memo` is kept with the attempt and handed back with every later call; text only, no secrets, no personal data. */
export type Started = { action: Action; providerReference: string | null; memo?: Record<string, string> }

/** A callback or a return exactly as it arrived; `search` is the raw query string without `?`. */
export type IncomingRequest = { method: string; search: string; headers: Headers; body: Uint8Array }

/**
 * A callback whose signature held, and what it is. `merchantReference` is the one reference of ours that it names; null where it names none.
 * Nothing but signed fields may decide `outcomes`.
 */
export type CallbackReading = {
  merchantReference: string | null
  outcomes: Outcome[]
  /**
   * It speaks of a payment, and its signature does not cover all that decides it: nothing is believed, the provider is asked at once. Comes without
   * outcomes.
   */
  ask?: true
  /**
   * No news but a question, answered by the verdict. `payable`: `accepted` when the payment may still be made, `already_confirmed` when it may not any more.
   * `settled`: `already_confirmed` when its end was told and is stored, `accepted` when it was not.
   */
  question?: 'payable' | 'settled'
  /** Money on the agency's own account. It is booked whatever becomes of the outcomes: without a payment of ours as an unknown credit. */
  credit?: Credit
}

/**
 * A bank's credit, in đồng. `reference` is the bank's own and names it for ever, whichever service tells of it; a captured outcome of the same money has it as
 * its provider reference. `text` is what the payer's bank wrote.
 */
export type Credit = Pick<MoneyOutcome, 'amount' | 'occurredAt'> & { reference: string; text: string }

/** What we made of a callback. The adapter words it for the provider. */
export type Verdict =
  | 'accepted'
  | 'already_confirmed'
  | 'amount_mismatch'
  | 'unknown_order'
  | 'unknown_account'
  | 'forged'
  | 'malformed'
  | 'try_again'

/**
 * `known: false` is the provider's own statement that it has no such payment, or no such refund where one was asked for: evidence, unlike silence.
 * A provider that answers a question about a refund by denying its payment, which it captured, gave no such statement: ProviderError `unknown`.
 */
export type QueryAnswer = { known: boolean; outcomes: Outcome[] }

export type FetchPort = (url: string, init: RequestInit) => Promise<Response>

/** What every adapter call is handed besides its input. `fetch` carries its own deadline and refuses redirects. */
export type Ports = { fetch: FetchPort; now: () => Date; newId: () => string }
export type Context<Account> = Ports & { account: Account }

/** The stored payment under a reference of ours at this account; null when there is none. For protocols that sign what they do not send. */
export type FindPayment = (merchantReference: string) => Promise<Payment | null>
export type Lookups = { findPayment: FindPayment }
/** `now` is when a message came that is read again, for protocols that refuse old ones. */
export type Hearing = Lookups & { now?: () => Date }

/** What an answer may need: the callback itself, and the account whose key proved it; null where the address names no account. */
export type Answering<Account> = {
  request: IncomingRequest
  now: () => Date
  account: Account | null
  findPayment: FindPayment
}

/** A refund that is about to be sent: its own id, letters and digits, and the moment. */
export type RefundSending = { id: string; at: Date }

export type Limits = { minimum: bigint; maximum: bigint }

export type Definition<Account> = {
  title: { vi: string; en: string }
  /** Smallest and largest payment that the protocol (or, where it is published, the provider) takes, in đồng. */
  limits: Limits
  /** The same for one account, where its contract or its way of paying says otherwise. */
  limitsOf?: (account: Account) => Limits
  /** Credentials and settings together, validated; names are the provider's own, in snake_case. */
  account: z.ZodType<Account>
  /** The members of `account` that are write-only: never shown, never logged. */
  secrets: readonly (keyof Account & string)[]
  /** Credentials that the provider publishes for its sandbox: refused in production mode. Values of any member. */
  publicTestCredentials?: readonly string[]
  /** Members of callbacks, queries and their answers that hold personal data or secrets and are masked wherever they are shown. */
  redact: readonly string[]
  /** A reference in the provider's own alphabet and length; absent: 29 letters and digits. */
  newReference?: (ports: Pick<Ports, 'now' | 'newId'>) => string
  /**
   * A refund's reference where the protocol gives it a shape of its own, such as the day of sending; absent: the refund's id, 29 letters and digits. Asked for
   * when a refund is about to be sent of which nothing was sent before; from then on the refund has it for ever.
   */
  refundReference?: (sending: RefundSending, account: Account) => string
  /** How long the protocol asks a merchant to wait for an answer at least; absent where it does not say. Our own budgets are never shorter. */
  patienceMs?: number
  /** True where the protocol hands on what the fee is for; then `startPayment` gets the payment's bill. */
  wantsBill?: boolean
  startPayment: (payment: Payment, context: Context<Account>) => Promise<Started>
  /** Verifies first, then reads. Throws ProviderError `forged`, `malformed`, or `rejected` for a genuine message that is not this merchant's. */
  readCallback: (request: IncomingRequest, context: Context<Account> & Lookups) => Promise<CallbackReading>
  answerCallback: (verdict: Verdict, answering: Answering<Account>) => Response | Promise<Response>
  /**
   * The reference that a browser's return names; null where it names none or its signature is wrong, or where it is not signed and lacks what only a
   * payer who was sent to the provider knows. It proves nothing.
   */
  readReturn?: (request: IncomingRequest, context: Context<Account> & Lookups) => Promise<string | null>
  /** The reference that an unverified callback claims, so that the stored evidence can be found again; never acted on. */
  claimedReference?: (request: IncomingRequest) => string | null
  queryPayment?: (payment: Payment, context: Context<Account>) => Promise<QueryAnswer>
  refundPayment?: (refund: Refund, context: Context<Account>) => Promise<Outcome>
  /**
   * True only where the protocol promises that one refund reference is carried out once, however often it is sent. Without that promise an unanswered refund is
   * never sent again: a query, a statement or a person settles it.
   */
  refundIsIdempotent?: boolean
  /** Asks for one refund; without it refunds are settled by `queryPayment`'s refund outcomes or by statement. */
  queryRefund?: (refund: Refund, context: Context<Account>) => Promise<QueryAnswer>
}

type Bound<Method> = Method extends (input: infer Input, context: never) => infer Result
  ? (input: Input) => Result
  : never

/** A provider bound to one merchant account: what flows call. An absent method is an absent capability. */
export type ProviderClient = {
  /** Smallest and largest payment of this account, in đồng. */
  limits: Limits
  startPayment: Bound<Definition<unknown>['startPayment']>
  /** Without lookups nothing is stored, and the message came now. */
  readCallback: (request: IncomingRequest, hearing?: Hearing) => Promise<CallbackReading>
  answerCallback: (verdict: Verdict, request: IncomingRequest, lookups?: Lookups) => Promise<Response>
  readReturn?: (request: IncomingRequest, lookups?: Lookups) => Promise<string | null>
  queryPayment?: (payment: Payment) => Promise<QueryAnswer>
  refundReference?: (sending: RefundSending) => string
  refundPayment?: (refund: Refund) => Promise<Outcome>
  queryRefund?: (refund: Refund) => Promise<QueryAnswer>
}

export type Provider = Pick<Definition<never>, 'title' | 'limits' | 'redact' | 'claimedReference' | 'newReference'> & {
  /** The answer to a callback whose address names no account of this provider. */
  answerStranger: (verdict: Verdict, request: IncomingRequest, now: () => Date) => Promise<Response>
  secrets: readonly string[]
  wantsBill: boolean
  patienceMs: number
  publicTestCredentials: readonly string[]
  capabilities: { query: boolean; refund: boolean; queryRefund: boolean; idempotentRefund: boolean }
  /** What an account is asked for, in order. */
  accountMembers: () => readonly AccountMember[]
  /** Checks an account's members; the answer names each wrong one. Never echoes a value. */
  checkAccount: (
    account: unknown,
  ) => { ok: true; account: Record<string, unknown> } | { ok: false; problems: { pointer: string; message: string }[] }
  /** Binds to one account. Throws ProviderError `rejected` when the stored account does not validate. */
  connect: (account: unknown, ports: Ports) => ProviderClient
}

export type ProviderErrorKind = 'unreachable' | 'unknown' | 'rejected' | 'malformed' | 'forged'

/**
 * A provider call or message that gave no outcome. `unreachable`: nothing was sent, may be tried again. `unknown`: sent, no answer, never send
 * again, ask later. `rejected`: the provider refused the call itself; a person must look. `malformed`: bytes that are not the protocol.
 * `forged`: the signature does not hold.
 */
export class ProviderError extends Error {
  readonly kind: ProviderErrorKind
  readonly code: string | null
  constructor(kind: ProviderErrorKind, message: string, options: { code?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'ProviderError'
    this.kind = kind
    this.code = options.code ?? null
  }
}

const nothingStored: Lookups = { findPayment: async () => null }

/** Declares a provider and hides its account type, so that all of them fit one registry. */
export const defineProvider = <Account extends Record<string, unknown>>(definition: Definition<Account>): Provider => {
  const { queryPayment, refundReference, refundPayment, queryRefund, readReturn } = definition
  return {
    title: definition.title,
    limits: definition.limits,
    redact: definition.redact,
    secrets: definition.secrets,
    wantsBill: definition.wantsBill ?? false,
    patienceMs: definition.patienceMs ?? 0,
    publicTestCredentials: definition.publicTestCredentials ?? [],
    answerStranger: async (verdict, request, now) =>
      definition.answerCallback(verdict, { request, now, account: null, ...nothingStored }),
    ...(definition.claimedReference ? { claimedReference: definition.claimedReference } : {}),
    ...(definition.newReference ? { newReference: definition.newReference } : {}),
    capabilities: {
      query: !!queryPayment,
      refund: !!refundPayment,
      queryRefund: !!queryRefund,
      idempotentRefund: definition.refundIsIdempotent ?? false,
    },
    accountMembers: () => membersOf(definition.account, definition.secrets),
    checkAccount: (account) => {
      const parsed = definition.account.safeParse(account)
      if (parsed.success) return { ok: true, account: parsed.data }
      const problems = parsed.error.issues.flatMap((issue) => {
        // A member that nobody knows is named itself; zod's issue only names the object that holds it.
        const names = issue.code === 'unrecognized_keys' ? issue.keys.map(String) : ['']
        return names.map((name) => ({
          pointer: `/${[...issue.path, name].filter((step) => step !== '').join('/')}`,
          message: issue.message,
        }))
      })
      return { ok: false, problems }
    },
    connect: (raw, ports) => {
      const parsed = definition.account.safeParse(raw)
      if (!parsed.success) throw new ProviderError('rejected', 'the stored merchant account does not validate')
      const context = { ...ports, account: parsed.data }
      return {
        limits: definition.limitsOf?.(parsed.data) ?? definition.limits,
        startPayment: (payment) => definition.startPayment(payment, context),
        readCallback: (request, hearing = nothingStored) =>
          definition.readCallback(request, { ...context, ...hearing }),
        answerCallback: async (verdict, request, lookups = nothingStored) =>
          definition.answerCallback(verdict, { request, now: ports.now, account: parsed.data, ...lookups }),
        ...(readReturn
          ? {
              readReturn: (request: IncomingRequest, lookups: Lookups = nothingStored) =>
                readReturn(request, { ...context, ...lookups }),
            }
          : {}),
        ...(queryPayment ? { queryPayment: (payment: Payment) => queryPayment(payment, context) } : {}),
        ...(refundReference
          ? { refundReference: (sending: RefundSending) => refundReference(sending, parsed.data) }
          : {}),
        ...(refundPayment ? { refundPayment: (refund: Refund) => refundPayment(refund, context) } : {}),
        ...(queryRefund ? { queryRefund: (refund: Refund) => queryRefund(refund, context) } : {}),
      }
    },
  }
}
