// Owns how a partner joins Viettel Money: a code, an access code, a key, and the address where orders are checked and results told.
import { codeOf, credential, defineSimulator } from '../enrol.ts'
import { viettelmoneySide } from './side.ts'
import type { ViettelAccount } from './terms.ts'

export const viettelmoney = defineSimulator<ViettelAccount>({
  credentials: (secret) => ({
    merchant_code: `VT${codeOf(secret('merchant_code', 12), 8)}`,
    access_code: secret('access_code', 12),
    hash_key: secret('hash_key', 24),
  }),
  settings: (publicUrl) => ({
    payment_url: `${publicUrl}/simulators/viettelmoney/PaymentGateway/payment`,
    api_url: `${publicUrl}/simulators/viettelmoney/PaymentAPI/webresources/postData`,
  }),
  accountOf: ({ credentials, callbackUrl, tariff }) => ({
    merchant_code: credential(credentials, 'merchant_code'),
    access_code: credential(credentials, 'access_code'),
    hash_key: credential(credentials, 'hash_key'),
    callback_url: callbackUrl,
    tariff,
  }),
  side: viettelmoneySide,
})
