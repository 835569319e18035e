/** What is particular to Payoo: the sender chooses what it signs, values stand in XML within base64 within XML within a form, and the order is XML too. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { IncomingRequest, Payment } from '../../src/providers/contract.ts'
import { payoo } from '../../src/providers/payoo/index.ts'
import {
  callbackOf,
  clientOf,
  paymentOf,
  portsOf,
  type Subject,
  serverOf,
  specOf,
  withField,
} from './conformance/subject.ts'
import type { Field } from './kit.ts'
import { wordOf } from './momo.server.ts'
import { kit } from './payoo.kit.ts'

const subject: Subject = { name: 'payoo', provider: payoo, kit }
const read = (request: IncomingRequest, account: Record<string, unknown> = {}) =>
  payoo.connect({ ...kit.account, ...account }, portsOf()).readCallback(request)
const notice = (change: (fields: Field[]) => Field[], spec = {}) =>
  callbackOf(subject, specOf(subject, spec), { unsigned: change })
const keyFields = kit.callback.fields(specOf(subject)).find(([name]) => name === 'KeyFields')?.[1] ?? ''
const withKeyFields = (names: string) => notice((fields) => withField(fields, 'KeyFields', names))
const posted = (NotifyData: string): IncomingRequest => ({
  method: 'POST',
  search: '',
  headers: new Headers(),
  body: new TextEncoder().encode(String(new URLSearchParams({ NotifyData }))),
})

describe('the fields that a notice signs', () => {
  test.each(['State', 'OrderNo', 'OrderCashAmount'])('must hold %s', async (name) => {
    const without = keyFields.split('|').filter((each) => each !== name)
    expect(await wordOf(read(withKeyFields(without.join('|'))))).toBe('forged')
  })

  test('may be these three, in any order, and are then all that is read', async () => {
    expect(await wordOf(read(withKeyFields('OrderCashAmount|State|OrderNo')))).toBe('captured')
  })

  test('are names that the sources list, each once, and not many', async () => {
    for (const names of [
      `${keyFields}|State`,
      `${keyFields}|Total`,
      `${keyFields}|`,
      `${keyFields}|constructor`,
      '',
      '|'.repeat(60),
    ])
      expect(await wordOf(read(withKeyFields(names))), names).toBe('malformed')
  })

  test('are those of the account, where it names them', async () => {
    expect(await wordOf(read(withKeyFields(keyFields), { key_fields: keyFields }))).toBe('captured')
    const other = 'OrderCashAmount|State|OrderNo'
    expect(await wordOf(read(withKeyFields(other), { key_fields: keyFields }))).toBe('forged')
    expect(await wordOf(read(withKeyFields(keyFields), { key_fields: other }))).toBe('forged')
  })

  test('are others for a payment at a shop than online, and an account may name both', async () => {
    const atShop = 'State|ShopID|OrderNo|OrderCashAmount|ShippingDays|BillingCode'
    const values = { State: 'PAYMENT_RECEIVED', ShopId: '9001', OrderNo: 'LP1', OrderCashAmount: '150000' }
    const signature = createHash('sha512')
      .update([kit.account.checksum_key, ...Object.values(values), '0', '8885159'].join('|'))
      .digest('hex')
    const wire: Field[] = [...Object.entries(values), ['BillingCode', '8885159'], ['KeyFields', atShop]]
    const paid = kit.callback.send([...wire, ['Signature', signature.toUpperCase()]])
    for (const account of [{}, { key_fields: `${keyFields},${atShop}` }, { key_fields: `${atShop},${keyFields}` }]) {
      expect((await read(paid, account)).outcomes).toMatchObject([{ merchantReference: 'LP1', amount: 150_000n }])
      expect(await wordOf(read(withKeyFields(keyFields), account))).toBe('captured')
    }
    // An account that names one form only is told of the other in vain.
    expect(await wordOf(read(paid, { key_fields: keyFields }))).toBe('forged')
  })

  test('are forty at most, however they are called', async () => {
    const signed = (count: number) => {
      const more = Array.from(
        { length: count - 4 },
        (_, n) => `Field${String.fromCharCode(65 + (n % 26), 65 + n / 26)}`,
      )
      const names = ['State', 'OrderNo', 'OrderCashAmount', 'BillingCode', ...more]
      const values = ['PAYMENT_RECEIVED', 'LP1', '150000', '8885159', ...more.map(() => 'x')]
      const signature = createHash('sha512')
        .update([kit.account.checksum_key, ...values].join('|'))
        .digest('hex')
      const wire = names.map((name, index): Field => [name, values[index] ?? ''])
      return kit.callback.send([['KeyFields', names.join('|')], ...wire, ['Signature', signature]])
    }
    expect(await wordOf(read(signed(40)))).toBe('captured')
    expect(await wordOf(read(signed(41)))).toBe('malformed')
  })

  test('never hold the separator, so that one text is not cut in two ways', async () => {
    const request = notice((fields) => withField(fields, 'shop_title', 'A|PAYMENT_RECEIVED'))
    expect(await wordOf(read(request))).toBe('malformed')
  })

  test('cannot be renamed so that another value becomes the amount of an order of ours', async () => {
    // What is signed is a text of values. Without a setting the names are the sender's word, so a shop's own number could be called the amount …
    const secret = String(kit.account.checksum_key)
    const text = `${secret}|PAYMENT_RECEIVED|LP1|150000|9001`
    const signature = createHash('sha512').update(text).digest('hex')
    const fields: Field[] = [
      ['KeyFields', 'State|OrderNo|ShippingDays|OrderCashAmount'],
      ...([
        ['State', 'PAYMENT_RECEIVED'],
        ['order_no', 'LP1'],
        ['order_ship_days', '150000'],
      ] as const),
      ...([
        ['order_cash_amount', '9001'],
        ['Signature', signature],
      ] as const),
    ]
    const request = kit.callback.send(fields)
    // … which is money of another amount for the same order: suspense. With the setting it is not believed at all.
    expect((await read(request)).outcomes).toMatchObject([{ merchantReference: 'LP1', amount: 9_001n }])
    expect(await wordOf(read(request, { key_fields: 'State|OrderNo|OrderCashAmount|ShopID' }))).toBe('forged')
  })
})

describe('a notice', () => {
  test('is money only when it was received', async () => {
    for (const state of ['PAYMENT_PROCESSING', 'PAYMENT_FAILED', 'payment_received', 'PAYMENT_RECEIVED ']) {
      const { outcomes } = await read(notice((fields) => withField(fields, 'State', state)))
      expect(outcomes, state).toMatchObject([{ status: 'pending', subject: 'payment', code: state }])
    }
    expect(await wordOf(read(notice((fields) => withField(fields, 'State', ''))))).toBe('malformed')
  })

  test('of another shop, user or session is genuine and not ours', async () => {
    for (const name of ['shop_id', 'username', 'session']) {
      expect(await wordOf(read(notice((fields) => withField(fields, name, 'other')))), name).toBe('rejected')
    }
  })

  test('counts a missing amount as 0, which is no money', async () => {
    const without = (fields: Field[]) => fields.filter(([name]) => name !== 'order_cash_amount')
    const names = keyFields.split('|')
    const values = names.map((name) => (name === 'OrderCashAmount' ? '0' : valueOfKey(name)))
    const signature = createHash('sha512')
      .update([kit.account.checksum_key, ...values].join('|'))
      .digest('hex')
    const fields = [...without(kit.callback.fields(specOf(subject))), ['Signature', signature] as const]
    expect(await wordOf(read(kit.callback.send(fields)))).toBe('malformed')
  })

  test('signs its description decoded, composed letters or not, never normalised', async () => {
    for (const text of ['Lệ phí', 'Lệ phí'.normalize('NFD'), 'a+b & c = 100%', ' x ', '<b>']) {
      const encoded = encodeURIComponent(text).replaceAll('%20', '+')
      expect(await wordOf(read(notice((fields) => withField(fields, 'order_description', encoded)))), text).toBe(
        'captured',
      )
    }
    const nfd = encodeURIComponent('Lệ phí'.normalize('NFD'))
    const signed = (fields: Field[]) => withField(fields, 'order_description', encodeURIComponent('Lệ phí'))
    const swapped = callbackOf(subject, specOf(subject), {
      unsigned: (fields) => withField(fields, 'order_description', nfd),
      signed,
    })
    expect(await wordOf(read(swapped))).toBe('forged')
    const broken = callbackOf(subject, specOf(subject), {
      signed: (fields) => withField(fields, 'order_description', '%zz'),
    })
    expect(await wordOf(read(broken))).toBe('malformed')
  })

  test('with a document type, an entity, too much depth or another root is malformed, outside and inside', async () => {
    const wrap = (inner: string) =>
      `<PayooConnectionPackage><Data>${Buffer.from(inner).toString('base64')}</Data><Signature>x</Signature><KeyFields>${keyFields}</KeyFields></PayooConnectionPackage>`
    const order = '<PaymentNotification><State>PAYMENT_RECEIVED</State></PaymentNotification>'
    expect(await wordOf(read(posted(wrap(order))))).toBe('forged')
    for (const xml of [
      `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${wrap(order)}`,
      wrap(`<!DOCTYPE x [<!ENTITY e "e">]>${order}`),
      wrap('<PaymentNotification><State>&e;</State></PaymentNotification>'),
      wrap(`<PaymentNotification>${'<a>'.repeat(20)}${'</a>'.repeat(20)}</PaymentNotification>`),
      wrap('<Other><State>PAYMENT_RECEIVED</State></Other>'),
      wrap('text'),
      wrap(order).replace('<Data>', '<Data>*'),
      wrap(order).replaceAll('PayooConnectionPackage', 'Package'),
      '<PayooConnectionPackage/>',
      'x'.repeat(70_000),
    ])
      expect(await wordOf(read(posted(xml))), xml.slice(0, 60)).toBe('malformed')
  })

  test('claims its order, and nothing when it is no notice', () => {
    expect(payoo.claimedReference?.(callbackOf(subject, specOf(subject)))).toBe(specOf(subject).merchantReference)
    expect(payoo.claimedReference?.(posted('<a/>'))).toBeNull()
    expect(payoo.claimedReference?.({ ...posted('<a/>'), method: 'GET' })).toBeNull()
  })
})

const valueOfKey = (name: string): string => {
  const values: Readonly<Record<string, string>> = {
    ...{ PaymentMethod: 'E_WALLET', State: 'PAYMENT_RECEIVED', Session: specOf(subject).merchantReference },
    ...{ BusinessUsername: 'lephi_BizAPI', ShopID: '9001', ShopTitle: 'LePhi Kit', ShippingDays: '0' },
    ...{ OrderNo: specOf(subject).merchantReference, OrderDescription: 'Lệ phí & phí 100%' },
    PaymentExpireDate: '20261122101500',
  }
  return values[name] ?? ''
}

describe('a return', () => {
  const returned = (values: Record<string, string>, extra = '') => {
    const text = `${values.session}.${values.order_no}.${values.status}`
    const checksum = createHash('sha512').update(`${kit.account.checksum_key}${text}`).digest('hex')
    const search = `${new URLSearchParams({ ...values, checksum })}${extra}`
    return clientOf(subject).readReturn?.({ method: 'GET', search, headers: new Headers(), body: new Uint8Array() })
  }

  test('names its order whatever its status, and no order by values that slide', async () => {
    for (const status of ['1', '0', '-1'])
      expect(await returned({ session: 'LP1', order_no: 'LP1', status })).toBe('LP1')
    expect(await returned({ session: 'LP1', order_no: 'LP1', status: '1' }, '&order_no=LP2')).toBeNull()
    expect(await returned({ session: 'LP1.LP1', order_no: '1', status: '' })).toBeNull()
    expect(await returned({ session: 'LP1', order_no: 'LP2', status: '1' })).toBeNull()
  })
})

describe('an order', () => {
  const start = (
    changes: Partial<Payment> = {},
    json: unknown = { order: { payment_url: 'https://payoo.example/p' } },
    status = 200,
  ) => {
    const server = serverOf(() => Response.json(json, { status }))
    const client = payoo.connect({ ...kit.account, shop_title: 'A & B <"\'>' }, portsOf(server.fetch))
    return { ...server, started: client.startPayment(paymentOf(subject, { memo: {}, ...changes })) }
  }
  const xmlOf = async (changes: Partial<Payment> = {}): Promise<string> => {
    const { calls, started } = start(changes)
    await started
    const { data }: { data: string } = JSON.parse(calls[0]?.body ?? '{}')
    return data
  }

  test('is one text with every value escaped, and the description encoded and long', async () => {
    const xml = await xmlOf({ description: '</order_description><order_cash_amount>1</order_cash_amount>' })
    expect(xml).toContain('<shop_title>A &amp; B &lt;&quot;&apos;&gt;</shop_title>')
    expect(xml.match(/<order_cash_amount>/g)).toHaveLength(1)
    expect(xml).toMatch(/<order_description>%3C%2Forder_description%3E/)
    expect(xml).toContain('<customer><name>Nguyễn Thị Lan</name><phone></phone><email></email></customer>')
    expect(xml).toContain('<order_ship_date>22/11/2026</order_ship_date><order_ship_days>0</order_ship_days>')
  })

  test('never carries the bar, which would spoil the notice about it', async () => {
    expect(await xmlOf({ description: 'a|b' })).not.toMatch(/%7C|\|/)
  })

  test('has its dates in Vietnamese time', async () => {
    const late = { createdAt: new Date('2026-12-31T17:00:00Z'), expiresAt: new Date('2026-12-31T17:15:00Z') }
    const xml = await xmlOf(late)
    expect(xml).toContain('<order_ship_date>01/01/2027</order_ship_date>')
    expect(xml).toContain('<validity_time>20270101001500</validity_time>')
  })

  test('without a payment address is refused, and with a wrong one malformed', async () => {
    for (const json of [{}, { order: null }, { order: {} }, { order: 'x' }, { result: 'fail', message: 'no' }])
      expect(await wordOf(start({}, json).started), JSON.stringify(json)).toBe('rejected')
    for (const payment_url of ['javascript:alert(1)', 'http://payoo.example/p', 7, ''])
      expect(await wordOf(start({}, { order: { payment_url } }).started), String(payment_url)).toBe('malformed')
    expect(await wordOf(start({}, { order: { payment_url: 'https://payoo.example/p' } }, 400).started)).toBe('rejected')
  })

  test('with a reference that no signing text can hold is not sent', async () => {
    for (const merchantReference of ['a.b', 'a|b', '', 'a'.repeat(51)]) {
      const { calls, started } = start({ merchantReference })
      expect(await wordOf(started), merchantReference).toBe('rejected')
      expect(calls).toEqual([])
    }
  })
})
