// Owns how a merchant joins VNPAY: a terminal code, its secret, and the IPN address that VNPAY keeps for the terminal.
import { codeOf, credential, defineSimulator } from '../enrol.ts'
import { vnpaySide } from './side.ts'
import type { VnpayAccount } from './terms.ts'

export const vnpay = defineSimulator<VnpayAccount>({
  credentials: (secret) => ({ tmn_code: codeOf(secret('tmn_code', 12), 8), hash_secret: secret('hash_secret', 24) }),
  settings: (publicUrl) => ({
    payment_url: `${publicUrl}/simulators/vnpay/paymentv2/vpcpay.html`,
    api_url: `${publicUrl}/simulators/vnpay/merchant_webapi/api/transaction`,
  }),
  accountOf: ({ credentials, callbackUrl, tariff }) => ({
    tmn_code: credential(credentials, 'tmn_code'),
    hash_secret: credential(credentials, 'hash_secret'),
    ipn_url: callbackUrl,
    tariff,
  }),
  side: vnpaySide,
})
