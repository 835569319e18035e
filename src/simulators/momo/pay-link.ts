// Owns the payment address (`payUrl`): it names partner and order, and a check value that only the provider can make.
import type { Refused } from '../checkout.tsx'
import type { Payment } from '../records.ts'
import { hmacHex, sameHex } from '../signing.ts'
import { expireIfDue, keyOf, type World } from '../world.ts'
import { type MomoAccount, messageOf } from './terms.ts'

export const linkPath = '/v2/gateway/pay'

const token = (partnerCode: string, orderId: string): string =>
  btoa(`${partnerCode}|${orderId}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

const checkValue = async (account: MomoAccount, t: string): Promise<string> =>
  (await hmacHex('SHA-256', account.secret_key, `link|${t}`)).slice(0, 32)

/** The address below the simulators' public address. Partner codes and order ids are ASCII, as their patterns say. */
export const payLink = async (world: World, account: MomoAccount, orderId: string): Promise<string> => {
  const t = token(account.partner_code, orderId)
  return `${world.publicUrl}/simulators/momo${linkPath}?t=${t}&s=${await checkValue(account, t)}`
}

/** The payment behind an address. */
export const findByLink = async (
  world: World,
  accounts: readonly MomoAccount[],
  url: string,
): Promise<Payment | Refused> => {
  const query = new URL(url).searchParams
  const [t, s] = [query.get('t') ?? '', query.get('s') ?? '']
  const [partnerCode = '', orderId = ''] = readToken(t).split('|')
  const account = accounts.find((one) => one.partner_code === partnerCode)
  const payment = world.payments.get(keyOf('momo', partnerCode, orderId))
  if (!account || !payment || !sameHex(s, await checkValue(account, t))) return refused('42')
  expireIfDue(world, payment, '1005')
  return payment.status === 'expired' ? refused('1005') : payment
}

const refused = (code: string): Refused => ({ code, text: messageOf(code, 'vi') })

const readToken = (t: string): string => {
  try {
    return atob(t.replaceAll('-', '+').replaceAll('_', '/'))
  } catch {
    return ''
  }
}
