// Owns this side as a whole: the payer's bank, which moves money or does not, and the services that tell the agency when it has.
import { Hono } from 'hono'
import { forgersKey, type Side } from '../side.ts'
import { nextNumber, type World } from '../world.ts'
import { bankAppRoutes } from './bank-app.tsx'
import { creditMessage, signatureHeaders, signedAt } from './messages.ts'
import { retryPausesMs, type Service, type WatchedAccount } from './terms.ts'
import { transferRoutes } from './transfer-routes.ts'
import { scanTransfer } from './transfers.ts'

export const vietqrSide = (world: World, accounts: readonly WatchedAccount[]): Side => {
  const sign = (at: { account: string; service: Service; body: string | null }, isForged: boolean) => {
    const account = accounts.find((one) => one.account_number === at.account)
    const own = at.service === 'casso' ? account?.casso_key : account?.sepay_hmac_secret
    const secret = isForged ? forgersKey : (own ?? forgersKey)
    return signatureHeaders(at.service, at.body ?? '', { secret, at: world.now() })
  }
  const side: Side = {
    name: 'vietqr',
    title: 'Ngân hàng của người nộp',
    accounts: accounts.map(({ account_number, tariff }) => ({ id: account_number, tariff: tariff ?? {} })),
    retry: { countMax: retryPausesMs.length + 1, everyMs: 60_000, pausesMs: retryPausesMs },
    // A transfer that the bank refuses leaves the code as it was: it may be sent again.
    outcome: ({ details }, result) =>
      result === 'success'
        ? { status: 'success', code: 'in', provider_reference: details.number ?? bankReference(world) }
        : { status: result === 'pending' ? 'pending' : 'open', code: '', provider_reference: '' },
    // Nobody tells the agency of a transfer that did not happen.
    callback: async (payment, isForged) => {
      if (payment.status !== 'success') return null
      const message = creditMessage(payment)
      const service = payment.details.service === 'casso' ? 'casso' : 'sepay'
      return { ...message, headers: await sign({ account: payment.account, service, body: message.body }, isForged) }
    },
    // Whether SePay signs a repeated call anew is not documented; if it does not, the agency refuses it for its age, and the statement tells.
    renew: async ({ account, headers, body, kind }) => {
      const service = 'x-casso-signature' in headers ? 'casso' : 'sepay'
      if (world.now().getTime() - signedAt(headers) < renewAfterMs) return { ...headers }
      return sign({ account, service, body }, kind === 'forged' || kind === 'next_key')
    },
    returnUrl: async () => null,
    accepts: ({ status }) => status >= 200 && status < 300,
    scan: (code) => scanTransfer(world, accounts, code),
    routes: new Hono(),
  }
  side.routes
    .route('/', transferRoutes(world, { accounts, side: () => side }))
    .route('/', bankAppRoutes(world, { accounts, side: () => side }))
  return side
}

/** A call that has waited so long is signed anew when it leaves. */
const renewAfterMs = 60_000

/** As banks number their movements: letters, the day of the year, and a running number. */
const bankReference = (world: World): string => `FT${nextNumber(world)}`
