// Owns how a merchant joins NAPAS's hosted page: a client with its secret, a user with a password, the channel, the hosts, and the address for notifications.
import { codeOf, credential, defineSimulator } from '../enrol.ts'
import { napasSide } from './side.ts'
import type { NapasAccount } from './terms.ts'

export const napas = defineSimulator<NapasAccount>({
  credentials: (secret) => ({
    client_id: `NP${codeOf(secret('client_id', 12), 8)}`,
    client_secret: secret('client_secret', 24),
    username: `user${codeOf(secret('username', 8), 4)}`,
    password: secret('password', 18),
  }),
  settings: (publicUrl) => ({
    api_url: `${publicUrl}/simulators/napas/api`,
    page_url: `${publicUrl}/simulators/napas/page`,
    channel: '6014',
    server_ip: '203.0.113.1',
  }),
  accountOf: ({ credentials, callbackUrl, tariff }) => ({
    client_id: credential(credentials, 'client_id'),
    client_secret: credential(credentials, 'client_secret'),
    username: credential(credentials, 'username'),
    password: credential(credentials, 'password'),
    callback_url: callbackUrl,
    tariff,
  }),
  side: napasSide,
})
