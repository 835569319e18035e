// Owns how an agency joins the national payment platform: a partner code, a secret, and the two addresses that the platform keeps.
import { codeOf, credential, defineSimulator } from '../enrol.ts'
import { pipedSide } from '../piped-side.ts'
import type { PipedMerchant } from '../piped-terms.ts'
import { terms } from './terms.ts'

export const paygov = defineSimulator<PipedMerchant>({
  credentials: (secret) => ({
    partner_code: `DVC${codeOf(secret('partner_code', 12), 8)}`,
    secret_key: secret('secret_key', 24),
  }),
  settings: (publicUrl) => ({
    init_url: `${publicUrl}/simulators/paygov${terms.paths.init}`,
    query_url: `${publicUrl}/simulators/paygov${terms.paths.query}`,
    pay_hosts: new URL(publicUrl).host,
  }),
  accountOf: ({ credentials, callbackUrl, returnUrl, tariff }) => ({
    id: credential(credentials, 'partner_code'),
    secret_key: credential(credentials, 'secret_key'),
    bearer: null,
    callback_url: callbackUrl,
    return_url: returnUrl,
    tariff,
  }),
  side: pipedSide(terms),
})
