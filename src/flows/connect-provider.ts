/** Binds a provider to one merchant account: reads the account, opens its sealed credentials, and keeps the result for a few seconds. */
import type { Operation } from '../domain/call-budget.ts'
import { Refusal } from '../domain/refusal.ts'
import { sealedFor } from '../domain/sealed-columns.ts'
import { type FetchPort, type Provider, type ProviderClient, ProviderError } from '../providers/contract.ts'
import { findProviderAccount, type ProviderAccount } from '../store/provider-accounts.ts'
import { callWithin } from './call-provider.ts'
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
const kept = new WeakMap<Deps['db'], Map<string, { opened: Opened; until: number }>>()

/** The connection, or null when there is no such merchant account. `fresh` reads the account anew. */
export const findConnection = async (
  deps: Deps,
  merchantAccountId: string,
  options: { fresh?: boolean } = {},
): Promise<Connection | null> => {
  const cache = kept.get(deps.db) ?? new Map<string, { opened: Opened; until: number }>()
  kept.set(deps.db, cache)
  const now = deps.now()
  const known = cache.get(merchantAccountId)
  if (known && !options.fresh && known.until > now.getTime()) return bind(deps, known.opened)
  const account = await findProviderAccount(deps.db, merchantAccountId, now)
  const opened = account && (await open(deps, account))
  if (cache.size >= keptMax) cache.clear()
  if (opened) cache.set(merchantAccountId, { opened, until: now.getTime() + keptMs })
  return opened && bind(deps, opened)
}

/** Like findConnection, for callers that hold a reference to the account already. Throws Refusal `provider_not_available`. */
export const connectProvider = async (deps: Deps, merchantAccountId: string): Promise<Connection> => {
  const connection = await findConnection(deps, merchantAccountId)
  if (!connection)
    throw new Refusal('provider_not_available', 'The merchant account has no usable provider or credentials.')
  return connection
}

/** The context that seals the credentials of an account. */
export const credentialsContext = (merchantAccountId: string): string => sealedFor.credentials(merchantAccountId)

/** An account with its keys opened: what is kept for a few seconds, whoever it is used by. */
type Opened = { account: ProviderAccount; provider: Provider; keys: readonly OpenedKey[] }
/** `offline` sends nothing: for limits, and for what is received. `connect` binds to a network. */
type OpenedKey = { keyId: string; offline: ProviderClient; connect: (fetch: FetchPort) => ProviderClient }

const open = async (deps: Deps, account: ProviderAccount): Promise<Opened | null> => {
  const provider = Object.hasOwn(deps.providers, account.provider) ? deps.providers[account.provider] : undefined
  if (!provider) return null
  const { now, newId } = deps
  const keys = await Promise.all(
    account.keys.map(async (key) => {
      const opened = await deps.box.open(key.sealed, credentialsContext(account.id))
      const credentials: unknown = JSON.parse(new TextDecoder().decode(opened))
      if (typeof credentials !== 'object' || credentials === null)
        throw new ProviderError('rejected', 'stored credentials are not an object')
      const members = { ...account.settings, ...credentials }
      const connect = (fetch: FetchPort) =>
        provider.connect(members, { fetch, now, newId: () => newId('req').replace('_', '') })
      return { keyId: key.id, offline: connect(deps.fetch), connect }
    }),
  )
  return { account, provider, keys }
}

/** The account for the use of one flow: its calls end with that flow's deadline. */
const bind = (deps: Deps, { account, provider, keys }: Opened): Connection | null => {
  const clients = keys.map((key) => ({ keyId: key.keyId, client: clientOf(deps, { account, provider }, key) }))
  const [current] = clients
  return current ? { account, provider, client: current.client, clients } : null
}

const clientOf = (
  deps: Deps,
  { account, provider }: Pick<Opened, 'account' | 'provider'>,
  { keyId, offline, connect }: OpenedKey,
): ProviderClient => {
  const { id: merchantAccountId, agencyCode } = account
  const calling = { merchantAccountId, agencyCode, provider: account.provider, keyId, patienceMs: provider.patienceMs }
  const within = <Answer>(operation: Operation, call: (client: ProviderClient) => Promise<Answer> | undefined) =>
    callWithin(deps, operation, calling, async (fetch) => {
      const answer = call(connect(fetch))
      if (!answer) throw new ProviderError('rejected', `the provider has no ${operation}`)
      return answer
    })
  return {
    ...offline,
    startPayment: (payment) => within('start', (client) => client.startPayment(payment)),
    ...(offline.queryPayment
      ? { queryPayment: (payment) => within('query', (client) => client.queryPayment?.(payment)) }
      : {}),
    ...(offline.refundPayment
      ? { refundPayment: (refund) => within('refund', (client) => client.refundPayment?.(refund)) }
      : {}),
    ...(offline.queryRefund
      ? { queryRefund: (refund) => within('refund_query', (client) => client.queryRefund?.(refund)) }
      : {}),
  }
}
