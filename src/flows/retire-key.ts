/** A merchant account's former key ends: by hand once nothing needs it any more, and never of itself while something does. */
import type { Caller } from '../domain/access.ts'
import { Refusal } from '../domain/refusal.ts'
import type { WithKeys } from '../store/merchant-accounts.ts'
import { endFormerKey, keyWasUsed, prolongKeys } from '../store/merchant-keys.ts'
import { readMerchantAccount } from './change-merchant-account.ts'
import { type Connection, findConnection } from './connect-provider.ts'
import type { Deps } from './deps.ts'
import { mayNow } from './sparingly.ts'

/** So long after its last callback a key is taken to be no longer used by its provider. */
const quietDefaultMs = 24 * 3_600_000
const quietMsOf = (deps: Deps): number => deps.keyQuietMs ?? quietDefaultMs

/**
 * Ends a former key now. One that has ended is answered as it is. Throws Refusal `not_found`, and `secret_in_use` for the current key, for one that proved a
 * callback lately, and for one under which a payment was started that has no end yet. After a leak, rotate with an overlap of 0 instead.
 */
export const retireKey = async (
  deps: Deps,
  caller: Caller,
  { id, keyId }: { id: string; keyId: string },
): Promise<WithKeys> => {
  const account = await readMerchantAccount(deps, caller, id)
  const key = account.keys.find((each) => each.id === keyId)
  if (!key) throw new Refusal('not_found', 'There is no such key.')
  if (key.endedAt) return account
  if (!key.retiresAt) throw new Refusal('secret_in_use', 'This is the current key; rotate it first.')
  const now = deps.now()
  const quietSince = new Date(now.getTime() - quietMsOf(deps))
  const { agencyCode } = account
  const isEnded = await endFormerKey(deps.db, { merchantAccountId: id, agencyCode, keyId, now, quietSince })
  if (!isEnded) {
    const isHeard = key.lastUsedAt !== null && key.lastUsedAt > quietSince
    throw new Refusal(
      'secret_in_use',
      isHeard
        ? 'The key proved a callback lately; its provider still signs with it.'
        : 'A payment that was started under the key has no end yet.',
    )
  }
  deps.log.info({ merchant_account: id, key_id: keyId, by: caller.clientId }, 'merchant key retired')
  await findConnection(deps, id, { fresh: true })
  return readMerchantAccount(deps, caller, id)
}

/** Keeps former keys that are still in use from ending, with a log line for whoever should see to it that the provider changes over. */
export const prolongUsedKeys = async (deps: Deps): Promise<number> => {
  const kept = await prolongKeys(deps.db, { now: deps.now(), quietMs: quietMsOf(deps) })
  for (const { keyId, merchantAccountId, provider, retiresAt } of kept) {
    deps.metrics.count('lephi_key_prolonged_total', { provider })
    deps.log.warn(
      { merchant_account: merchantAccountId, provider, key_id: keyId, until: retiresAt.toISOString() },
      'former merchant key is still in use and was prolonged',
    )
  }
  return kept.length
}

/** A callback was proved by that key: counted, logged, and remembered once a minute. */
export const noteKeyUse = (deps: Deps, { account, clients }: Connection, keyId: string): void => {
  const { id, provider } = account
  const key = clients[0]?.keyId === keyId ? 'current' : 'former'
  deps.metrics.count('lephi_callback_key_total', { provider, key })
  deps.log.info({ merchant_account: id, provider, key_id: keyId, key }, 'callback proved')
  if (!mayNow(deps, 'note_key', keyId)) return
  deps.defer(
    keyWasUsed(deps.db, keyId, deps.now()).catch((error: unknown) =>
      deps.log.warn({ key_id: keyId, error }, 'use of a key not noted'),
    ),
  )
}
