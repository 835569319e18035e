/** The providers through which an agency can be paid, each with its limits and its recent health. */
import { covers } from '../domain/agency-scope.ts'
import { Refusal } from '../domain/refusal.ts'
import { SealedBoxError } from '../lib/sealed-box.ts'
import { type Limits, type Provider, ProviderError } from '../providers/contract.ts'
import { findPaymentMethods } from '../store/provider-accounts.ts'
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
  const registered = accounts.flatMap((account) => {
    const provider = Object.hasOwn(deps.providers, account.provider) ? deps.providers[account.provider] : undefined
    return provider ? [{ account, provider }] : []
  })
  const [healths, limits] = await Promise.all([
    readHealth(
      deps,
      registered.map(({ account }) => account.id),
      { withDelays: input.withDelays ?? false },
    ),
    Promise.all(registered.map(({ account, provider }) => limitsOf(deps, account.id, provider))),
  ])
  return registered.flatMap(({ account, provider }, index) => {
    const { query, refund } = provider.capabilities
    const health = healths[index]
    if (!health) return []
    return [
      {
        provider: account.provider,
        merchant_account: account.id,
        title: provider.title,
        limits: limits[index] ?? provider.limits,
        capabilities: { query, refund },
        health,
      },
    ]
  })
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
