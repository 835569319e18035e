/** Binds a provider to one merchant account: reads the account, opens its sealed credentials, and keeps the result for a few seconds. */
import type { Operation } from '../domain/call-budget.ts'
import { type HostList, hostListProblem } from '../domain/outgoing-hosts.ts'
import { Refusal } from '../domain/refusal.ts'
import { sealedFor } from '../domain/sealed-columns.ts'
import { type FetchPort, type Provider, type ProviderClient, ProviderError } from '../providers/contract.ts'
import { findProviderAccount, type ProviderAccount } from '../store/provider-accounts.ts'
import { callWithin } from './call-provider.ts'
import type { Deps } from './deps.ts'
import { findHostLists } from './find-host-lists.ts'

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
type Opened = { account: ProviderAccount; provider: Provider; keys: readonly OpenedKey[]; lists: ReadLists }
/** Read before something is first sent, and not of its time budget: what is received needs none. */
type ReadLists = () => Promise<readonly HostList[]>
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
  return { account, provider, keys, lists: listsOf(deps, account.agencyCode) }
}

const listsOf = (deps: Deps, agencyCode: string): ReadLists => {
  let lists: Promise<readonly HostList[]> | null = null
  return async () => {
    try {
      lists ??= findHostLists(deps, agencyCode)
      return await lists
    } catch (cause) {
      lists = null
      throw new ProviderError('unreachable', 'whether the address may be called is not known', { cause })
    }
  }
}

/** The account for the use of one flow: its calls end with that flow's deadline. */
const bind = (deps: Deps, { keys, ...opened }: Opened): Connection | null => {
  const { account, provider } = opened
  const clients = keys.map((key) => ({ keyId: key.keyId, client: clientOf(deps, opened, key) }))
  const [current] = clients
  return current ? { account, provider, client: current.client, clients } : null
}

/** Lets nothing be called that a list does not allow, though it was entered before that list was: nothing was sent then. */
const withinLists =
  (deps: Deps, fetch: FetchPort, about: { lists: readonly HostList[]; merchantAccountId: string }): FetchPort =>
  async (url, init) => {
    const problem = hostListProblem(url, about.lists)
    if (problem === null) return fetch(url, init)
    deps.log.error(
      { merchant_account: about.merchantAccountId, problem },
      'the address of a merchant account is not allowed',
    )
    throw new ProviderError(
      'unreachable',
      'the address of the merchant account is not among those that may be called',
      {
        code: 'host_not_allowed',
      },
    )
  }

const clientOf = (
  deps: Deps,
  { account, provider, lists }: Omit<Opened, 'keys'>,
  { keyId, offline, connect }: OpenedKey,
): ProviderClient => {
  const { id: merchantAccountId, agencyCode } = account
  const calling = { merchantAccountId, agencyCode, provider: account.provider, keyId, patienceMs: provider.patienceMs }
  const within = async <Answer>(
    operation: Operation,
    call: (client: ProviderClient) => Promise<Answer> | undefined,
  ): Promise<Answer> => {
    const about = { lists: await lists(), merchantAccountId }
    return callWithin(deps, operation, calling, async (fetch) => {
      const answer = call(connect(withinLists(deps, fetch, about)))
      if (!answer) throw new ProviderError('rejected', `the provider has no ${operation}`)
      return answer
    })
  }
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
