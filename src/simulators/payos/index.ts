// Owns how a merchant joins payOS: a payment channel with its three keys, and the one webhook address of the channel.
import { credential, defineSimulator } from '../enrol.ts'
import { payosSide } from './side.ts'
import type { PayosAccount } from './terms.ts'

export const payos = defineSimulator<PayosAccount>({
  credentials: (secret) => ({
    client_id: secret('client_id', 24),
    api_key: secret('api_key', 24),
    checksum_key: secret('checksum_key', 32),
  }),
  settings: (publicUrl) => ({
    api_url: `${publicUrl}/simulators/payos`,
    checkout_host: new URL(publicUrl).host,
  }),
  accountOf: ({ credentials, callbackUrl, tariff }) => ({
    client_id: credential(credentials, 'client_id'),
    api_key: credential(credentials, 'api_key'),
    checksum_key: credential(credentials, 'checksum_key'),
    webhook_url: callbackUrl,
    tariff,
  }),
  side: payosSide,
})
