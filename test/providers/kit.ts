/**
 * What a provider's author hands to the conformance suite: `test/providers/<name>.kit.ts` exports `kit: ProviderKit`,
 * where `<name>` is the name in src/providers/registry.ts. The kit is the provider's own side: it builds messages and
 * signs them with code of its own (node:crypto and the protocol's page), never with anything from src/providers. A
 * message is a list of fields as text, in the order of the wire; the suite alters, drops, doubles and reorders fields
 * before or after signing, and then puts them on the wire with `send`.
 *
 * What the suite asks of every adapter beyond contract.ts: `startPayment` and `refundPayment` throw ProviderError
 * `rejected` and send nothing for an amount that is not above 0 or is outside the limits; calls go through
 * `callProvider`; a callback in the name of another merchant throws.
 */
import type { IncomingRequest, Payment, Refund, Started, Verdict } from '../../src/providers/contract.ts'

export type Account = Record<string, unknown>

/**
 * One member of a message. In a JSON body, numbers are written as given, without quotes; nested members may be
 * flattened or kept as one text.
 */
export type Field = readonly [name: string, value: string]

/** A call of the adapter, as the provider's server sees it. */
export type Call = { url: string; method: string; headers: Headers; body: string; redirect: string | undefined }

/** What the provider says: `unknown_code` is a well-formed message with a code that its page does not list. */
export type Said = 'captured' | 'failed' | 'pending' | 'unknown_code'

/** `occurredAt` has whole seconds. `providerReference` has digits only. */
export type CallbackSpec = {
  says: Said
  merchantReference: string
  amount: bigint
  occurredAt: Date
  providerReference: string
}

export type Message<Spec, Wire> = {
  /** The fields of a genuine message, unsigned. Amounts are in the unit of the wire. */
  fields: (spec: Spec) => Field[]
  /**
   * The same fields with the signature added, in its usual place; the fields alone where the protocol signs nothing.
   */
  sign: (fields: readonly Field[], account: Account) => Field[]
  /** Puts the fields on the wire exactly as they are: doubled, empty, misplaced or not. */
  send: (fields: readonly Field[]) => Wire
  /** Names of fields that the signature covers and that `fields` always fills with at least one character. */
  signedFields: readonly string[]
  /**
   * Null where the protocol does not sign this message. A header counts as a field whose `send` puts it in the
   * headers.
   */
  signatureField: string | null
  /** Empty for an answer that names neither payment nor refund: only the connection ties it to the call. */
  referenceField: string
  /** Empty for an answer that names no amount. */
  amountField: string
  /** The merchant whom the message names; null where it names none. */
  accountField: string | null
}

export type CallbackMessage = Message<CallbackSpec, IncomingRequest> & {
  signatureField: string
  /** đồng × this is the number on the wire. */
  amountScale: bigint
  /** Hex signatures: whether other letter case is the same signature. `exact` for base64 too. */
  signatureCase: 'any' | 'exact'
  /** The signature travels in a header, where spaces around it have no meaning. */
  signatureIsHeader?: true
  /** A signed field with free text (a description); null where there is none. */
  textField: string | null
  /** Texts that `textField` may not hold though they are genuinely signed: the signed text would have two readings. Absent: none. */
  textRefuses?: readonly string[]
  /**
   * A field that may be left out, and whether leaving it out and sending it empty sign alike; null where there is
   * none.
   */
  optionalField: { name: string; emptySignsAsAbsent: boolean } | null
  /** Whether the order of the fields on the wire has no meaning. */
  isOrderFree: boolean
  /** Whether the wire can hold one name twice in a way that a reader can see (queries and forms; not JSON). */
  canRepeat: boolean
  /** Whether a callback tells failure and waiting too; false where it is sent for money only. */
  tellsFailure: boolean
  /** Whether the message carries the time of the payment. */
  tellsTime: boolean
  /**
   * More amounts, as the wire's text, that must be refused as malformed when genuinely signed; 0, negative,
   * fractional, endless are always tried.
   */
  badAmounts: readonly string[]
  /** Signed values can slide into their neighbours: money is proven only with the amount of the stored payment, another one makes us ask. */
  provesStoredAmount?: true
  /** What the adapter must read as the provider's number of the payment, null for none; absent: the `providerReference` of the spec as it is. */
  providerReference?: (spec: CallbackSpec) => string | null
  /**
   * `reference`: the signature does not cover what decides the payment, so that a genuine callback only makes us ask (`ask`), whatever it says. Absent:
   * its outcomes are proven.
   */
  proves?: 'reference'
  /**
   * The reference stands in `referenceField` among words of the payer's: a text that names none, or none of ours, is money of no payment (`credit`) and no
   * error.
   */
  findsReference?: true
  /** A negative amount is no bad amount but money that left the account: nothing to us. */
  negativeLeaves?: true
  /**
   * Values are signed one after the other without a separator, so that an amount which begins with the expected one may be that one and the beginning of the next
   * value: it is refused.
   */
  isUnseparated?: true
  /** The provider asks whether an order may be paid before it takes money: one more genuine callback, without news, before the others. */
  asksFirst?: true
  /** Fields outside the signature that sound as if they decided something, and what somebody on the way could write there. */
  unsignedFields?: readonly { name: string; values: readonly string[] }[]
}

/** What an answer may depend on. */
export type AnswerTo = { request: IncomingRequest; account: Account | null; now: Date }
export type ExpectedAnswer = { status: number; body: string }

export type QuerySpec = Omit<CallbackSpec, 'says'> & { says: Said | 'not_found'; payment: Payment; call: Call }
export type RefundSpec = {
  says: 'accepted' | 'refused' | 'unknown_code'
  refund: Refund
  providerReference: string
  call: Call
}
export type RefundQuerySpec = {
  says: 'refunded' | 'failed' | 'pending'
  refund: Refund
  providerReference: string
  call: Call
}

export type ProviderKit = {
  /** Any one of the secrets makes a valid account; all of them missing does not. */
  oneSecretIsEnough?: true
  /** True where the protocol's page promises that one refund reference is carried out once. */
  idempotentRefund?: boolean
  /** Two valid accounts: the same merchant name, other secrets. */
  account: Account
  accountWithOtherSecrets: Account
  /** Accounts with one wrong member each, and the pointer that must name it, for example `/tmn_code`. */
  wrongAccounts: readonly { account: Account; pointer: string }[]
  /** References of this shape go into payments and refunds; absent: `LP` and 27 letters and digits. */
  reference?: (n: number) => string
  /** What `startPayment` gave the payment that later calls speak of. */
  memo: Record<string, string>
  start: {
    /** The provider's genuine answer to the start call; null where starting needs no call. */
    answer: ((payment: Payment, call: Call) => Response) | null
    /** How many calls a start needs; absent: one where there is an answer. */
    callCount?: number
    /**
     * True where no call at start can leave a payment behind, because that begins in the payer's browser: then silence is `unreachable`, and the citizen may try
     * again at once.
     */
    leavesNothing?: true
    /** Reads back what the payer or the provider was given, checking its signature with the kit's own signer. */
    read: (
      started: Started,
      calls: readonly Call[],
      account: Account,
    ) => { isSigned: boolean; merchantReference: string; amount: bigint; expiresAt: Date | null; text: string }
  }
  callback: CallbackMessage
  /** Other messages in which the same news may come, by the name of their sender: each passes all that the suite asks of a callback. */
  otherCallbacks?: Readonly<Record<string, CallbackMessage>>
  /**
   * The browser's return, where `readReturn` exists; unsigned where nobody knows how it is signed. `knownField` is what only a payer who was sent to the
   * provider knows, as the payment's memo has it: then an unsigned return names nothing without it.
   */
  returning?: Message<CallbackSpec, IncomingRequest> & { knownField?: string }
  /**
   * `tellsNotFound` is false where no code says that there is no such payment: then a query that is not answered is `unknown`. `denialIsSigned` is false
   * where an answer that denies the payment has nothing that could be signed.
   */
  query?: Message<QuerySpec, Response> & { tellsNotFound?: false; denialIsSigned?: false }
  refund?: Message<RefundSpec, Response> & {
    /** What an accepted refund call means at this provider. */
    acceptedMeans: 'pending' | 'refunded'
    /** The protocol returns the whole payment or nothing: the call names the payment and has no reference of the refund. */
    fullOnly?: true
    /** Our reference of this refund, and the amount in đồng, as the provider reads them from the call. */
    read: (call: Call) => { reference: string; amount: bigint }
  }
  refundQuery?: Message<RefundQuerySpec, Response> & {
    /**
     * The refund of which the call asks, where the question names it by our reference and the answer has neither reference nor amount: it speaks of that refund
     * and of no other, so that the cases about mixed-up records have nothing to mix.
     */
    asksFor?: (call: Call) => string
    /** The fields of an answer that denies the refund's payment; null where this question is not answered about payments. */
    denial: ((spec: Omit<RefundQuerySpec, 'says'>) => Field[]) | null
  }
  /** What the provider must read for each verdict: the status, and the body's exact text. */
  answers: Record<Verdict, ExpectedAnswer | ((to: AnswerTo) => ExpectedAnswer)>
  /** Members of its messages with personal data or secrets, which `redact` must name. */
  personalFields: readonly string[]
  /**
   * Members of `secrets` that the protocol itself sends in a header of each call (payOS's api_key); everything else
   * may never leave.
   */
  secretsInHeaders?: readonly string[]
  /** Members of `secrets` that an account may lack. */
  optionalSecrets?: readonly string[]
  /** Members of `secrets` that the protocol itself sends in the body of its calls (a password of the query); never in an address that a browser opens. */
  secretsInBodies?: readonly string[]
}
