// Owns the payer's transfers: a code is scanned, or a transfer typed by hand, and stands here until the payer sends it.
import { armMagicAmount } from '../magic-amounts.ts'
import type { Payment } from '../records.ts'
import { addPayment, findPayment, isFinal, nextNumber, type World } from '../world.ts'
import { scanCode } from './code.ts'
import { type Service, services, textLengthMax, type WatchedAccount } from './terms.ts'

/** A transfer as the app shows it before it is sent. */
export interface Draft {
  bank_bin: string
  account_number: string
  amount: bigint
  text: string
}

/** What a code fills in; null when the app would not take it, or it leaves the amount open. */
export const draftOf = (code: string): Draft | null => {
  const scanned = scanCode(code)
  return scanned?.amount == null ? null : { ...scanned, amount: scanned.amount, text: scanned.purpose }
}

/** The transfer of a scanned code; the same code again is the same transfer until it was sent. Null for a code that leads to no account watched here. */
export const scanTransfer = (world: World, accounts: readonly WatchedAccount[], code: string): Payment | null => {
  const draft = draftOf(code)
  if (!draft || draft.text === '') return null
  const known = findPayment(world, {
    provider: 'vietqr',
    account: draft.account_number,
    merchant_reference: draft.text,
  })
  return known ?? fileTransfer(world, accounts, { draft, named: draft.text, reference: draft.text })
}

/**
 * A transfer of its own, whatever was sent before: a code may be paid twice, and a payer may type anything. It is known here by its words, and by a number
 * after them where those are taken.
 */
export const newTransfer = (
  world: World,
  accounts: readonly WatchedAccount[],
  { draft, named, service }: { draft: Draft; named: string; service?: Service },
): Payment | null => {
  const name = named || 'TRANSFER'
  const place = { provider: 'vietqr', account: draft.account_number }
  const known = findPayment(world, { ...place, merchant_reference: name })
  if (known && !isFinal(known) && known.amount_requested === draft.amount) {
    Object.assign(known.details, textDetails(draft.text, named), service ? { service } : {})
    return known
  }
  const reference = known || !named ? `${name}-${nextNumber(world)}` : name
  return fileTransfer(world, accounts, { draft, named, reference, ...(service ? { service } : {}) })
}

const openDays = 35

const fileTransfer = (
  world: World,
  accounts: readonly WatchedAccount[],
  { draft, named, reference, service }: { draft: Draft; named: string; reference: string; service?: Service },
): Payment | null => {
  const account = accounts.find((one) => one.account_number === draft.account_number && one.bank_bin === draft.bank_bin)
  if (!account || draft.text.length > textLengthMax) return null
  const now = world.now()
  // The two services take turns, so that a town hears both.
  const turn = [...world.payments.values()].filter((payment) => payment.provider === 'vietqr').length
  const payment: Payment = {
    provider: 'vietqr',
    account: account.account_number,
    merchant_reference: reference,
    provider_reference: '',
    amount_requested: draft.amount,
    amount: draft.amount,
    description: draft.text,
    status: 'open',
    code: '',
    created_at: now.toISOString(),
    // A code has no deadline of its own.
    expires_at: new Date(now.getTime() + openDays * 86_400_000).toISOString(),
    occurred_at: null,
    return_url: '',
    callback_url: account.callback_url,
    details: {
      ...textDetails(draft.text, named),
      service: service ?? services[turn % services.length] ?? services[0],
    },
    refunds: [],
    deliveries: [],
  }
  addPayment(world, payment)
  armMagicAmount(world, payment)
  return payment
}

/** The payer's words, and what of the code's words the bank's books can show. */
const textDetails = (text: string, named: string) => ({ text, listed_reference: text.includes(named) ? named : '' })
