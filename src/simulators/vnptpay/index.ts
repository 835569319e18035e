// Owns how a merchant joins VNPT Pay: a service id, an API key, a secret, and the two addresses that VNPT keeps.
import { credential, defineSimulator } from '../enrol.ts'
import { pipedSide } from '../piped-side.ts'
import type { PipedMerchant } from '../piped-terms.ts'
import { terms } from './terms.ts'

export const vnptpay = defineSimulator<PipedMerchant>({
  credentials: (secret) => ({
    merchant_service_id: digitsOf(secret('merchant_service_id', 12)),
    secret_key: secret('secret_key', 24),
    api_key: secret('api_key', 24),
  }),
  settings: (publicUrl) => ({
    init_url: `${publicUrl}/simulators/vnptpay${terms.paths.init}`,
    query_url: `${publicUrl}/simulators/vnptpay${terms.paths.query}`,
    pay_hosts: new URL(publicUrl).host,
  }),
  accountOf: ({ credentials, callbackUrl, returnUrl, tariff }) => ({
    id: credential(credentials, 'merchant_service_id'),
    secret_key: credential(credentials, 'secret_key'),
    bearer: credential(credentials, 'api_key'),
    callback_url: callbackUrl,
    return_url: returnUrl,
    tariff,
  }),
  side: pipedSide(terms),
})

/** Six digits of a random text. */
const digitsOf = (random: string): string =>
  Array.from(random.slice(0, 6), (letter) => String(letter.charCodeAt(0) % 10)).join('')
