// Owns how an agency's bank account comes to be watched: the account is the agency's own, the secrets come from the two services.
import { credential, defineSimulator } from '../enrol.ts'
import { vietqrSide } from './side.ts'
import type { WatchedAccount } from './terms.ts'

export const vietqr = defineSimulator<WatchedAccount>({
  page: 'bank-app',
  credentials: (secret, payee) => ({
    bank_bin: payee.bank_bin,
    account_number: payee.number,
    account_holder: payee.holder,
    sepay_hmac_secret: secret('sepay_hmac_secret', 32),
    casso_key: secret('casso_key', 48),
  }),
  // Nothing is called: the gateway makes the codes by itself.
  settings: () => ({}),
  accountOf: ({ credentials, callbackUrl, tariff }) => ({
    bank_bin: credential(credentials, 'bank_bin'),
    account_number: credential(credentials, 'account_number'),
    account_holder: credential(credentials, 'account_holder'),
    sepay_hmac_secret: credential(credentials, 'sepay_hmac_secret'),
    casso_key: credential(credentials, 'casso_key'),
    callback_url: callbackUrl,
    tariff,
  }),
  side: vietqrSide,
})
