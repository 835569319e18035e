// Owns how a merchant joins MoMo: a partner code and two keys; addresses come with each request.
import { codeOf, credential, defineSimulator } from '../enrol.ts'
import { momoSide } from './side.ts'
import type { MomoAccount } from './terms.ts'

export const momo = defineSimulator<MomoAccount>({
  credentials: (secret) => ({
    partner_code: `MOMO${codeOf(secret('partner_code', 12), 8)}`,
    access_key: secret('access_key', 12),
    secret_key: secret('secret_key', 24),
  }),
  settings: (publicUrl) => ({ api_url: `${publicUrl}/simulators/momo` }),
  accountOf: ({ credentials, tariff }) => ({
    partner_code: credential(credentials, 'partner_code'),
    access_key: credential(credentials, 'access_key'),
    secret_key: credential(credentials, 'secret_key'),
    tariff,
  }),
  side: momoSide,
})
