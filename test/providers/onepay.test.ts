/** What is particular to OnePAY: the order of names, codes that are letters, the two ways of a notice, and what the payer's address is written as. */
import { describe, expect, test } from 'vitest'
import { ProviderError, type Verdict } from '../../src/providers/contract.ts'
import { onepay } from '../../src/providers/onepay/index.ts'
import { signedText } from '../../src/providers/onepay/signature.ts'
import { callbackOf, clientOf, paymentOf, type Subject, serverOf, specOf, withField } from './conformance/subject.ts'
import type { Field } from './kit.ts'
import { hashOf, kit, wire } from './onepay.kit.ts'

const subject: Subject = { name: 'onepay', provider: onepay, kit }
const kindOf = (error: unknown) => (error instanceof ProviderError ? error.kind : error)
const read = (unsigned: (fields: Field[]) => Field[]) =>
  clientOf(subject).readCallback(callbackOf(subject, specOf(subject), { unsigned }))
const start = async (changes: Parameters<typeof paymentOf>[1] = {}, account = kit.account) => {
  const { action } = await clientOf(subject, undefined, account).startPayment(paymentOf(subject, changes))
  return action.type === 'redirect' ? new URL(action.url).searchParams : new URLSearchParams()
}
const answered = (text: string, status = 200) =>
  clientOf(subject, serverOf(() => new Response(text, { status })).fetch).queryPayment?.(paymentOf(subject))

describe('the signed text', () => {
  test('sorts capitals before small letters, so that vpc_MerchTxnRef comes before vpc_Merchant', () => {
    const names = [
      'vpc_Merchant',
      'vpc_MerchTxnRef',
      'vpc_Card',
      'vpc_CSCResultCode',
      'vpc_Amount',
      'vpc_3DSECI',
      'user_a',
    ]
    const order = signedText(names.map((name) => [name, '1'])).split('&')
    expect(order.map((pair) => pair.slice(0, -2))).toEqual([
      ...['user_a', 'vpc_3DSECI', 'vpc_Amount', 'vpc_CSCResultCode', 'vpc_Card', 'vpc_MerchTxnRef', 'vpc_Merchant'],
    ])
    expect(names.toSorted((a, b) => a.localeCompare(b)).indexOf('vpc_Merchant')).toBeLessThan(
      names.toSorted((a, b) => a.localeCompare(b)).indexOf('vpc_MerchTxnRef'),
    )
  })

  test('covers every vpc_ and user_ field, known or not, and nothing else', async () => {
    const more: Field[] = [
      ['vpc_NewField', 'x'],
      ['user_note', 'y'],
      ['Title', 'z'],
    ]
    expect((await read((fields) => [...fields, ...more])).outcomes).toHaveLength(1)
    for (const name of ['vpc_Message', 'vpc_NewField', 'user_note', 'Title']) {
      const signed = (fields: Field[]) => withField(fields, name, 'altered')
      const unsigned = (fields: Field[]) => [...fields, ...more]
      const request = callbackOf(subject, specOf(subject), { unsigned, signed })
      const result = await clientOf(subject).readCallback(request).catch(kindOf)
      if (name === 'Title') expect(result).toMatchObject({ outcomes: [{ status: 'captured' }] })
      else expect(result, name).toBe('forged')
    }
  })

  test('has one reading: a border inside a value or a name is refused though the hash fits', async () => {
    const failed = specOf(subject, { says: 'failed' })
    const smuggled: ((fields: Field[]) => Field[])[] = [
      (fields) => withField(fields, 'vpc_Message', 'x&vpc_TxnResponseCode=0'),
      (fields) => [...fields, ['vpc_A=1&vpc_B', '2']],
      (fields) => [...fields, ['vpc_A=1', '2']],
      (fields) => [...fields, ['user_x', 'a&b']],
    ]
    for (const unsigned of smuggled) {
      const request = callbackOf(subject, failed, { unsigned })
      expect(await clientOf(subject).readCallback(request).catch(kindOf)).toBe('malformed')
    }
  })
})

describe('a notice', () => {
  test('is read alike by GET and as a form by POST, and by no other method', async () => {
    const get = callbackOf(subject, specOf(subject))
    const post = { ...get, method: 'POST', search: '', body: new TextEncoder().encode(get.search) }
    const client = clientOf(subject)
    expect(await client.readCallback(post)).toEqual(await client.readCallback(get))
    expect(onepay.claimedReference?.(post)).toBe(specOf(subject).merchantReference)
    // A POST is its body alone: a genuine query beside it proves nothing.
    expect(await client.readCallback({ ...get, method: 'POST' }).catch(kindOf)).toBe('forged')
    expect(await client.readCallback({ ...get, method: 'PUT' }).catch(kindOf)).toBe('malformed')
  })

  test.each(['00', '0.0', '0 ', '+0', '-0', 'O', '000'])(
    'takes nothing but the text 0 for paid, not "%s"',
    async (code) => {
      const result = await read((fields) => withField(fields, 'vpc_TxnResponseCode', code)).catch(kindOf)
      if (typeof result === 'string') expect(result).toBe('malformed')
      else expect(result).toMatchObject({ outcomes: [{ status: 'pending' }] })
    },
  )

  test.each(['F', 'Z', 'B', 'E', 'I', '1', '2', '4', '5', '25', '99', '253'])('reads %s as failed', async (code) => {
    const { outcomes } = await read((fields) => withField(fields, 'vpc_TxnResponseCode', code))
    expect(outcomes).toMatchObject([{ status: 'failed', subject: 'payment', code }])
  })

  test.each(['100', '300', '?', '3', '6', '7', 'X', '1000'])('leaves %s pending', async (code) => {
    const { outcomes } = await read((fields) => withField(fields, 'vpc_TxnResponseCode', code))
    expect(outcomes).toMatchObject([{ status: 'pending', code }])
  })

  test('has no number where OnePAY writes 0 or nothing', async () => {
    for (const number of ['0', '000', '']) {
      const { outcomes } = await read((fields) => withField(fields, 'vpc_TransactionNo', number))
      expect(outcomes).toMatchObject([{ status: 'captured', providerReference: null }])
    }
    const { outcomes } = await read((fields) => withField(fields, 'vpc_TransactionNo', 'PAY-fake-0001_Ab'))
    expect(outcomes).toMatchObject([{ providerReference: 'PAY-fake-0001_Ab' }])
  })

  test('is answered as plain text without a line end, and with another status for our own trouble only', async () => {
    for (const verdict of Object.keys(kit.answers) as Verdict[]) {
      const answer = await clientOf(subject).answerCallback(verdict, callbackOf(subject, specOf(subject)))
      expect(answer.headers.get('content-type')).toBe('text/plain')
      expect(answer.status).toBe(verdict === 'try_again' ? 500 : 200)
    }
  })
})

describe('a redirect', () => {
  test('writes an IPv4 address of the payer, a mapped one as such, and the setting for all else', async () => {
    const written: Record<string, string> = {
      '203.0.113.77': '203.0.113.77',
      '::ffff:203.0.113.77': '203.0.113.77',
      '2001:db8::7': '198.51.100.7',
      '203.0.113.256': '198.51.100.7',
      '1.2.3.4.5': '198.51.100.7',
      '': '198.51.100.7',
    }
    for (const [payerIp, ticket] of Object.entries(written))
      expect((await start({ payerIp }, { ...kit.account, ticket_no: '198.51.100.7' })).get('vpc_TicketNo')).toBe(ticket)
  })

  test('names the dossier in 32 characters that OnePAY takes', async () => {
    expect((await start()).get('vpc_OrderInfo')).toBe('H56.12.03-261122-0007')
    const long = await start({ dossierCode: 'Hồ sơ (số 7)/2026 & đất đai? của xã Hoằng Hóa, thửa 12' })
    expect(long.get('vpc_OrderInfo')).toBe('Ho so so 7 2026 dat dai cua xa H')
  })

  test('tells both addresses, and refuses one with a query of its own and a reference that is too long', async () => {
    const sent = await start()
    expect(sent.get('vpc_CallbackURL')).toBe('https://gateway.example/callbacks/onepay/mac_1')
    expect(sent.get('vpc_ReturnURL')).toBe('https://gateway.example/returns/onepay/mac_1')
    expect(await start({ returnUrl: 'https://a.example/r?x=1&y=2' }).catch(kindOf)).toBe('rejected')
    expect(await start({ merchantReference: 'L'.repeat(34) }).then(() => 'sent')).toBe('sent')
    expect(await start({ merchantReference: 'L'.repeat(35) }).catch(kindOf)).toBe('rejected')
  })

  test("offers the contract's ways of paying, or the one that was chosen", async () => {
    expect((await start()).has('vpc_CardList')).toBe(false)
    const account = { ...kit.account, card_list: 'DOMESTIC,QR' }
    expect((await start({}, account)).get('vpc_CardList')).toBe('DOMESTIC,QR')
    expect((await start({ bankCode: 'VC' }, account)).get('vpc_CardList')).toBe('VC')
    expect(await start({ bankCode: 'VC&vpc_Amount=1' }).catch(kindOf)).toBe('rejected')
  })

  test("keeps to the contract's own limits", async () => {
    const account = { ...kit.account, amount_minimum: 10_000, amount_maximum: 200_000 }
    expect((await start({ amount: 200_000n }, account)).get('vpc_Amount')).toBe('20000000')
    expect(await start({ amount: 200_001n }, account).catch(kindOf)).toBe('rejected')
    expect(await start({ amount: 9_999n }, account).catch(kindOf)).toBe('rejected')
  })
})

describe('a query', () => {
  const paid: Field[] = [
    ...([
      ['vpc_DRExists', 'Y'],
      ['vpc_Amount', '15000000'],
      ['vpc_Merchant', 'LEPHIGOV01'],
    ] as Field[]),
    ...([
      ['vpc_MerchTxnRef', specOf(subject).merchantReference],
      ['vpc_TxnResponseCode', '0'],
    ] as Field[]),
  ]
  const form = (fields: readonly Field[]) => wire([...fields, ['vpc_SecureHash', hashOf(fields, kit.account)]])

  test('believes a signed form and signed JSON, with numbers as text or as numbers', async () => {
    const captured = { known: true, outcomes: [{ status: 'captured', amount: 150_000n }] }
    expect(await answered(form(paid))).toMatchObject(captured)
    const hash = hashOf(paid, kit.account)
    const members = { ...Object.fromEntries(paid), vpc_SecureHash: hash }
    expect(await answered(JSON.stringify(members))).toMatchObject(captured)
    expect(await answered(JSON.stringify({ ...members, vpc_Amount: 15_000_000, vpc_Card: null }))).toMatchObject(
      captured,
    )
    expect(await answered(JSON.stringify({ ...members, vpc_Amount: [15_000_000] }))?.catch(kindOf)).toBeDefined()
  })

  test('tells a failure and a payment under way without an amount, and reads no member that has no signed name', async () => {
    const without = paid.filter(([name]) => name !== 'vpc_Amount')
    for (const [code, status] of [
      ['100', 'pending'],
      ['99', 'failed'],
    ] as const)
      expect(await answered(form(withField(without, 'vpc_TxnResponseCode', code)))).toMatchObject({
        outcomes: [{ status, code }],
      })
    expect(await answered(form(without))?.catch(kindOf)).toBe('malformed')
    const members = { ...Object.fromEntries(paid), vpc_SecureHash: hashOf(paid, kit.account), links: { self: '/' } }
    expect(await answered(JSON.stringify(members))).toMatchObject({ outcomes: [{ status: 'captured' }] })
    expect(await answered(JSON.stringify({ ...members, vpc_More: { a: 1 } }))?.catch(kindOf)).toBe('malformed')
  })

  test('settles nothing without a hash, whatever it says', async () => {
    expect(await answered(wire(paid))?.catch(kindOf)).toBe('unknown')
    expect(await answered('vpc_DRExists=N&vpc_Message=Transaction not found')?.catch(kindOf)).toBe('unknown')
  })

  test.each(['3', '6', '7', '99', 'F'])('reads %s as failed once it was asked for', async (code) => {
    const fields = withField(paid, 'vpc_TxnResponseCode', code)
    expect(await answered(form(fields))).toMatchObject({ outcomes: [{ status: 'failed', code }] })
  })

  test.each(['100', '300', '?', '88'])('leaves %s pending', async (code) => {
    const fields = withField(paid, 'vpc_TxnResponseCode', code)
    expect(await answered(form(fields))).toMatchObject({ outcomes: [{ status: 'pending', code }] })
  })

  test('believes no answer about another payment, however well it is signed', async () => {
    const other = withField(paid, 'vpc_MerchTxnRef', `${specOf(subject).merchantReference}x`)
    expect(await answered(form(other))?.catch(kindOf)).toBe('malformed')
    const denied = withField(other, 'vpc_DRExists', 'N')
    expect(await answered(form(denied))?.catch(kindOf)).toBe('malformed')
  })

  test('refuses an answer without a word whether the payment exists, and a client error', async () => {
    expect(await answered(form(withField(paid, 'vpc_DRExists', 'y')))?.catch(kindOf)).toBe('malformed')
    expect(await answered(form(paid), 403)?.catch(kindOf)).toBe('rejected')
  })

  test('carries the password in its body alone, and no error repeats it', async () => {
    const { fetch, calls } = serverOf(() => new Response('vpc_DRExists=N'))
    const error: unknown = await clientOf(subject, fetch)
      .queryPayment?.(paymentOf(subject))
      .catch((thrown: unknown) => thrown)
    expect(new URLSearchParams(calls[0]?.body).get('vpc_Password')).toBe(kit.account.password)
    expect(calls[0]?.url).toBe(kit.account.query_url)
    expect(JSON.stringify([String(error), error])).not.toContain(kit.account.password)
  })
})

test('has no refunds, and says so', () => {
  expect(onepay.capabilities).toMatchObject({ query: true, refund: false, queryRefund: false })
})

test("knows OnePAY's public sandbox credentials", () => {
  expect(onepay.publicTestCredentials).toContain('6D0870CDE5F24F34F3915FB0045120DB')
})
