// What of a provider's message may be shown: codes, amounts and times, and nothing that could be somebody's.
import { describe, expect, it } from 'vitest'
import { maskMessage } from '../../src/domain/mask-message.ts'
import { registry } from '../../src/providers/registry.ts'
import type { ProviderKit } from '../providers/kit.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const mask = (more: { search?: string; contentType?: string | null; body?: string }, redact: string[] = []) =>
  maskMessage({ search: '', contentType: null, ...more, body: bytes(more.body ?? '') }, redact)
const shown = (more: Parameters<typeof mask>[0], redact: string[] = []) =>
  Object.fromEntries(mask(more, redact).fields.map(({ name, value }) => [name, value]))

it('shows the fields of a query, and masks what its adapter names, in any spelling', () => {
  const search = 'vnp_Amount=15000000&vnp_Inv_Customer=Lan&vnp_SecureHash=ab12&vnp_PayDate=20261122100200'
  expect(shown({ search }, ['vnp_Inv_Customer', 'vnp_secure_hash'])).toEqual({
    vnp_Amount: '15000000',
    vnp_Inv_Customer: null,
    vnp_SecureHash: null,
    vnp_PayDate: '20261122100200',
  })
})

it('opens JSON within JSON, lists, and forms', () => {
  const data = JSON.stringify({ app_trans_id: '261122_1', user_fee_amount: 0, items: [{ id: 1, owner_name: 'Lan' }] })
  expect(shown({ body: JSON.stringify({ data, mac: 'f00', type: 1, ok: true, none: null }) })).toEqual({
    'data.app_trans_id': '261122_1',
    'data.user_fee_amount': '0',
    'data.items[0].id': '1',
    'data.items[0].owner_name': null,
    mac: null,
    type: '1',
    ok: 'true',
    none: '',
  })
  const form = { contentType: 'application/x-www-form-urlencoded', body: 'status=00&NotifyData=PHhtbD4' }
  expect(shown(form, ['NotifyData'])).toEqual({ status: '00', NotifyData: null })
})

describe('masks', () => {
  it.each([
    ['a free text', 'NGUYEN VAN A chuyen tien'],
    ['letters that are not ASCII', 'Lan😀'],
    ['a phone number', '0912345678'],
    ['a phone number with its country', '+84912345678'],
    ['an e-mail address', 'lan@example.vn'],
    ['a card number', '9704000000000018'],
    ['a card number in groups', '4111-1111-1111-1111'],
    ['the number of a căn cước', '038190001234'],
    ['the address of a computer', '203.0.113.77'],
    ['a longer such address', '2001:db8::1'],
    ['a long token', 'a'.repeat(65)],
  ])('%s under a name that nobody knows', (_, value) => {
    expect(shown({ body: JSON.stringify({ x1: value }) })).toEqual({ x1: null })
  })

  it.each([
    'payerName',
    'HoTen',
    'cust_msisdn',
    'CardNo',
    'accountNumber',
    'clientIp',
    'orderInfo',
    'signature',
    'access_key',
    'phoneNumber',
    'vpc_CardNum',
    'identity_number',
  ])('whatever stands under %s', (name) => {
    expect(shown({ body: JSON.stringify({ a: { [name]: 'x' } }) })).toEqual({ [`a.${name}`]: null })
  })

  it('everything below a name that is masked, and what it cannot take apart', () => {
    expect(shown({ body: JSON.stringify({ userInfo: { a: 1 } }) }, ['userInfo'])).toEqual({ userInfo: null })
    expect(shown({ body: '<xml><Name>Lan</Name></xml>', contentType: 'text/xml' })).toEqual({ '': null })
    expect(shown({ body: '{"broken": "Lan' })).toEqual({ '': null })
    expect(maskMessage({ search: '', contentType: null, body: new Uint8Array([0xff, 0xfe]) }, []).fields).toEqual([
      { in: 'body', name: '', value: null },
    ])
  })
})

it('shows times, codes and references as they are', () => {
  const body = { t: '2026-11-22 10:02:00', r: 'FT26327123456', n: '14226112', i: '2026-11-22T10:02:00+07:00', e: '' }
  expect(shown({ body: JSON.stringify(body) })).toEqual(body)
})

it('shows the milliseconds of an instant although their last digit may be a card’s', () => {
  const [first, second] = ['1795316400000', '1795316400001']
  expect(shown({ body: JSON.stringify({ first, second }) })).toEqual({ first, second })
})

describe('of a genuine callback of', () => {
  it.each(Object.keys(registry))('%s neither signature nor free text is seen', async (name) => {
    const { kit } = (await import(`../providers/${name}.kit.ts`)) as { kit: ProviderKit }
    const { fields, sign, send, signatureField } = kit.callback
    const occurredAt = new Date('2026-11-22T03:02:00Z')
    const spec = { says: 'captured', merchantReference: '261122000071', amount: 150_000n, occurredAt } as const
    const { search, headers, body } = send(sign(fields({ ...spec, providerReference: '14226112' }), kit.account))
    const message = { search, contentType: headers.get('content-type'), body }
    const seen = maskMessage(message, registry[name]?.redact ?? []).fields
    expect(seen.length).toBeGreaterThan(0)
    const told = seen.flatMap(({ name: path, value }) => (value ? [{ name: path.split('.').at(-1), value }] : []))
    expect(told.filter((field) => field.name === signatureField || /\p{L} \p{L}/u.test(field.value))).toEqual([])
    // What is one sealed envelope shows nothing; all others show what was paid.
    const isEnvelope = seen.every(({ value }) => value === null)
    expect(isEnvelope || seen.some(({ value }) => /^150000(00)?$/.test(value ?? ''))).toBe(true)
  })
})

it('shows no more than it should of a message that is made to be long or deep', () => {
  const many = mask({ search: Array.from({ length: 5_000 }, (_, index) => `f${index}=1`).join('&') })
  expect([many.fields.length, many.isCut]).toEqual([200, true])
  const deep = `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`
  expect(mask({ body: deep }).fields).toHaveLength(1)
  expect(mask({ body: deep }).fields[0]?.value).toBeNull()
})
