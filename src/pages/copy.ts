/** Everything the pages say, as a type: a language that lacks a sentence does not compile. The sentences are in copy-vi.ts and copy-en.ts. */
import type { FeeKind } from '../domain/order-facts.ts'
import type { Method } from '../flows/list-methods.ts'
import type { State } from './standing.ts'

/** What each state's sentences may mention; amounts and times are words already. */
export type StateWords = {
  waived: { rules: string }
  waiting: { deadline: string; isBeforeAcceptance: boolean }
  confirming: { provider: string }
  failed: { provider: string }
  wrong_amount: { received: string; due: string }
  contested: { amount: string }
  paid: Received
  receipt_pending: Received
  paid_twice: { surplus: string; dossier: string }
  late: { amount: string }
  reversed: { amount: string; dossier: string }
  /** `account` is the end of the number it goes to, where it is returned by a transfer; `by` the promised day. */
  refunding: { amount: string; account: string | null; by: string | null }
  partly_refunded: { amount: string; paid: string; at: string }
  refunded: { amount: string; at: string }
  expired: Record<never, never>
  cancelled: { reason: string | null }
}

type Received = { amount: string; dossier: string; at: string; reference: string }

/** `text` is one paragraph; what stands between two `**` is stressed. */
export type StateCopy<Words> = { title: string; text: (words: Words) => string }

/** Why what a citizen asked for, a payment or more time, did not begin. */
export type StartProblem =
  | 'no_choice'
  | 'provider_unreachable'
  | 'provider_not_available'
  | 'amount_outside_provider_limits'
  | 'too_many_attempts'
  | 'conflict'
  | 'no_more_time'

export type ErrorName = 'not_found' | 'foreign' | 'unreadable' | 'altered' | 'busy' | 'broken'

export type Copy = {
  service: string
  skip: string
  otherLanguage: string
  states: { readonly [S in State]: StateCopy<StateWords[S]> }
  order: {
    heading: string
    dossier: string
    procedure: string
    agency: string
    payer: string
    tracing: string
    account: string
    amount: string
    inWords: string
    lines: string
    line: string
    total: string
    exempt: (rule: string) => string
    kinds: Record<FeeKind, string>
  }
  choose: {
    heading: string
    pay: (amount: string) => string
    health: Record<Method['health']['status'], string>
    unreached: string
    limits: (minimum: string, maximum: string) => string
    suggestion: (provider: string) => string
    none: string
    large: string
    deadline: (long: string, left: string) => string
    soon: string
    /** Where money that comes late does not count. */
    soonStrict: string
    extend: string
    extendHint: string
    extended: (until: string) => string
    firm: string
    again: string
    leaves: string
  }
  confirming: {
    check: string
    checked: string
    checkedJustNow: string
    goOn: (provider: string) => string
    goOnHint: string
    another: string
    anotherWarning: string
    refreshing: string
    stopRefreshing: string
  }
  problems: Record<StartProblem, string>
  trail: {
    heading: string
    placed: string
    attempt: Record<'waiting' | 'silent' | 'failed' | 'unreached' | 'expired', (provider: string) => string>
    captured: (amount: string, provider: string, reference: string) => string
    refund: Record<'asked' | 'underWay' | 'done' | 'failed', (amount: string) => string>
  }
  receipts: { link: Record<string, string>; fallback: string }
  back: (host: string) => string
  caution: { heading: string; points: (host: string) => readonly string[] }
  hotline: { heading: string; agency: string; national: string; province: string; secrets: string }
  leaving: { title: (provider: string) => string; stay: string; button: (provider: string) => string }
  qr: {
    title: string
    text: string
    phone: string
    phoneSteps: readonly string[]
    save: string
    /** Demo only. */
    app: string
    apps: string
    appsNote: (host: string) => string
    alt: string
    after: string
  }
  transfer: Record<'heading' | 'bank' | 'account' | 'holder' | 'purpose' | 'note', string> &
    Record<'copy' | 'copied', (what: string) => string>
  unknownReturn: { title: string; text: string; steps: readonly string[] }
  front: { title: string; text: string; pay: string; docs: string }
  errors: Record<ErrorName, { title: string; text: string }>
  requestId: string
  receiptNote: string
  receiptPdf: string
  receiptLabels: ReceiptLabels | null
}

/** Small translations below the receipt's own Vietnamese labels (NĐ 254/2026 Điều 23.2 wants Vietnamese first). */
export type ReceiptLabels = Record<
  | 'title_phi'
  | 'title_le_phi'
  | 'form'
  | 'serial'
  | 'number'
  | 'date'
  | 'collector'
  | 'taxCode'
  | 'address'
  | 'phone'
  | 'account'
  | 'payer'
  | 'content'
  | 'amount'
  | 'total'
  | 'words'
  | 'method'
  | 'dossier'
  | 'procedure'
  | 'reference'
  | 'ledger_root'
  | 'replaced'
  | 'returned'
  | 'reversed'
  | 'disputed'
  | 'code',
  string
>
