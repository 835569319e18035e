// Whether an IPN of VNPAY is genuine: our adapter beside the public SDK, on the same callbacks in the same process.
import { HashAlgorithm, type ReturnQueryFromVNPay, VNPay } from 'vnpay'
import { vnpay } from '../../src/providers/vnpay/index.ts'
import { signedVnpayCallback } from '../kit/vnpay-callback.ts'
import type { Row } from './rows.ts'

const secret = 'FAKEVNPAYSECRETDONOTUSE000000001'

const addresses = {
  payment_url: 'https://pay.vnpay.example/paymentv2/vpcpay.html',
  api_url: 'https://api.vnpay.example/merchant_webapi/api/transaction',
}

/** Both take the query as it came; ours also reads what became of the payment. The better of three rounds of each, turn by turn. */
export const measureVerify = async (seconds: number): Promise<Row[]> => {
  const account = { id: 'mac_1', credentials: { tmn_code: 'TESTTMN1', hash_secret: secret } }
  const searches = Array.from({ length: 256 }, (_, index) => {
    const path = signedVnpayCallback(account, `att${index}`, 200_000 + index)
    return path.slice(path.indexOf('?') + 1)
  })
  const sdk = new VNPay({
    tmnCode: 'TESTTMN1',
    secureSecret: secret,
    vnpayHost: 'https://sandbox.vnpayment.vn',
    hashAlgorithm: HashAlgorithm.SHA512,
    enableLog: false,
  })
  const theirs = (search: string) =>
    sdk.verifyIpnCall(Object.fromEntries(new URLSearchParams(search)) as ReturnQueryFromVNPay).isVerified
  const ports = { fetch: () => Promise.reject(new Error('nobody is asked')), now: () => new Date(), newId: () => 'id1' }
  const client = vnpay.connect({ ...addresses, tmn_code: 'TESTTMN1', hash_secret: secret }, ports)
  const nothingStored = { findPayment: async () => null }
  const [headers, body] = [new Headers(), new Uint8Array()]
  const ours = async (search: string) =>
    (await client.readCallback({ method: 'GET', search, headers, body }, nothingStored)).outcomes.length > 0
  const best = { ours: 0, theirs: 0 }
  for (let round = 0; round < 3; round += 1) {
    best.theirs = Math.max(best.theirs, await perSecond(theirs, { searches, seconds }))
    best.ours = Math.max(best.ours, await perSecond(ours, { searches, seconds }))
  }
  return [
    {
      what: 'verify an IPN, beside the SDK',
      clients: 0,
      ours: best.ours,
      floor: best.theirs,
      unit: '/s',
      p50: null,
      p99: null,
      peakMiB: null,
    },
  ]
}

const perSecond = async (
  verify: (search: string) => boolean | Promise<boolean>,
  { searches, seconds }: { searches: readonly string[]; seconds: number },
): Promise<number> => {
  const beganAt = performance.now()
  let count = 0
  while (performance.now() - beganAt < seconds * 1_000)
    for (const search of searches) {
      if (!(await verify(search))) throw new Error('a genuine callback was not believed')
      count += 1
    }
  return (count / (performance.now() - beganAt)) * 1_000
}
