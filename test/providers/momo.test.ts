/** MoMo, public vectors and result codes: all 72 messages, and every code of the table in every place where it can stand. */
import { describe, expect, test } from 'vitest'
import { resultCodes } from '../../src/providers/momo/codes.ts'
import { momo } from '../../src/providers/momo/index.ts'
import { isGenuine, readIpn, readRedirect } from '../../src/providers/momo/notices.ts'
import { isSigned, type MessageKind, sign, signingText } from '../../src/providers/momo/signature.ts'
import file from '../vectors/momo.json' with { type: 'json' }
import { kit } from './momo.kit.ts'
import {
  arrived,
  connect,
  giveBack,
  ipn,
  query,
  queryRefund,
  readCallback,
  refund,
  silent,
  start,
  wordOf,
} from './momo.server.ts'

type Vector = {
  name: string
  kind: string
  origin: string
  valid: boolean
  secrets: { partnerCode: string; accessKey: string; secretKey: string }
  params: Record<string, string | number | boolean>
  signingString: string
  signature: string
  expectedSignature?: string
  queryString?: string
  rawBody?: string
  layout?: string
}
const vectors: readonly Vector[] = file.vectors as Vector[]

const keysOf = ({ secrets }: Vector) => ({ access_key: secrets.accessKey, secret_key: secrets.secretKey })
const textFields = ({ params }: Vector) =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]))

const kinds: Record<string, MessageKind> = {
  create: 'create',
  query: 'query',
  refund: 'refund',
  confirm: 'confirm',
  redirect: 'notice',
  ipn: 'notice',
  createResponse: 'createAnswer',
}
const kindOf = ({ name, kind }: Vector): MessageKind =>
  name === 'createresponse-02-older-layout-with-message' ? 'createAnswerWithMessage' : (kinds[kind] ?? 'confirm')

const redirectOf = ({ queryString = '' }: Vector) => arrived({ method: 'GET', search: queryString })
const ipnOf = ({ rawBody = '' }: Vector) => arrived({ body: new TextEncoder().encode(rawBody) })

const accountOf = ({ secrets }: Vector) => ({
  partner_code: secrets.partnerCode,
  access_key: secrets.accessKey,
  secret_key: secrets.secretKey,
  api_url: 'https://momo.example',
})

describe('the vectors', () => {
  test('are all here, seven of them signed by MoMo itself', () => {
    expect(vectors).toHaveLength(72)
    expect(vectors.filter(({ origin }) => origin === 'provider-signed')).toHaveLength(7)
    expect(vectors.filter(({ valid }) => !valid)).toHaveLength(22)
    expect(new Set(vectors.map(({ kind }) => kind))).toEqual(new Set(Object.keys(kinds)))
  })

  for (const vector of vectors) {
    const verb = vector.valid ? 'accepts' : 'refuses'
    test(`${verb} ${vector.name}${vector.origin === 'provider-signed' ? ' (signed by MoMo)' : ''}`, () => {
      const [kind, keys, fields] = [kindOf(vector), keysOf(vector), textFields(vector)]
      expect(signingText(kind, fields, keys.access_key)).toBe(vector.signingString)
      expect(isSigned(kind, fields, { signature: vector.signature, keys })).toBe(vector.valid)
      expect(sign(kind, fields, keys)).toBe(vector.expectedSignature ?? vector.signature)
      if (vector.valid) expect(isSigned(kind, fields, { signature: vector.signature.toUpperCase(), keys })).toBe(false)
      if (vector.kind === 'redirect') expect(isGenuine(readRedirect(redirectOf(vector)), keys)).toBe(vector.valid)
      if (vector.kind === 'ipn') expect(isGenuine(readIpn(ipnOf(vector)), keys)).toBe(vector.valid)
    })
  }

  test('decode to their fields, from the raw query and from the raw body', () => {
    for (const vector of vectors) {
      if (vector.kind === 'redirect') expect(textFields(vector)).toMatchObject(readRedirect(redirectOf(vector)).fields)
      if (vector.kind === 'ipn') expect(textFields(vector)).toMatchObject(readIpn(ipnOf(vector)).fields)
    }
  })

  test('name a payment in a return only when they are genuine and of the kind that we start', async () => {
    const named: string[] = []
    for (const vector of vectors.filter(({ kind }) => kind === 'redirect')) {
      const name = await connect(accountOf(vector), silent.fetch).readReturn?.(redirectOf(vector))
      if (name !== null) named.push(vector.name)
      if (name !== null) expect(name).toBe(vector.params.orderId)
    }
    // 06 and 08 to 10 have a requestId of their own, 07 and 09 an extraData; each n- vector is forged.
    expect(named.map((name) => name.slice(0, 11))).toEqual(
      ['01', '02', '03', '04', '05'].map((number) => `redirect-${number}`),
    )
  })

  test('are forged or of somebody else as callbacks, since none has our kind of requestId', async () => {
    for (const vector of vectors.filter(({ kind }) => kind === 'ipn')) {
      const call = connect(accountOf(vector), silent.fetch).readCallback(ipnOf(vector))
      expect(await wordOf(call), vector.name).toBe(vector.valid ? 'rejected' : 'forged')
    }
  })
})

describe('the result codes', () => {
  // Code, and what it makes of a callback, a payment query, a create call, a refund call and an entry of refundTrans.
  const paid = ['captured', 'captured', 'started', 'refunded', 'refunded']
  const pending = ['pending', 'pending', 'unknown', 'pending', 'pending']
  const failed = ['failed', 'failed', 'rejected', 'failed', 'failed']
  const refused = ['nothing', 'rejected', 'rejected', 'rejected', 'pending']
  const busy = ['nothing', 'unknown', 'unknown', 'unknown', 'pending']
  const refundFailed = ['nothing', 'nothing', 'unknown', 'failed', 'failed']
  const doubtful = ['pending', 'failed', 'unknown', 'pending', 'failed']
  const notFound = ['nothing', 'not known', 'rejected', 'rejected', 'pending']
  const rows: Record<string, readonly string[]> = {
    0: paid,
    ...Object.fromEntries([10, 40, 41, 43].map((code) => [code, busy])),
    ...Object.fromEntries([11, 12, 13, 20, 21, 22, 45, 47, 2019].map((code) => [code, refused])),
    42: notFound,
    99: doubtful,
    ...Object.fromEntries([98, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1017, 1026].map((code) => [code, failed])),
    ...Object.fromEntries([4001, 4002, 4100].map((code) => [code, failed])),
    ...Object.fromEntries([1080, 1081, 1088].map((code) => [code, refundFailed])),
    ...Object.fromEntries([1000, 7000, 7002, 8000, 9000].map((code) => [code, pending])),
  }
  const unlisted = Object.fromEntries(['1', '9', '-1', '90000', '1007000'].map((code) => [code, pending]))

  test('are the codes of the page, no more and no fewer', () => {
    expect(Object.keys(resultCodes).toSorted()).toEqual(Object.keys(rows).toSorted())
    expect(Object.keys(rows)).toHaveLength(37)
  })

  test.each(Object.entries({ ...rows, ...unlisted }))('%s means %j', async (code, expected) => {
    const resultCode = Number(code)
    const entry = { orderId: refund.merchantReference, amount: 50_000, resultCode, transId: 144518121 }
    const calls = [
      readCallback(ipn({ resultCode: code })),
      query({ resultCode }),
      start({ resultCode }),
      giveBack({ resultCode }),
      queryRefund({ refundTrans: [entry] }),
    ]
    expect(await Promise.all(calls.map(wordOf))).toEqual(expected)
  })

  test('are exact: 00, -0 and 0.0 as text are not 0', async () => {
    for (const resultCode of ['00', '-0']) expect(await wordOf(query({ resultCode }))).toBe('pending')
    for (const resultCode of ['0.0', ' 0', '', null, true, [0], { code: 0 }]) {
      expect(await wordOf(query({ resultCode })), JSON.stringify(resultCode)).toBe('malformed')
    }
    expect(await wordOf(query({ resultCode: '0' }))).toBe('captured')
  })
})

describe('the account', () => {
  test('takes one-step wallet payments unless told otherwise, and no member that it does not know', () => {
    expect(momo.checkAccount(kit.account)).toMatchObject({ ok: true, account: { request_type: 'captureWallet' } })
    expect(momo.checkAccount({ ...kit.account, requestType: 'payWithATM' }).ok).toBe(false)
  })

  test('knows the credentials that MoMo publishes', () => {
    for (const { secrets, origin } of vectors.filter((vector) => vector.origin === 'provider-signed')) {
      expect(origin).toBe('provider-signed')
      expect(momo.publicTestCredentials).toEqual(expect.arrayContaining(Object.values(secrets)))
    }
  })
})
