/** OnePAY's wire shapes: the redirect, the query, and how texts and addresses are written. */
import { asciiOnly } from '../../lib/text.ts'
import { limitsWithin } from '../account-fields.ts'
import { type Payment, ProviderError } from '../contract.ts'
import { hundredthsLimits, wireHundredths } from '../hundredths.ts'
import { type Account, cardListShape, ipv4Shape } from './account.ts'
import { bordersHold, hashField, type Pair, sign, signedText } from './signature.ts'

const version = '2'

/** No maximum is published. Ten digits of đồng, ×100 twelve, is the most that was ever found to work (README.md, S5). */
export const limits = hundredthsLimits

/** The address that the payer's browser is sent to. Throws `rejected` for what the protocol or the contract cannot carry. */
export const paymentUrl = (payment: Payment, account: Account): string => {
  const { minimum, maximum } = limitsWithin(limits)(account)
  if (payment.amount < minimum || payment.amount > maximum) {
    throw new ProviderError('rejected', "the amount is outside the contract's limits")
  }
  const fields = signedFields(account, [
    ['vpc_Version', version],
    ['vpc_Command', 'pay'],
    ['vpc_Currency', 'VND'],
    ['vpc_AccessCode', account.access_code],
    ['vpc_Merchant', account.merchant],
    ['vpc_Locale', payment.language === 'vi' ? 'vn' : 'en'],
    ['vpc_ReturnURL', ownAddress(payment.returnUrl)],
    ['vpc_CallbackURL', ownAddress(payment.callbackUrl)],
    ['vpc_MerchTxnRef', reference(payment.merchantReference)],
    ['vpc_OrderInfo', orderInfo(payment.dossierCode) || orderInfo(payment.description) || payment.merchantReference],
    ['vpc_Amount', wireHundredths(payment.amount)],
    ['vpc_TicketNo', ticketNo(payment.payerIp, account)],
    ['vpc_CardList', cardList(payment.bankCode) ?? account.card_list ?? ''],
  ])
  return `${account.payment_url}?${new URLSearchParams(fields)}`
}

/** The form of a status query. Its password is signed too. */
export const queryForm = (payment: Payment, account: Account): Record<string, string> =>
  Object.fromEntries(
    signedFields(account, [
      ['vpc_Command', 'queryDR'],
      ['vpc_Version', version],
      ['vpc_MerchTxnRef', reference(payment.merchantReference)],
      ['vpc_Merchant', account.merchant],
      ['vpc_AccessCode', account.access_code],
      ['vpc_User', account.user],
      ['vpc_Password', account.password],
    ]),
  )

/** Whether a text can be a `vpc_MerchTxnRef`: 34 characters at most. */
export const isReference = (text: string): boolean => /^[A-Za-z0-9._-]{1,34}$/.test(text)

const signedFields = (account: Account, pairs: readonly Pair[]): [string, string][] => {
  const sent = pairs.filter(([, value]) => value !== '')
  if (!bordersHold(sent)) throw new ProviderError('rejected', 'a value holds the separator of the signed text')
  return [
    ...sent.map(([name, value]): [string, string] => [name, value]),
    [hashField, sign(signedText(sent), account.hash_key)],
  ]
}

const reference = (text: string): string => {
  if (isReference(text)) return text
  throw new ProviderError('rejected', 'vpc_MerchTxnRef is 1 to 34 letters and digits')
}

/** 32 characters of ASCII, without those that OnePAY does not take: `( / & ? )` (README.md, S2). */
const orderInfo = (text: string): string =>
  asciiOnly(text.slice(0, 2000), /[A-Za-z0-9 .,:-]/)
    .slice(0, 32)
    .trim()

/** An address of ours. One with a query of its own would bring `&` into the signed text. */
const ownAddress = (url: string): string => {
  if (/^https?:\/\/[!-~]{1,240}$/.test(url) && !/[?&#]/.test(url)) return url
  throw new ProviderError('rejected', 'OnePAY takes addresses of ours up to 248 ASCII characters without a query')
}

const cardList = (bankCode: string | null): string | null => {
  if (bankCode === null || cardListShape.test(bankCode)) return bankCode
  throw new ProviderError('rejected', 'vpc_CardList is capitals and digits, joined by commas')
}

/** IPv4 alone fits, so an address that came as IPv6 is written as the IPv4 that it maps (RFC 4291, 2.5.5.2), or not at all. */
const ticketNo = (payerIp: string, account: Account): string => {
  const mapped = payerIp.replace(/^::ffff:/i, '')
  return ipv4Shape.test(mapped) ? mapped : account.ticket_no
}
