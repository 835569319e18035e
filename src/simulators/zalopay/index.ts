// Owns how a merchant joins ZaloPay: an app with its number and two keys; ZaloPay keeps a callback address for the orders that name none.
import { credential, defineSimulator } from '../enrol.ts'
import { zalopaySide } from './side.ts'
import type { ZalopayAccount } from './terms.ts'

export const zalopay = defineSimulator<ZalopayAccount>({
  credentials: (secret) => ({
    app_id: `9${digitsOf(secret('app_id', 12), 5)}`,
    key1: secret('key1', 24),
    key2: secret('key2', 24),
  }),
  settings: (publicUrl) => ({ api_url: `${publicUrl}/simulators/zalopay` }),
  accountOf: ({ credentials, callbackUrl, tariff }) => ({
    app_id: credential(credentials, 'app_id'),
    key1: credential(credentials, 'key1'),
    key2: credential(credentials, 'key2'),
    callback_url: callbackUrl,
    tariff,
  }),
  side: zalopaySide,
})

const digitsOf = (random: string, length: number): string =>
  Array.from(random.slice(0, length), (letter) => letter.charCodeAt(0) % 10).join('')
