// Owns how a merchant joins OnePAY: merchant id, access code, a hash key in hex, a user for queries, and the IPN address of the account.
import { codeOf, credential, defineSimulator } from '../enrol.ts'
import { onepaySide } from './side.ts'
import type { OnepayAccount } from './terms.ts'

export const onepay = defineSimulator<OnepayAccount>({
  credentials: (secret) => ({
    merchant: `OP${codeOf(secret('merchant', 12), 8)}`,
    access_code: codeOf(secret('access_code', 12), 8),
    hash_key: hexOf(secret('hash_key', 16)),
    user: `op${codeOf(secret('user', 6), 6)}`,
    password: secret('password', 12),
  }),
  settings: (publicUrl) => ({
    payment_url: `${publicUrl}/simulators/onepay/paygate/vpcpay.op`,
    query_url: `${publicUrl}/simulators/onepay/msp/api/v1/vpc/invoices/queries`,
  }),
  accountOf: ({ credentials, callbackUrl, tariff }) => ({
    merchant: credential(credentials, 'merchant'),
    access_code: credential(credentials, 'access_code'),
    hash_key: credential(credentials, 'hash_key'),
    user: credential(credentials, 'user'),
    password: credential(credentials, 'password'),
    ipn_url: callbackUrl,
    tariff,
  }),
  side: onepaySide,
})

/** 32 hex digits of a random base64url text. */
const hexOf = (random: string): string =>
  Array.from(atob(random.replaceAll('-', '+').replaceAll('_', '/')), (byte) =>
    byte.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase(),
  )
    .join('')
    .slice(0, 32)
    .padEnd(32, '0')
