// Owns the faults that can be ordered: their names, what their numbers mean, and who is hit by which. Each fault hits
// the payment or call that it names, or else the next one.
import { z } from 'zod'
import type { Fault } from './records.ts'
import type { World } from './world.ts'

/**
 * Hit a payment when it completes. `count` is the number of payments hit, for `callback_doubled` the copies, for `callback_retried` the calls in all, with
 * `delay_seconds` between them.
 */
export const callbackFaults = [
  'callback_lost',
  'callback_doubled',
  'callback_retried',
  'callback_late',
  'callback_reordered',
  'callback_forged',
  'callback_corrupted',
  'callback_failed_then_captured',
  'captured_then_failed',
  'once_only',
  'wrong_amount',
  'callback_next_key',
  'captured_at_day_end',
] as const

/** Hit a call to the provider's API; `count` is the number of calls, for `cached_500` the number of request ids. */
export const callFaults = ['http_500', 'cached_500', 'timeout_before', 'timeout_after'] as const

/** Hit a refund that would otherwise be accepted. */
export const refundFaults = ['refund_refused', 'refund_pending', 'refund_immediate'] as const

/** Stay on a payment until cleared, as a statement can be fetched again. `count`: listings, or days shifted. */
export const statementFaults = [
  'statement_missing',
  'statement_doubled',
  'statement_wrong_amount',
  'statement_wrong_fee',
  'statement_wrong_status',
  'statement_shifted',
] as const

export const faultNames = [...callbackFaults, ...callFaults, ...refundFaults, ...statementFaults] as const
export type FaultName = (typeof faultNames)[number]

export const faultCountMax = 1_000
const copiesMax = 50
const delaySecondsMax = 40 * 24 * 60 * 60

export const faultSchema = z
  .strictObject({
    fault: z.enum(faultNames),
    merchant_reference: z.string().min(1).max(200).optional(),
    operation: z.enum(['create', 'query', 'refund', 'confirm']).optional(),
    delay_seconds: z.number().int().min(0).max(delaySecondsMax).optional(),
    amount: z.number().int().min(0).max(999_999_999_999).optional(),
    count: z.number().int().min(-30).max(faultCountMax).optional(),
  })
  .refine((input) => input.count === undefined || input.count > 0 || input.fault === 'statement_shifted', {
    path: ['count'],
    message: 'must be at least 1; only statement_shifted takes days backwards',
  })
  .refine(
    (input) =>
      (input.count ?? 0) <= copiesMax ||
      !['callback_doubled', 'callback_retried', 'statement_doubled'].includes(input.fault),
    {
      path: ['count'],
      message: `must be at most ${copiesMax} copies`,
    },
  )
  .refine((input) => (input.count ?? 0) <= 30 || input.fault !== 'statement_shifted', {
    path: ['count'],
    message: 'must be at most 30 days',
  })

export type FaultInput = z.infer<typeof faultSchema>

/** Faults whose `count` means something else than "how many are hit". */
const hitsOnce: readonly FaultName[] = ['callback_doubled', 'callback_retried', ...statementFaults]

/** Stores a fault; null when the provider already carries as many as are allowed. */
export const addFault = (world: World, provider: string, input: FaultInput): Fault | null => {
  if (world.faults.filter((fault) => fault.provider === provider).length >= faultCountMax) return null
  const fault: Fault = {
    id: world.newId(),
    provider,
    fault: input.fault,
    merchant_reference: input.merchant_reference ?? null,
    operation: input.operation ?? null,
    delay_seconds: input.delay_seconds ?? null,
    amount: input.amount === undefined ? null : BigInt(input.amount),
    count: input.count ?? null,
    uses_left: hitsOnce.includes(input.fault) ? 1 : (input.count ?? 1),
    created_at: world.now().toISOString(),
  }
  world.faults.push(fault)
  return fault
}

/** Takes one use of the first fault of this name that fits; null when none does. */
export const takeFault = (
  world: World,
  name: FaultName,
  at: { provider: string; references: readonly string[]; operation?: string },
): Fault | null => {
  const fits = (fault: Fault) =>
    fault.provider === at.provider &&
    fault.fault === name &&
    (fault.merchant_reference === null || at.references.includes(fault.merchant_reference)) &&
    (fault.operation === null || fault.operation === at.operation)
  const found = world.faults.find(fits)
  if (!found) return null
  found.uses_left -= 1
  if (found.uses_left <= 0) world.faults = world.faults.filter((fault) => fault !== found)
  return found
}

/** Ties the statement faults that wait for "the next one" to a payment that has just succeeded, one of each name. */
export const bindStatementFaults = (world: World, provider: string, reference: string): void => {
  for (const name of statementFaults) {
    const waiting = world.faults.find(
      (fault) => fault.provider === provider && fault.fault === name && fault.merchant_reference === null,
    )
    if (waiting) waiting.merchant_reference = reference
  }
}
