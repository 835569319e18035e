// Owns how a payer can end a payment on its page: by a result, or by a success that goes wrong on its way to the merchant. Whatever goes wrong is ordered for
// that one payment, so that nobody else's is hit.
import { completePayment } from './complete-payment.ts'
import { addFault, type FaultInput } from './faults.ts'
import type { Payment } from './records.ts'
import { type Result, results, type Side } from './side.ts'
import type { World } from './world.ts'

export const troubles = ['late', 'lost', 'doubled', 'wrong_amount'] as const
export const choices = [...results, ...troubles] as const
export type Choice = (typeof choices)[number]

/** What a choice does: the result, the amount when another one is taken, and what goes wrong. */
export interface Plan {
  result: Result
  amount?: bigint
  fault?: Omit<FaultInput, 'merchant_reference'>
}

export const delaySecondsDefault = 30
const delaySecondsMax = 3_600
const amountForm = /^[1-9]\d{0,9}$/

/** The plan of a pressed button with the fields beside it; null when either is not what the page offers. */
export const readPlan = (form: URLSearchParams): Plan | null => {
  const pressed = form.get('result')
  const result = results.find((one) => one === pressed)
  if (result) return { result }
  const trouble = troubles.find((one) => one === pressed)
  return trouble ? planOf[trouble](form) : null
}

const planOf: Record<(typeof troubles)[number], (form: URLSearchParams) => Plan | null> = {
  late: (form) => {
    const seconds = wholeNumber(form.get('delay_seconds') ?? '')
    if (!/^[1-9]\d{0,3}$/.test(seconds) || Number(seconds) > delaySecondsMax) return null
    return { result: 'success', fault: { fault: 'callback_late', delay_seconds: Number(seconds) } }
  },
  lost: () => ({ result: 'success', fault: { fault: 'callback_lost' } }),
  doubled: () => ({ result: 'success', fault: { fault: 'callback_doubled', count: 2 } }),
  wrong_amount: (form) => {
    const amount = wholeNumber(form.get('amount') ?? '')
    return amountForm.test(amount) ? { result: 'success', amount: BigInt(amount) } : null
  },
}

/** Digits as people write them, with or without signs between the thousands. */
export const wholeNumber = (text: string): string => text.replace(/[.,\s]/g, '')

/** Ends the payment as planned; false, and nothing happens, where too many faults wait already. */
export const carryOut = async (world: World, side: Side, payment: Payment, plan: Plan): Promise<boolean> => {
  const { fault, ...completion } = plan
  if (fault && !addFault(world, side.name, { ...fault, merchant_reference: payment.merchant_reference })) return false
  await completePayment(world, side, payment, completion)
  return true
}
