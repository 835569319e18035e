/** ZaloPay's `return_code` and `sub_return_code` (docs.zalopay.vn, status-codes; Payment Gateway guide, June 2026), read together. */
import { ProviderError } from '../contract.ts'
import { wireText } from '../json-fields.ts'

/**
 * What an answer says. `paid`, `failed` and `pending` are `return_code` 1, 2 and 3 (`pending` also any that is not listed); `detail` is the `sub_return_code`,
 * empty where there is none. Codes about the call itself stand in either field, as the sources differ.
 */
export type Codes = { state: 'paid' | 'failed' | 'pending'; detail: string; code: string }

/** About the call, so that the payment or refund stays as it was. `refused`: our configuration or a bug; `busy`: ask later. */
const callCodes: Readonly<Record<string, { standing: 'refused' | 'busy'; meaning: string }>> = {
  '-24': { standing: 'refused', meaning: 'm_refund_id malformed' },
  '-25': { standing: 'refused', meaning: 'date of m_refund_id' },
  '-26': { standing: 'refused', meaning: 'app of m_refund_id' },
  '-53': { standing: 'refused', meaning: 'bad signature' },
  '-92': { standing: 'refused', meaning: 'app_trans_id malformed' },
  '-401': { standing: 'refused', meaning: 'bad parameters' },
  '-402': { standing: 'refused', meaning: 'bad app_id or mac' },
  '-403': { standing: 'refused', meaning: 'bad signature' },
  '-405': { standing: 'refused', meaning: 'bad client' },
  // The reference is taken, and each of ours is used once: an earlier copy of this very call arrived.
  '-68': { standing: 'busy', meaning: 'app_trans_id used' },
  '-23': { standing: 'busy', meaning: 'm_refund_id used' },
  '-429': { standing: 'busy', meaning: 'too many calls' },
  '-500': { standing: 'busy', meaning: 'system error' },
  '-999': { standing: 'busy', meaning: 'maintenance' },
}

/** `sub_return_code` of what ZaloPay does not have: an order, a payment to be refunded, a refund. */
export const unknownThere = '-101'
/** The order's time is over: the one failure of a payment that is final before our own deadline. */
export const orderExpired = '-54'
/** A refund call that is refused for good: too late, amount invalid, not refundable. */
export const refusedRefunds: ReadonlySet<string> = new Set(['-13', '-14', '-32'])
/**
 * A refund that failed, as a question about it says: not refundable, failed, no reason given. -13 and -14 are listed for the refund call alone; here -13 may just
 * as well say that the question's own timestamp is too old, and a refund that was carried out would be made once more.
 */
export const failedRefunds: ReadonlySet<string> = new Set(['-32', '0', ''])

const states: Readonly<Record<string, Codes['state']>> = { '1': 'paid', '2': 'failed', '3': 'pending' }

/**
 * The codes of an answer. Throws `malformed` where there is no return_code, and `rejected` or `unknown` where either field says that the call itself was
 * refused or came at a bad time.
 */
export const readCodes = (json: Record<string, unknown>): Codes => {
  const [main, detail] = [wireText(json.return_code) ?? '', wireText(json.sub_return_code) ?? '']
  if (!isCode(main) || (detail !== '' && !isCode(detail))) {
    throw new ProviderError('malformed', 'the answer of ZaloPay has no return_code')
  }
  const code = detail === '' || detail === main ? main : `${main}/${detail}`
  // The newer guide puts what is a sub_return_code elsewhere into return_code.
  const isDetail = main.startsWith('-')
  for (const each of [main, detail]) throwIfAboutCall(each, code)
  const state = Object.hasOwn(states, main) ? states[main] : undefined
  return { state: state ?? (isDetail ? 'failed' : 'pending'), detail: isDetail ? main : detail, code }
}

/** Whether nothing contradicts a success. */
export const isPlainSuccess = ({ state, detail }: Codes): boolean =>
  state === 'paid' && (detail === '' || detail === '1')

const throwIfAboutCall = (each: string, code: string): void => {
  const row = Object.hasOwn(callCodes, each) ? callCodes[each] : undefined
  if (row?.standing === 'refused')
    throw new ProviderError('rejected', `ZaloPay refused the call (${row.meaning})`, { code })
  if (row) throw new ProviderError('unknown', `ZaloPay did not decide (${row.meaning})`, { code })
}

const isCode = (text: string): boolean => /^-?[0-9]{1,9}$/.test(text)
