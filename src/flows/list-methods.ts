/** The providers through which an agency can be paid, each with its limits and its recent health. */
import { covers } from '../domain/agency-scope.ts'
import { Refusal } from '../domain/refusal.ts'
import { type Limits, type Provider, ProviderError } from '../providers/contract.ts'
import { findPaymentMethods } from '../store/provider-accounts.ts'
import { readRecent } from '../store/provider-health.ts'
import { findConnection } from './connect-provider.ts'
import type { Deps } from './deps.ts'

export type Method = {
  provider: string
  merchant_account: string
  title: { vi: string; en: string }
  /** Those of the account's own contract where it has some. */
  limits: Limits
  capabilities: { query: boolean; refund: boolean }
  health: { status: 'up' | 'degraded' | 'unknown'; attempts: number; unanswered: number; captured: number }
}

const windowMs = 15 * 60_000

/** Methods in order of provider name. Throws Refusal `not_found` for an agency outside the scope. */
export const listMethods = async (
  deps: Deps,
  input: { scope: string; agencyCode: string },
): Promise<readonly Method[]> => {
  if (!covers(input.scope, input.agencyCode)) throw new Refusal('not_found', 'There is no such agency.')
  const accounts = await findPaymentMethods(deps.db, input.agencyCode)
  const registered = accounts.flatMap((account) => {
    const provider = Object.hasOwn(deps.providers, account.provider) ? deps.providers[account.provider] : undefined
    return provider ? [{ account, provider }] : []
  })
  const since = new Date(deps.now().getTime() - windowMs)
  const [recent, limits] = await Promise.all([
    readRecent(
      deps.db,
      registered.map(({ account }) => account.id),
      since,
    ),
    Promise.all(registered.map(({ account, provider }) => limitsOf(deps, account.id, provider))),
  ])
  return registered.map(({ account, provider }, index) => {
    const { started = 0, silent = 0, captured = 0 } = recent.find((each) => each.merchantAccountId === account.id) ?? {}
    const { query, refund } = provider.capabilities
    return {
      provider: account.provider,
      merchant_account: account.id,
      title: provider.title,
      limits: limits[index] ?? provider.limits,
      capabilities: { query, refund },
      health: { status: healthOf(started, silent), attempts: started, unanswered: silent, captured },
    }
  })
}

/** An account that cannot be used is still listed, with what its provider takes at most: the list is no place to find that out. */
const limitsOf = async (deps: Deps, merchantAccountId: string, provider: Provider): Promise<Limits> => {
  try {
    return (await findConnection(deps, merchantAccountId))?.client.limits ?? provider.limits
  } catch (error) {
    if (error instanceof ProviderError) return provider.limits
    throw error
  }
}

const healthOf = (started: number, silent: number): Method['health']['status'] => {
  if (started === 0) return 'unknown'
  return started >= 5 && silent * 3 >= started ? 'degraded' : 'up'
}
