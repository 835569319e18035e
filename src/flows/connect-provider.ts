/** Binds a provider to one merchant account: reads the account, opens its sealed credentials, and keeps the result for a few seconds. */
import { Refusal } from '../domain/refusal.ts'
import { type Provider, type ProviderClient, ProviderError } from '../providers/contract.ts'
import { findProviderAccount, type ProviderAccount } from '../store/provider-accounts.ts'
import type { Deps } from './deps.ts'

export type Connection = {
  account: ProviderAccount
  provider: Provider
  /** Bound to the current key: for everything that we send. */
  client: ProviderClient
  /** One client per valid key, the current one first: for what we receive while a key is rotated. */
  clients: readonly { keyId: string; client: ProviderClient }[]
}

/** How long an account is used without asking the database again. A new key is noticed at once, see `fresh`. */
const keptMs = 10_000
const keptMax = 1_000
const kept = new WeakMap<Deps['db'], Map<string, { connection: Connection; until: number }>>()

/** The connection, or null when there is no such merchant account. `fresh` reads the account anew. */
export const findConnection = async (
  deps: Deps,
  merchantAccountId: string,
  options: { fresh?: boolean } = {},
): Promise<Connection | null> => {
  const cache = kept.get(deps.db) ?? new Map<string, { connection: Connection; until: number }>()
  kept.set(deps.db, cache)
  const now = deps.now()
  const known = cache.get(merchantAccountId)
  if (known && !options.fresh && known.until > now.getTime()) return known.connection
  const account = await findProviderAccount(deps.db, merchantAccountId, now)
  const connection = account && (await connect(deps, account))
  if (cache.size >= keptMax) cache.clear()
  if (connection) cache.set(merchantAccountId, { connection, until: now.getTime() + keptMs })
  return connection
}

/** Like findConnection, for callers that hold a reference to the account already. Throws Refusal `provider_not_available`. */
export const connectProvider = async (deps: Deps, merchantAccountId: string): Promise<Connection> => {
  const connection = await findConnection(deps, merchantAccountId)
  if (!connection)
    throw new Refusal('provider_not_available', 'The merchant account has no usable provider or credentials.')
  return connection
}

/** The context that seals the credentials of an account. */
export const credentialsContext = (merchantAccountId: string): string => `merchant_account:${merchantAccountId}`

const connect = async (deps: Deps, account: ProviderAccount): Promise<Connection | null> => {
  const provider = Object.hasOwn(deps.providers, account.provider) ? deps.providers[account.provider] : undefined
  if (!provider) return null
  const ports = { fetch: deps.fetch, now: deps.now, newId: () => deps.newId('req').replace('_', '') }
  const clients = await Promise.all(
    account.keys.map(async (key) => {
      const opened = await deps.box.open(key.sealed, credentialsContext(account.id))
      const credentials: unknown = JSON.parse(new TextDecoder().decode(opened))
      if (typeof credentials !== 'object' || credentials === null)
        throw new ProviderError('rejected', 'stored credentials are not an object')
      return { keyId: key.id, client: provider.connect({ ...account.settings, ...credentials }, ports) }
    }),
  )
  const [current] = clients
  return current ? { account, provider, client: current.client, clients } : null
}
