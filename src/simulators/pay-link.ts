// Owns the address of a payment page for the protocols that hand one out: it names the account and the payment, and carries a check value that only the
// provider can make. How a true one looks is each provider's own business; nobody reads it.
import type { Refused } from './checkout.tsx'
import type { Payment } from './records.ts'
import { hmacHex, sameHex } from './signing.ts'
import { expireIfDue, keyOf, type World } from './world.ts'

export interface PayPage {
  provider: string
  /** Below `/simulators/{provider}`. */
  path: string
  /** The secret of an account; null when there is none of that name. */
  secretOf: (account: string) => string | null
}

const checkValue = async (secret: string, account: string, reference: string): Promise<string> =>
  (await hmacHex('SHA-256', secret, `link\n${account}\n${reference}`)).slice(0, 32)

/** The address of a payment's page; account and reference are ASCII. */
export const payLink = async (world: World, page: PayPage, payment: Payment): Promise<string> => {
  const { account, merchant_reference } = payment
  const check = await checkValue(page.secretOf(account) ?? '', account, merchant_reference)
  const query = new URLSearchParams({ m: account, t: merchant_reference, s: check })
  return `${world.publicUrl}/simulators/${page.provider}${page.path}?${query}`
}

/** The payment behind an address; its deadline has passed with the code that is given. */
export const findByLink = async (
  world: World,
  page: PayPage,
  { url, expiredCode }: { url: string; expiredCode: string },
): Promise<Payment | Refused> => {
  const query = new URL(url).searchParams
  const [account, reference, check] = ['m', 't', 's'].map((name) => query.get(name) ?? '') as [string, string, string]
  const secret = page.secretOf(account)
  const payment = world.payments.get(keyOf(page.provider, account, reference))
  if (secret === null || !payment || !sameHex(check, await checkValue(secret, account, reference)))
    return { code: 'link', text: 'Địa chỉ thanh toán không hợp lệ.' }
  expireIfDue(world, payment, expiredCode)
  return payment.status === 'expired' ? { code: 'expired', text: 'Đã hết hạn chờ thanh toán.' } : payment
}
