/** Whether a provider's call is genuine: tried with each valid key of the merchant account that its address names. */
import { type CallbackReading, type IncomingRequest, type Lookups, ProviderError } from '../providers/contract.ts'
import type { StoredCallback } from '../store/callbacks.ts'
import { type Connection, findConnection } from './connect-provider.ts'
import type { Deps } from './deps.ts'
import { readPayment } from './read-payment.ts'
import { mayNow } from './sparingly.ts'

/** `keyId` is the key that the signature fits; null where it fits none. */
export type Judgement = { reading: StoredCallback['reading']; content: CallbackReading | null; keyId: string | null }

/**
 * A signature that fits no key may be made with one that was added a moment ago, so the account is read anew; not for each of a flood of forgeries. Answers
 * the connection that was used in the end.
 */
export const judgeCallback = async (
  deps: Deps,
  connection: Connection,
  request: IncomingRequest,
): Promise<{ judgement: Judgement; connection: Connection }> => {
  const first = await readWithKeys(deps, connection, request)
  const { id } = connection.account
  if (first.reading !== 'forged' || !mayNow(deps, 'read_keys', id)) return { judgement: first, connection }
  const fresh = await findConnection(deps, id, { fresh: true })
  const isSame = fresh?.clients.every((each) => connection.clients.some((known) => known.keyId === each.keyId))
  if (!fresh || isSame) return { judgement: first, connection }
  return { judgement: await readWithKeys(deps, fresh, request), connection: fresh }
}

/** Reads a message with each valid key until one fits. */
const readWithKeys = async (deps: Deps, connection: Connection, request: IncomingRequest): Promise<Judgement> => {
  const lookups = lookupsOf(deps, connection.account.id)
  for (const { keyId, client } of connection.clients) {
    try {
      return { reading: 'genuine', content: await client.readCallback(request, lookups), keyId }
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error
      if (error.kind === 'malformed') return { reading: 'malformed', content: null, keyId: null }
      if (error.kind !== 'forged') return { reading: 'foreign', content: null, keyId }
    }
  }
  return { reading: 'forged', content: null, keyId: null }
}

/** What an adapter may look up while it reads or answers a callback of this account. */
export const lookupsOf = (deps: Deps, merchantAccountId: string): Lookups => ({
  findPayment: (merchantReference) => readPayment(deps, { merchantAccountId, merchantReference }),
})
