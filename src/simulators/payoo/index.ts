// Owns how a shop joins Payoo: a business user, the shop as it is registered, a check sum key, and the host. Addresses of notices come with each order.
import { codeOf, credential, defineSimulator } from '../enrol.ts'
import { payooSide } from './side.ts'
import type { PayooAccount } from './terms.ts'

export const payoo = defineSimulator<PayooAccount>({
  credentials: (secret) => ({
    business_username: `lephi${codeOf(secret('business_username', 8), 4)}_BizAPI`,
    shop_id: String(1_000 + (Number.parseInt(codeOf(secret('shop_id', 8), 6), 36) % 9_000)),
    shop_title: 'Thu phi dich vu cong',
    shop_domain: 'https://dichvucong.example.vn',
    checksum_key: secret('checksum_key', 24),
  }),
  settings: (publicUrl) => ({ api_url: `${publicUrl}/simulators/payoo/v2/paynow` }),
  accountOf: ({ credentials, tariff }) => ({
    business_username: credential(credentials, 'business_username'),
    shop_id: credential(credentials, 'shop_id'),
    shop_title: credential(credentials, 'shop_title'),
    shop_domain: credential(credentials, 'shop_domain'),
    checksum_key: credential(credentials, 'checksum_key'),
    tariff,
  }),
  side: payooSide,
})
