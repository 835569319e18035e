// Owns how a client joins KeyPay: an id, one key for each direction, the callback address that KeyPay keeps, and how to read its detail answer.
import { codeOf, credential, defineSimulator } from '../enrol.ts'
import { keypaySide } from './side.ts'
import { detailStates, type KeypayAccount } from './terms.ts'

export const keypay = defineSimulator<KeypayAccount>({
  credentials: (secret) => ({
    client_id: `KP${codeOf(secret('client_id', 12), 8)}`,
    client_key_1: secret('client_key_1', 24),
    client_key_2: secret('client_key_2', 24),
  }),
  settings: (publicUrl) => ({
    create_url: `${publicUrl}/simulators/keypay/api/v3/create`,
    detail_url: `${publicUrl}/simulators/keypay/api/v3/detail`,
    detail_command: 'DETAIL',
    detail_status_field: 'status',
    detail_paid_value: detailStates.paid,
    detail_failed_value: detailStates.failed,
    detail_unknown_value: detailStates.unknown,
    detail_amount_field: 'trans_amount',
    detail_reference_field: 'transaction_code',
  }),
  accountOf: ({ credentials, callbackUrl, tariff }) => ({
    client_id: credential(credentials, 'client_id'),
    client_key_1: credential(credentials, 'client_key_1'),
    client_key_2: credential(credentials, 'client_key_2'),
    callback_url: callbackUrl,
    tariff,
  }),
  side: keypaySide,
})
