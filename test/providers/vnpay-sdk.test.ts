/**
 * The public SDK (npm vnpay 2.5.0) as a second opinion: it agrees wherever it follows VNPAY's text, and every place
 * where it is known to depart from that text is held here as a departure, so that an SDK that mends one shows itself.
 */
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  dateFormat,
  getDateInGMT7,
  HashAlgorithm,
  RefundTransactionType,
  type ReturnQueryFromVNPay,
  VNPay,
  VnpLocale,
} from 'vnpay'
import { vnpay } from '../../src/providers/vnpay/index.ts'
import { isSigned, queryText } from '../../src/providers/vnpay/signature.ts'
import { paymentOf, portsOf, type Subject } from './conformance/subject.ts'
import { kit } from './vnpay.kit.ts'
import { accountOf, bodyOf, sdkAgrees, type Vector, vectors, vectorsOf } from './vnpay.vectors.ts'

const subject: Subject = { name: 'vnpay', provider: vnpay, kit }
const secret = 'FAKEVNPAYSECRETDONOTUSE000000001'
const sdkOf = (secureSecret: string) =>
  new VNPay({
    tmnCode: 'TESTTMN1',
    secureSecret,
    vnpayHost: 'https://sandbox.vnpayment.vn',
    queryDrAndRefundHost: 'https://sandbox.vnpayment.vn',
    hashAlgorithm: HashAlgorithm.SHA512,
    enableLog: false,
  })
/** The decoded parameters as a web framework hands them to the SDK. */
const parsed = (search: string) => Object.fromEntries(new URLSearchParams(search)) as ReturnQueryFromVNPay

afterEach(() => vi.unstubAllGlobals())

/** The SDK calls the global fetch; it gets this body, and we get what it sent. */
const answerSdk = (body: string): { sent: () => Record<string, unknown> } => {
  const calls: string[] = []
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    calls.push(String(init.body))
    return new Response(body)
  })
  return { sent: () => JSON.parse(calls[0] ?? '{}') }
}

const refundOf = (transactionNo?: number) => ({
  vnp_RequestId: 'rf10',
  vnp_TransactionType: RefundTransactionType.FULL_REFUND,
  vnp_TxnRef: 'HS0001A1',
  vnp_Amount: 10_000,
  vnp_OrderInfo: 'Hoan le phi HS0001',
  vnp_TransactionDate: 20260115093000,
  vnp_CreateBy: 'ketoan01',
  vnp_CreateDate: 20260116080000,
  vnp_IpAddr: '198.51.100.7',
  vnp_Locale: VnpLocale.VN,
  ...(transactionNo === undefined ? {} : { vnp_TransactionNo: transactionNo }),
})

const sdkVerifies = async (vector: Vector): Promise<boolean> => {
  const sdk = sdkOf(vector.secret)
  if (vector.kind === 'ipn_query') return sdk.verifyIpnCall(parsed(vector.query ?? '')).isVerified
  if (vector.kind === 'return_query') return sdk.verifyReturnUrl(parsed(vector.query ?? '')).isVerified
  answerSdk(bodyOf(vector))
  if (vector.kind === 'refund_response') return (await sdk.refund(refundOf(14226112))).isVerified
  const answer = await sdk.queryDr({
    vnp_RequestId: 'q1',
    vnp_TxnRef: 'HS0001A1',
    vnp_OrderInfo: 'x',
    vnp_TransactionNo: 14226112,
    vnp_TransactionDate: 20260115093000,
    vnp_CreateDate: 20260115093500,
    vnp_IpAddr: '198.51.100.7',
  })
  return answer.isVerified
}

const received = ['ipn_query', 'return_query', 'querydr_response', 'refund_response'].flatMap(vectorsOf)

describe('the SDK agrees with us', () => {
  test('on a redirect that it builds', () => {
    const url = sdkOf(secret).buildPaymentUrl({
      vnp_Amount: 150_000,
      vnp_IpAddr: '203.0.113.10',
      vnp_TxnRef: 'HS0001A1',
      vnp_OrderInfo: 'Nop le phi + A & B',
      vnp_ReturnUrl: 'https://dvc.example.vn/vnpay/return?x=1',
      vnp_CreateDate: 20260115093000,
      vnp_ExpireDate: 20260115094500,
      vnp_Locale: VnpLocale.VN,
    })
    const fields = new Map(new URL(url).searchParams)
    const hash = fields.get('vnp_SecureHash')
    expect(isSigned(queryText(fields), { hash, secret })).toBe(true)
    expect(fields.get('vnp_Amount')).toBe('15000000')
    expect(isSigned(queryText(fields.set('vnp_Amount', '15000001')), { hash, secret })).toBe(false)
  })

  test('on a redirect that we build', async () => {
    const client = vnpay.connect(accountOf({ secret }), portsOf())
    const { action } = await client.startPayment(paymentOf(subject))
    const { search } = new URL(action.type === 'redirect' ? action.url : '')
    expect(sdkOf(secret).verifyReturnUrl(parsed(search))).toMatchObject({ isVerified: true, vnp_Amount: 150_000 })
    expect(sdkOf(`${secret}x`).verifyReturnUrl(parsed(search))).toMatchObject({ isVerified: false })
  })

  test.each(received.filter(sdkAgrees))('on $name', async (vector) => {
    expect(await sdkVerifies(vector)).toBe(vector.valid)
  })

  test('on what is signed when it asks and refunds', async () => {
    const full = vectors.find(({ name }) => name === 'refund-req-full')
    const { sent } = answerSdk('{}')
    await sdkOf(secret).refund({ ...refundOf(14226112), vnp_RequestId: 'rf20260116080000001' })
    expect(sent()).toMatchObject({ vnp_SecureHash: full?.signature })
  })
})

describe('the SDK departs from the text of VNPAY', () => {
  test.each(received.filter((vector) => !sdkAgrees(vector)))('on $name', async (vector) => {
    expect(await sdkVerifies(vector)).toBe(!vector.valid)
  })

  test('and we knew of each of these messages', () => {
    // 16 in all; the other one is the refund request without a number, below.
    expect(vectors.filter((vector) => !sdkAgrees(vector)).length).toBe(16)
    expect(received.filter((vector) => !sdkAgrees(vector)).length).toBe(15)
  })

  test('when it refunds without a number: it signs 0 and sends nothing', async () => {
    const { sent } = answerSdk('{}')
    await sdkOf(secret).refund(refundOf())
    const negative = vectors.find(({ name }) => name === 'neg-refund-req-signed-zero-body-absent')
    expect(sent()).not.toHaveProperty('vnp_TransactionNo')
    expect(sent()).toMatchObject({ vnp_SecureHash: negative?.signature })
    expect(negative?.valid).toBe(false)
  })

  test('when the process runs in Vietnamese time: its clock is seven hours ahead', () => {
    const before = process.env.TZ
    process.env.TZ = 'Asia/Ho_Chi_Minh'
    const stamp = String(dateFormat(getDateInGMT7(new Date('2026-01-15T09:30:00+07:00'))))
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
    expect(stamp).toBe('20260115163000')
  })
})
