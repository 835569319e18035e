/** What a bank is called, for people who make a transfer or look at one: the catalogue of banks says so where one was imported, else our own table. */
import { bankName } from './bank-names.ts'
import type { Refund } from './order-facts.ts'
import { presentRefund } from './present.ts'
import type { RefundStatus } from './states.ts'

/** A bank by its BIN, as the catalogues that bind an agency know it. */
export type AskedBank = { agencyCode: string; bin: string }

/** What the catalogues of banks say to some banks on a day. */
export type BanksHeld = {
  day: string
  /** Whether a catalogue of banks binds the agency that day. Where none does nothing is known, so nothing is wrong. */
  isBound: (agencyCode: string) => boolean
  /** The nearest name that holds that day; null where no entry does. */
  nameOf: (asked: AskedBank) => string | null
}

/** A bank by its name and BIN; by its BIN alone where nobody has a name for it. */
export const bankShown = (bin: string, listed: string | null): string => {
  const name = listed ?? bankName(bin)
  return name === null ? bin : `${name} (${bin})`
}

/** The bank that a refund goes to, once somebody was named who gets it. */
export const askedBank = ({ agencyCode, payeeAccount }: Pick<Refund, 'agencyCode' | 'payeeAccount'>): AskedBank[] =>
  payeeAccount ? [{ agencyCode, bin: payeeAccount.bank_bin }] : []

/**
 * A refund as `presentRefund` has it, with the name of the payee's bank, and a warning where the catalogue lacks the bank. No refusal: money at a wrong bank comes back,
 * while a bank that is newer than the list would keep a citizen from what is owed. Who approves and who transfers see the warning.
 */
export const presentWithBank = (refund: Refund, { day, isBound, nameOf }: BanksHeld) => {
  const shown = presentRefund(refund)
  const [asked] = askedBank(refund)
  if (!asked || !shown.payee_account) return shown
  const listed = nameOf(asked)
  const name = listed ?? bankName(asked.bin)
  const message = `/payee_account/bank_bin: ${asked.bin} is no bank of the catalogue on ${day}`
  return {
    ...shown,
    payee_account: { ...shown.payee_account, ...(name === null ? {} : { bank_name: name }) },
    ...(waiting.includes(refund.status) && isBound(asked.agencyCode) && listed === null
      ? { warnings: [{ code: 'bank_not_in_catalogue', message }] }
      : {}),
  }
}

/** Money can still be sent then. Of others the bank may have got another number since. */
const waiting: readonly RefundStatus[] = ['proposed', 'requested', 'approved', 'sending', 'pending', 'unknown']
