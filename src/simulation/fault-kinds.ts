/** The faults that can happen to a town: what each is, where its number counts, and which values it is drawn with. */
import type { Random } from './random.ts'

/**
 * What `at` of a fault counts. `payment`: ten times the number of the citizen, plus which of that citizen's payments. `call`: calls to providers. `unit`: units of work in
 * the database, of all processes. `request`: calls of the portal and of accountants. `webhook`: deliveries. `payout`: see settlement-files.ts. `minute`: minutes since the town began. `town`: all of it.
 */
export type FaultUnit = 'payment' | 'call' | 'unit' | 'request' | 'webhook' | 'payout' | 'minute' | 'town'

/** By how many numbers payouts are told apart. */
export const payoutNumbers = 8

export type FaultKind = keyof typeof faultKinds

export type FaultRule = {
  unit: FaultUnit
  /** How many of them a town of a hundred orders gets on average. */
  perHundred: number
  /** What the number means that comes along, as `--script` shows it. */
  value: string
  draw: (random: Random) => number
  /** What is ordered of the simulated provider for the payment; the rest is done by the town itself. */
  ordered?: string
  /** It is in what a provider or the bank lists of a day, and nowhere else. */
  inFiles?: boolean
}

const none = { value: 'nothing', draw: () => 0 }
const hour = 3_600
const day = 86_400
const lateSeconds = {
  value: 'seconds',
  draw: (random: Random) => random.pick([90, 1_200, hour, 5 * hour, day, 8 * day, 34 * day]),
}
const phase = { value: '0 before, 1 within, 2 after its commit', draw: (random: Random) => random.int(0, 2) }

export const faultKinds = {
  callback_lost: { unit: 'payment', perHundred: 10, ...none, ordered: 'callback_lost' },
  callback_doubled: {
    unit: 'payment',
    perHundred: 8,
    value: 'copies',
    draw: (random: Random) => random.int(2, 4),
    ordered: 'callback_doubled',
  },
  callback_late: { unit: 'payment', perHundred: 6, ...lateSeconds, ordered: 'callback_late' },
  callback_reordered: { unit: 'payment', perHundred: 5, ...none, ordered: 'callback_reordered' },
  callback_corrupted: { unit: 'payment', perHundred: 5, ...none, ordered: 'callback_corrupted' },
  wrong_key: { unit: 'payment', perHundred: 5, ...none, ordered: 'callback_forged' },
  wrong_amount: {
    unit: 'payment',
    perHundred: 4,
    value: 'đồng more, or less',
    draw: (random: Random) => random.pick([1, -1, 50_000, -20_000]),
  },
  contradicted: { unit: 'payment', perHundred: 3, ...none, ordered: 'callback_failed_then_captured' },
  contradicted_later: { unit: 'payment', perHundred: 3, ...none, ordered: 'captured_then_failed' },
  cached_500: { unit: 'payment', perHundred: 3, ...none, ordered: 'cached_500' },
  refund_refused: { unit: 'payment', perHundred: 4, ...none, ordered: 'refund_refused' },
  refund_pending: {
    unit: 'payment',
    perHundred: 4,
    value: 'seconds',
    draw: (random: Random) => random.pick([600, hour, day]),
    ordered: 'refund_pending',
  },
  statement_missing: { unit: 'payment', perHundred: 4, ...none, ordered: 'statement_missing', inFiles: true },
  statement_doubled: { unit: 'payment', perHundred: 4, ...none, ordered: 'statement_doubled', inFiles: true },
  statement_shifted: {
    unit: 'payment',
    perHundred: 4,
    value: 'days',
    draw: (random: Random) => random.pick([1, 2, 7]),
    ordered: 'statement_shifted',
    inFiles: true,
  },
  statement_wrong_amount: { unit: 'payment', perHundred: 3, ...none, ordered: 'statement_wrong_amount', inFiles: true },
  bank_missing: { unit: 'payout', perHundred: 4, ...none, inFiles: true },
  bank_doubled: { unit: 'payout', perHundred: 4, ...none, inFiles: true },
  timeout_before: { unit: 'call', perHundred: 6, ...none },
  timeout_after: { unit: 'call', perHundred: 6, ...none },
  broken_off: { unit: 'call', perHundred: 3, ...none },
  refused: { unit: 'call', perHundred: 3, ...none },
  request_lost: { unit: 'request', perHundred: 5, ...none },
  answer_lost: { unit: 'request', perHundred: 5, ...none },
  webhook_lost: { unit: 'webhook', perHundred: 10, ...none },
  webhook_refused: { unit: 'webhook', perHundred: 10, ...none },
  crash: { unit: 'unit', perHundred: 10, ...phase },
  database_restart: { unit: 'unit', perHundred: 3, ...phase },
  key_rotation: {
    unit: 'minute',
    perHundred: 1.5,
    value: 'which provider',
    draw: (random: Random) => random.int(0, 12),
  },
  signing_key: { unit: 'minute', perHundred: 1.5, ...none },
  clock_skew: {
    unit: 'town',
    perHundred: 1.5,
    value: 'seconds',
    draw: (random: Random) => random.pick([-40, -3, 3, 40]),
  },
  two_processes: { unit: 'town', perHundred: 3, ...none },
} as const satisfies Record<string, FaultRule>

export const faultNames = Object.keys(faultKinds).filter((name): name is FaultKind => name in faultKinds)
