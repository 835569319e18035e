// Owns how a merchant joins MegaPay: an id, a key and a refund password; addresses come with each payment.
import { codeOf, credential, defineSimulator } from '../enrol.ts'
import { megapaySide } from './side.ts'
import type { MegapayAccount } from './terms.ts'

export const megapay = defineSimulator<MegapayAccount>({
  credentials: (secret) => ({
    mer_id: `MG${codeOf(secret('mer_id', 12), 8)}`,
    encode_key: secret('encode_key', 32),
    refund_password: secret('refund_password', 24),
  }),
  settings: (publicUrl) => ({
    pay_url: `${publicUrl}/simulators/megapay/pg_was/order/init.do`,
    status_url: `${publicUrl}/simulators/megapay/pg_was/order/trxStatus.do`,
    cancel_url: `${publicUrl}/simulators/megapay/pg_was/cancel/paymentCancel.do`,
    pay_type: 'QR',
  }),
  accountOf: ({ credentials, tariff }) => ({
    mer_id: credential(credentials, 'mer_id'),
    encode_key: credential(credentials, 'encode_key'),
    refund_password: credential(credentials, 'refund_password'),
    tariff,
  }),
  side: megapaySide,
})
