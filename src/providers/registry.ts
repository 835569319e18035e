/** The one list of providers. A line here is all that the rest of the house learns of a provider. */
import type { Provider } from './contract.ts'
import { keypay } from './keypay/index.ts'
import { megapay } from './megapay/index.ts'
import { momo } from './momo/index.ts'
import { napas } from './napas/index.ts'
import { onepay } from './onepay/index.ts'
import { paygov } from './paygov/index.ts'
import { payoo } from './payoo/index.ts'
import { payos } from './payos/index.ts'
import { vietqr } from './vietqr/index.ts'
import { viettelmoney } from './viettelmoney/index.ts'
import { vnpay } from './vnpay/index.ts'
import { vnptpay } from './vnptpay/index.ts'
import { zalopay } from './zalopay/index.ts'

export const registry: Readonly<Record<string, Provider>> = {
  keypay,
  megapay,
  momo,
  napas,
  onepay,
  paygov,
  payos,
  payoo,
  vietqr,
  viettelmoney,
  vnpay,
  vnptpay,
  zalopay,
}

/** The provider of that name; null for a name that nobody registered, inherited object members included. */
export const findProvider = (name: string): Provider | null =>
  Object.hasOwn(registry, name) ? (registry[name] ?? null) : null
