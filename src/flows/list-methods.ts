/** The providers through which an agency can be paid, each with its limits and its recent health. */
import { covers } from '../domain/agency-scope.ts'
import { Refusal } from '../domain/refusal.ts'
import { SealedBoxError } from '../lib/sealed-box.ts'
import { type Limits, type Provider, ProviderError } from '../providers/contract.ts'
import { findPaymentMethods, type PaymentMethod } from '../store/provider-accounts.ts'
import { findConnection } from './connect-provider.ts'
import type { Deps } from './deps.ts'
import { type Health, readHealth } from './read-health.ts'

export type Method = {
  provider: string
  merchant_account: string
  title: { vi: string; en: string }
  /** Those of the account's own contract where it has some. */
  limits: Limits
  capabilities: { query: boolean; refund: boolean }
  health: Health
}

/** Methods in order of provider name. `withDelays` tells how late callbacks are, too. Throws Refusal `not_found` for an agency outside the scope. */
export const listMethods = async (
  deps: Deps,
  input: { scope: string; agencyCode: string; withDelays?: boolean },
): Promise<readonly Method[]> => {
  if (!covers(input.scope, input.agencyCode)) throw new Refusal('not_found', 'There is no such agency.')
  const accounts = await findPaymentMethods(deps.db, input.agencyCode)
  const healths = readHealth(
    deps,
    accounts.map(({ id }) => id),
    { withDelays: input.withDelays ?? false },
  )
  return methodsOf(deps, accounts, healths)
}

/** The methods that these accounts are, each with its health; an account of a provider that is no longer registered is none. */
export const methodsOf = async (
  deps: Deps,
  accounts: readonly PaymentMethod[],
  healths: readonly Health[] | Promise<readonly Health[]>,
): Promise<readonly Method[]> => {
  const methods = accounts.map(async (account, index): Promise<Method[]> => {
    const provider = Object.hasOwn(deps.providers, account.provider) ? deps.providers[account.provider] : undefined
    if (!provider) return []
    const [limits, each] = await Promise.all([limitsOf(deps, account.id, provider), healths])
    const health = each[index]
    if (!health) return []
    const { title, capabilities } = provider
    const { query, refund } = capabilities
    const merchant_account = account.id
    return [{ provider: account.provider, merchant_account, title, limits, capabilities: { query, refund }, health }]
  })
  // The healths are waited for where no account needs them, too: a rejection that nobody hears ends the process.
  const [found] = await Promise.all([Promise.all(methods), healths])
  return found.flat()
}

/** An account that cannot be used is still listed, with what its provider takes at most: the list is no place to find that out. */
const limitsOf = async (deps: Deps, merchantAccountId: string, provider: Provider): Promise<Limits> => {
  try {
    return (await findConnection(deps, merchantAccountId))?.client.limits ?? provider.limits
  } catch (error) {
    if (!(error instanceof ProviderError) && !(error instanceof SealedBoxError)) throw error
    deps.log.error({ merchant_account: merchantAccountId, error }, 'a merchant account cannot be used')
    return provider.limits
  }
}
