/** What is particular to bank transfers: the check values of both services, signatures that end, money of nobody. */
import { describe, expect, test } from 'vitest'
import type { IncomingRequest } from '../../src/providers/contract.ts'
import { vietqr } from '../../src/providers/vietqr/index.ts'
import { paymentOf, portsOf, refusalOf } from './conformance/subject.ts'
import { casso, cassoSignature, kit, referenceOf, sepaySignature } from './vietqr.kit.ts'

const accountOf = (more: object = {}) => ({
  bank_bin: '970415',
  account_number: '113366668888',
  account_holder: 'KHO BAC',
  sepay_hmac_secret: 'sepay-test-secret-1',
  casso_key: 'casso-test-key-1',
  ...more,
})
const clientAt = (now: string | number, account: object = accountOf()) =>
  vietqr.connect(account, { ...portsOf(), now: () => new Date(now) })

const post = (body: string, headers: Record<string, string>): IncomingRequest => ({
  method: 'POST',
  search: '',
  headers: new Headers(headers),
  body: new TextEncoder().encode(body),
})

/** The page's own moment, 2026-11-22 09:15:07 in Vietnam. */
const then = 1_795_313_707
const sepayBody =
  '{"id":92704,"gateway":"VietinBank","transactionDate":"2026-11-22 09:15:07","accountNumber":"113366668888","code":"LP2611220001","content":"LP2611220001 nop le phi","transferType":"in","transferAmount":79000,"accumulated":19079000,"subAccount":null,"referenceCode":"FT26326123456789","description":"BankAPINotify LP2611220001 nop le phi"}'
const bySepay = (body: string, signature: string, timestamp = String(then)) =>
  post(body, { 'x-sepay-timestamp': timestamp, 'x-sepay-signature': signature })
const signedBySepay = (body: string, timestamp = String(then)) =>
  bySepay(body, sepaySignature('sepay-test-secret-1', timestamp, body), timestamp)
const withText = (text: string) => sepayBody.replace('"LP2611220001 nop le phi"', JSON.stringify(text))

const credit = {
  reference: 'FT26326123456789',
  amount: 79_000n,
  occurredAt: new Date('2026-11-22T09:15:07+07:00'),
  text: 'LP2611220001 nop le phi',
}
/** A reference of another shape than ours is nobody's. */
const ofNobody = { merchantReference: null, outcomes: [], credit }

describe('the check values of SePay', () => {
  const [first, second] = [
    'sha256=28feb5ea1c92d8aeede8e0559d280ac52747bf82d3ee92474a68188bd4640d45',
    'sha256=9d49c2d8b319950ad1421f0e3598081b4c7b7b839d59f732a5b1a5e71b013de1',
  ]
  const other = sepayBody.replace('79000', '79001')
  const client = clientAt(then * 1_000)

  test('hold, and a signature fits its own bytes only', async () => {
    expect(new TextEncoder().encode(sepayBody)).toHaveLength(337)
    expect(await client.readCallback(bySepay(sepayBody, first))).toEqual(ofNobody)
    expect(await client.readCallback(bySepay(other, second))).toMatchObject({ credit: { amount: 79_001n } })
    await refusalOf(() => client.readCallback(bySepay(other, first)), ['forged'])
    await refusalOf(() => client.readCallback(bySepay(sepayBody.replace(':', ': '), first)), ['forged'])
  })

  test('do not hold with an API key in place of the signature, nor without its algorithm', async () => {
    const byKey = post(sepayBody, { authorization: 'Apikey sepay-test-secret-1' })
    await refusalOf(() => client.readCallback(byKey), ['forged'])
    await refusalOf(() => client.readCallback(bySepay(sepayBody, first.slice(7))), ['forged'])
  })
})

describe('the check values of Casso', () => {
  const sample =
    '{"data":{"accountNumber":"88888888","amount":599000,"bankAbbreviation":"VPB","bankName":"VPBank","counterAccountBankId":"970415","counterAccountBankName":"VietinBank","counterAccountName":"NGUYEN VAN A","counterAccountNumber":"8888888888","description":"giao dich thu nghiem","id":0,"reference":"MA_GIAO_DICH_THU_NGHIEM","runningBalance":25000000,"transactionDateTime":"2024-10-03 15:06:37","virtualAccountName":"","virtualAccountNumber":""},"error":0}'
  const own =
    '{"data":{"accountNumber":"113366668888","amount":79000,"bankAbbreviation":"ICB","bankName":"VietinBank","counterAccountBankId":"970436","counterAccountBankName":"Vietcombank","counterAccountName":"NGUYEN VAN A","counterAccountNumber":"1017595600","description":"LP2611220001 nop le phi","id":92704,"reference":"FT26326123456789","runningBalance":19079000,"transactionDateTime":"2026-11-22 09:15:07","virtualAccountName":"","virtualAccountNumber":""},"error":0}'
  const named = own.replace('NGUYEN VAN A', 'TRẦN THỊ ĐÀO / 1')
  const client = clientAt(then * 1_000)
  const byCasso = (body: string, v1: string, t = `${then}000`) => post(body, { 'x-casso-signature': `t=${t},v1=${v1}` })

  test("hold for the vendor's own sample, a test call of which nothing is kept", async () => {
    const key = 'mgExMrjj4i7a1p8Cs6LmFbpCd8lbw4sSX4LZXPag7TKazeIogtR90tvWYTkwQbvs'
    const v1 =
      'ed0a4bd2e826d5cb69988cdb141e6c1a080e21f3b57eb72cd78192220042b9e7dde0868fc667faea8e224900fa7904e7c88dfa098032fb2d6b6996856e8b7ff3'
    const client = clientAt(1_727_948_258_788, accountOf({ account_number: '88888888', casso_key: key }))
    const reading = await client.readCallback(byCasso(sample, v1, '1727948258788'))
    expect(reading).toEqual({ merchantReference: null, outcomes: [] })
    expect(vietqr.publicTestCredentials).toContain(key)
  })

  test('hold for our own samples, in any order of members and with any spacing', async () => {
    const [first, second] = [
      'dc114416470c64a0cfec643ac6202fd2bc6ac7be03ab6a369db24fc9a495b62a1807359e6e857d0faec64b775b4ac7ffc56b6bbc1097c60d64a02f9d380a0d7a',
      '78c485aaca39d2ca54c3e9dad583cb9ad9be621515319ca76984ebc07b7b276b95a1319bfe5bf64945d0aff1855793e7c77d6e1cd7fb1017f6260f8bd463c9ff',
    ]
    const { error, data }: { error: number; data: Record<string, unknown> } = JSON.parse(own)
    const backwards = { error, data: Object.fromEntries(Object.entries(data).toReversed()) }
    for (const body of [own, JSON.stringify(backwards), JSON.stringify(backwards, null, 2)])
      expect(await client.readCallback(byCasso(body, first))).toEqual(ofNobody)
    const other = own.replace('79000,', '79001,')
    expect(await client.readCallback(byCasso(other, second))).toMatchObject({ credit: { amount: 79_001n } })
    await refusalOf(() => client.readCallback(byCasso(other, first)), ['forged'])
  })

  test("hold in JavaScript's form of other letters and slashes, and in no other", async () => {
    const forms = {
      javascript:
        'd70fe126c2210b10551f996bcafcb5e74df7ac7c164222f0c35f54c02255d4a230e5b426df1d7fd83f63869e5b21dda9c100a9c38c1ae4420a041356406aa630',
      python:
        '9e4d3085995dc29920edaf3eec50d0805a493efee4b0fd2ef9139959ca1164766ad06e0475e06eb937ab4df98d3bde40d3e23a8ee62de50387a237a42ab055b4',
      php: 'ad4e44d144fb34751c07526d73864a4181d771ca183fe8271f988ba64dc50f3f3c56888ea4f88b9be381ca89c894311d0b0cc828152c0d2a5c5f9e0fd820e852',
    }
    expect(await client.readCallback(byCasso(named.normalize('NFC'), forms.javascript))).toEqual(ofNobody)
    for (const v1 of [forms.python, forms.php])
      await refusalOf(() => client.readCallback(byCasso(named.normalize('NFC'), v1)), ['forged'])
  })

  test('hold over members that are null, nested or lists', async () => {
    const body = own.replace(
      '"virtualAccountName":""',
      '"virtualAccountName":null,"more":{"b":[{"d":1,"c":null}],"a":{}}',
    )
    const canonical = own
      .replace('"reference"', '"more":{"a":{},"b":[{"c":null,"d":1}]},"reference"')
      .replace('"virtualAccountName":""', '"virtualAccountName":null')
    const [, v1 = ''] = /v1=(.*)/.exec(cassoSignature('casso-test-key-1', `${then}000`, canonical)) ?? []
    expect(await client.readCallback(byCasso(body, v1))).toEqual(ofNobody)
  })

  test('are no news with an error, without data, or as a list of the older kind', async () => {
    for (const body of [
      own.replace('"error":0', '"error":1'),
      '{"error":0}',
      '{"error":0,"data":[]}',
      '{"error":0,"data":null}',
    ]) {
      const request = post(body, { 'x-casso-signature': cassoSignature('casso-test-key-1', `${then}000`, body) })
      await refusalOf(() => client.readCallback(request), ['malformed'], body)
    }
  })
})

describe('who speaks', () => {
  const client = clientAt(then * 1_000)
  const genuine = signedBySepay(sepayBody)

  test('is one service: two signatures are none', async () => {
    const headers = new Headers(genuine.headers)
    headers.set('x-casso-signature', cassoSignature('casso-test-key-1', `${then}000`, sepayBody))
    await refusalOf(() => client.readCallback({ ...genuine, headers }), ['forged'])
    const twice = new Headers(genuine.headers)
    twice.append('x-sepay-signature', genuine.headers.get('x-sepay-signature') ?? '')
    await refusalOf(() => client.readCallback({ ...genuine, headers: twice }), ['forged'])
  })

  test('is not believed where its secret is missing, whatever it signs with', async () => {
    const { sepay_hmac_secret: _, ...onlyCasso } = accountOf()
    for (const secret of ['', 'undefined', 'null', 'sepay-test-secret-1']) {
      const request = bySepay(sepayBody, sepaySignature(secret, String(then), sepayBody))
      await refusalOf(() => clientAt(then * 1_000, onlyCasso).readCallback(request), ['forged'], secret)
    }
  })

  test('posts', async () => {
    await refusalOf(() => client.readCallback({ ...genuine, method: 'GET' }), ['malformed'])
  })

  test('makes no account without a secret', () => {
    const { sepay_hmac_secret: _, casso_key: __, ...none } = accountOf()
    expect(vietqr.checkAccount(none)).toMatchObject({
      ok: false,
      problems: [{ pointer: '/sepay_hmac_secret' }, { pointer: '/casso_key' }],
    })
  })
})

describe('a signature ends', () => {
  const genuine = signedBySepay(sepayBody)
  const atSeconds = (offset: number) => clientAt((then + offset) * 1_000)

  test('after five minutes at SePay, in either direction of the clocks', async () => {
    for (const offset of [-300, 0, 300]) expect(await atSeconds(offset).readCallback(genuine)).toEqual(ofNobody)
    for (const offset of [-301, 301, 86_400]) {
      const error = await refusalOf(() => atSeconds(offset).readCallback(genuine), ['rejected'], String(offset))
      expect(error.code).toBe('stale')
    }
  })

  test('later where the account says that SePay repeats a call as it was', async () => {
    const patient = (offset: number) =>
      clientAt((then + offset) * 1_000, accountOf({ sepay_age_max_seconds: 2_400 })).readCallback(genuine)
    expect(await patient(2_400)).toEqual(ofNobody)
    await refusalOf(() => patient(2_401), ['rejected'])
  })

  test('after ten minutes at Casso, or as the account says', async () => {
    const body = casso.fields({ ...specOf(), merchantReference: referenceOf(7) })
    const request = casso.send(casso.sign(body, kit.account))
    const sentAt = Date.parse('2026-11-22T10:05:00+07:00')
    const read = (offset: number, more: object = {}) =>
      clientAt(sentAt + offset * 1_000, { ...kit.account, ...more }).readCallback(request)
    for (const offset of [-600, 600]) expect((await read(offset)).outcomes).toHaveLength(1)
    for (const offset of [-601, 601]) await refusalOf(() => read(offset), ['rejected'], String(offset))
    expect((await read(3_600, { casso_age_max_seconds: 3_600 })).outcomes).toHaveLength(1)
    await refusalOf(() => read(61, { casso_age_max_seconds: 60 }), ['rejected'])
  })

  test('and what ended is asked for again, while money that is not ours is taken as read', async () => {
    const answerOf = async (offset: number, request: IncomingRequest) => {
      const answer = await atSeconds(offset).answerCallback('unknown_order', request)
      return [answer.status, await answer.json()]
    }
    expect(await answerOf(0, genuine)).toEqual([200, { success: true }])
    expect(await answerOf(301, genuine)).toEqual([401, { success: false }])
    expect(await answerOf(301, bySepay(sepayBody, 'sha256=00'))).toEqual([200, { success: true }])
  })

  test('is judged for what is read again by the moment at which it came', async () => {
    const later = clientAt('2027-11-22T00:00:00Z')
    await refusalOf(() => later.readCallback(genuine), ['rejected'])
    const hearing = { findPayment: async () => null, now: () => new Date(then * 1_000) }
    expect(await later.readCallback(genuine, hearing)).toEqual(ofNobody)
  })

  test('does not make a forgery of an old time anything else than a forgery', async () => {
    await refusalOf(() => atSeconds(9_999).readCallback(bySepay(sepayBody, 'sha256=00')), ['forged'])
  })
})

const specOf = () => ({
  says: 'captured' as const,
  merchantReference: referenceOf(1),
  amount: 150_000n,
  occurredAt: new Date('2026-11-22T10:02:09+07:00'),
  providerReference: '14226112',
})

describe('a movement', () => {
  const client = clientAt(then * 1_000)
  const read = (body: string) => client.readCallback(signedBySepay(body))
  const mine = referenceOf(42)

  test('is one fact, whichever service tells of it', async () => {
    const bySepay = await read(withText(`${mine} nop le phi`).replace('FT26326123456789', ' ft26326123456789 '))
    const fields = casso.fields({
      ...specOf(),
      ...{ merchantReference: mine, amount: 79_000n, occurredAt: credit.occurredAt },
      providerReference: 'FT26326123456789',
    })
    const request = casso.send(casso.sign(fields, kit.account))
    const byCasso = await clientAt('2026-11-22T10:05:00+07:00', kit.account).readCallback(request)
    const money = { merchantReference: mine, providerReference: 'FT26326123456789', amount: 79_000n }
    for (const { outcomes } of [bySepay, byCasso])
      expect(outcomes).toMatchObject([{ status: 'captured', ...money, occurredAt: credit.occurredAt }])
  })

  test("has the service's own number, by its name, where the bank gives none", async () => {
    for (const none of ['""', 'null', '"  "', `"${'9'.repeat(101)}"`, '"a\\u0000b"']) {
      const { credit } = await read(sepayBody.replace('"FT26326123456789"', none))
      expect(credit?.reference, none).toBe('SEPAY-92704')
    }
    const unnumbered = sepayBody.replace('"FT26326123456789"', '""').replace('92704', '0')
    await refusalOf(() => read(unnumbered), ['malformed'])
  })

  test('has the number of the bank with its day where the bank counts anew after some thousand', async () => {
    const numbered = (number: string, more = sepayBody) => read(more.replace('FT26326123456789', number))
    const referenceAt = async (number: string, day = '2026-11-22') =>
      (await numbered(number, sepayBody.replace('2026-11-22', day))).credit?.reference
    // ACB's are four digits: those of two days are two movements.
    expect(await referenceAt('3516')).toBe('3516-20261122')
    expect(await referenceAt('3516', '2026-11-23')).toBe('3516-20261123')
    expect(await referenceAt('1234567')).toBe('1234567-20261122')
    expect(await referenceAt('12345678')).toBe('12345678')
    expect(await referenceAt('3516', '2026-02-30')).toBe('SEPAY-92704')
    const fields = casso.fields({ ...specOf(), providerReference: '3516' })
    const byCasso = clientAt('2026-11-22T10:05:00+07:00', kit.account)
    expect((await byCasso.readCallback(casso.send(casso.sign(fields, kit.account)))).credit).toMatchObject({
      reference: '3516-20261122',
    })
  })

  test('is not numbered by what stands in place of a number', async () => {
    for (const none of ['0', '0000000000', '-', 'N/A', 'NULL', 'KHONG CO SO'])
      expect((await read(sepayBody.replace('FT26326123456789', none))).credit?.reference, none).toBe('SEPAY-92704')
  })

  test('is ours by the account or the virtual account, and nobody else’s by any other', async () => {
    const other = sepayBody.replace('113366668888', '9990001')
    await refusalOf(() => read(other), ['rejected'])
    expect(await read(other.replace('"subAccount":null', '"subAccount":"113366668888"'))).toEqual(ofNobody)
    const letters = clientAt(then * 1_000, accountOf({ account_number: 'V8HCC0012345' }))
    const small = signedBySepay(sepayBody.replace('113366668888', 'v8hcc0012345'))
    expect(await letters.readCallback(small)).toEqual(ofNobody)
  })

  test('that leaves the account is nothing to us, and one without direction is no message', async () => {
    const out = withText(mine).replace('"in"', '"out"')
    expect(await read(out)).toEqual({ merchantReference: null, outcomes: [] })
    for (const wrong of ['"IN"', '"C"', 'null', '1'])
      await refusalOf(() => read(sepayBody.replace('"in"', wrong)), ['malformed'])
  })

  test('of a time that cannot be is money all the same', async () => {
    for (const time of ['"2026-02-30 09:15:07"', '"22/11/2026 09:15:07"', '"0000-00-00 00:00:00"', 'null', '""']) {
      const reading = await read(sepayBody.replace('"2026-11-22 09:15:07"', time))
      expect(reading.credit, time).toEqual({ ...credit, occurredAt: null })
    }
  })

  test('keeps what the payer wrote, without characters that no page can show', async () => {
    const { credit } = await read(withText('Nộp lệ phí\u0000\n\u202e cho mẹ'))
    expect(credit?.text).toBe('Nộp lệ phí cho mẹ')
  })

  test('is found by its own text first, and by the whole notification where that is spoilt', async () => {
    const spoilt = withText('nop le phi').replace('BankAPINotify LP2611220001', `BankAPINotify ${mine}`)
    expect((await read(spoilt)).merchantReference).toBe(mine)
    const both = withText(referenceOf(43)).replace('BankAPINotify LP2611220001', `BankAPINotify ${mine}`)
    expect((await read(both)).merchantReference).toBe(referenceOf(43))
  })
})

test('a reference of another shape starts no payment', async () => {
  const client = clientAt(then * 1_000)
  const payment = paymentOf({ name: 'vietqr', provider: vietqr, kit }, { merchantReference: 'LP2611220001' })
  await refusalOf(() => client.startPayment(payment), ['rejected'])
})
