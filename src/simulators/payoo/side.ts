// Owns Payoo as a whole, paynow version 2: its accounts, its notice and its return. Source: public integrations of 2018 and 2021.
import { Hono } from 'hono'
import { escapeXml } from '../../lib/xml.ts'
import { checkoutRoutes } from '../checkout.tsx'
import { findByLink, type PayPage } from '../pay-link.ts'
import type { Payment } from '../records.ts'
import { forgersKey, type Side } from '../side.ts'
import { nextNumber, type World } from '../world.ts'
import { orderApiRoutes } from './order-api.ts'
import { noticeStates, outcomes, type PayooAccount, sha512 } from './terms.ts'

/** Tries of one notice and the pause between them: not published, so a few over half an hour. */
const retry = { countMax: 5, everyMs: 6 * 60 * 1000 }

export const payooSide = (world: World, accounts: readonly PayooAccount[]): Side => {
  const secretOf = (id: string) => accounts.find((account) => account.shop_id === id)?.checksum_key ?? null
  const page: PayPage = { provider: 'payoo', path: '/pay', secretOf }
  const side: Side = {
    name: 'payoo',
    title: 'Payoo',
    accounts: accounts.map((account) => ({ id: account.shop_id, tariff: account.tariff ?? {} })),
    retry,
    outcome: (_payment, result) => {
      const [status, code] = outcomes[result]
      return { status, code, provider_reference: nextNumber(world) }
    },
    callback: async (payment, isForged) => {
      const state = noticeStates[payment.status]
      if (state === undefined) return null
      const secret = isForged ? forgersKey : (secretOf(payment.account) ?? forgersKey)
      const body = String(new URLSearchParams({ NotifyData: await noticeXml(payment, state, secret) }))
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      return { method: 'POST', url: payment.callback_url, body, headers }
    },
    returnUrl: async (payment) => {
      if (payment.status !== 'success' && payment.status !== 'failed') return null
      const { session = '', order_no = '' } = payment.details
      const checksum = await sha512(`${secretOf(payment.account)}${session}.${order_no}.${payment.code}`)
      const query = new URLSearchParams({ session, order_no, status: payment.code, checksum })
      return `${payment.return_url}${payment.return_url.includes('?') ? '&' : '?'}${query}`
    },
    accepts: ({ status, text }) => status === 200 && text.trim() === 'NOTIFY_RECEIVED',
    routes: new Hono(),
  }
  const checkout = {
    path: page.path,
    find: (url: string) => findByLink(world, page, { url, expiredCode: '0' }),
    side: () => side,
  }
  side.routes.route('/', checkoutRoutes(world, checkout)).route('/', orderApiRoutes(world, accounts, page))
  return side
}

/** Where a signed field's value stands in the order that the shop sent. */
const signedMembers: readonly [keyField: string, member: string][] = [
  ['Session', 'session'],
  ['BusinessUsername', 'username'],
  ['ShopID', 'shop_id'],
  ['ShopTitle', 'shop_title'],
  ['ShopDomain', 'shop_domain'],
  ['ShopBackUrl', 'shop_back_url'],
  ['OrderNo', 'order_no'],
  ['OrderCashAmount', 'order_cash_amount'],
  ['StartShippingDate', 'order_ship_date'],
  ['ShippingDays', 'order_ship_days'],
  ['OrderDescription', 'order_description'],
  ['NotifyUrl', 'notify_url'],
  ['PaymentExpireDate', 'validity_time'],
]

/** The order as it was sent, with what was taken, in base64 beside its signature. The description is signed decoded and sent as it came. */
const noticeXml = async (payment: Payment, state: string, secret: string): Promise<string> => {
  const order: Record<string, string> = { ...payment.details, order_cash_amount: String(payment.amount) }
  const element = (name: string, text: string) => `<${name}>${escapeXml(text)}</${name}>`
  const shop = signedMembers.map(([, member]) => element(member, order[member] ?? '')).join('')
  const inner = `<PaymentNotification><shops><shop>${shop}</shop></shops>${element('State', state)}${element('PaymentMethod', 'E_WALLET')}</PaymentNotification>`
  const signed = signedMembers.map(([name, member]) =>
    name === 'OrderDescription' ? payment.description : order[member],
  )
  const text = [secret, 'E_WALLET', state, ...signed].join('|')
  const bytes = new TextEncoder().encode(inner)
  const data = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  return `<PayooConnectionPackage>${[
    element('Data', data),
    element('Signature', (await sha512(text)).toUpperCase()),
    element('PayooSessionID', payment.provider_reference),
    element('KeyFields', ['PaymentMethod', 'State', ...signedMembers.map(([name]) => name)].join('|')),
  ].join('')}</PayooConnectionPackage>`
}
