// The one list of simulated providers. A line here is all that the rest of the simulators learn of a provider.
import type { SimulatedProvider } from './enrol.ts'
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

export const simulatedProviders: Readonly<Record<string, SimulatedProvider>> = {
  vnpay,
  momo,
  vietqr,
  keypay,
  onepay,
  payos,
  payoo,
  zalopay,
  napas,
  vnptpay,
  paygov,
  viettelmoney,
  megapay,
}
