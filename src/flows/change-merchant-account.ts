/** A merchant account's readable members change, or its key is rotated with an overlap in which both keys verify callbacks. */
import type { Caller } from '../domain/access.ts'
import { Refusal } from '../domain/refusal.ts'
import { isConflict } from '../store/database.ts'
import {
  findMerchantAccount,
  type MerchantAccountChanges,
  replaceKey,
  updateMerchantAccount,
  type WithKeys,
} from '../store/merchant-accounts.ts'
import { sealKey } from './add-merchant-account.ts'
import { checkAccount, knownProvider } from './check-account.ts'
import { credentialsContext, findConnection } from './connect-provider.ts'
import type { Deps } from './deps.ts'
import { findHostLists } from './find-host-lists.ts'

/** The account as the caller may see it. Throws Refusal `not_found`. */
export const readMerchantAccount = async (deps: Deps, caller: Caller, id: string): Promise<WithKeys> => {
  const account = await findMerchantAccount(deps.db, caller, id)
  if (!account) throw new Refusal('not_found', 'There is no such merchant account.')
  return account
}

/** Changes it and answers it as it is then. New settings are checked together with the current credentials. Throws Refusal as `checkAccount` does. */
export const changeMerchantAccount = async (
  deps: Deps,
  caller: Caller,
  { id, changes }: { id: string; changes: MerchantAccountChanges },
): Promise<WithKeys> => {
  const account = await readMerchantAccount(deps, caller, id)
  if (changes.settings) {
    const credentials = await openCurrentKey(deps, account)
    const lists = await findHostLists(deps, account.agencyCode)
    checkAccount(deps, knownProvider(deps, account.provider), { credentials, settings: changes.settings }, lists)
  }
  if (Object.keys(changes).length > 0) await updateMerchantAccount(deps.db, caller, { id, changes, now: deps.now() })
  deps.log.info(
    { merchant_account: id, by: caller.clientId, changed: Object.keys(changes) },
    'merchant account changed',
  )
  return readMerchantAccount(deps, caller, id)
}

/**
 * Makes other credentials the current key; the former verifies callbacks for `overlapHours` more. Throws Refusal `secret_in_use` while an earlier key is
 * still in its overlap (with an overlap of 0 hours, as after a leak, every former key ends at once instead), `conflict` when another rotation was faster.
 */
export const rotateMerchantKey = async (
  deps: Deps,
  caller: Caller,
  { id, credentials, overlapHours }: { id: string; credentials: Record<string, unknown>; overlapHours: number },
): Promise<WithKeys> => {
  const account = await readMerchantAccount(deps, caller, id)
  const now = deps.now()
  // Without the lists of hosts: after a leak a key can be changed whatever became of the addresses meanwhile.
  checkAccount(deps, knownProvider(deps, account.provider), { credentials, settings: account.settings })
  const former = account.keys.find((key) => key.retiresAt === null)
  const earlier = account.keys.find((key) => key.retiresAt !== null && key.retiresAt > now)
  if (earlier && overlapHours > 0) {
    throw new Refusal(
      'secret_in_use',
      'The key before the current one is still in its overlap; rotate again when it has retired.',
    )
  }
  if (!former) throw new Refusal('conflict', 'The merchant account has no current key.')
  const key = await sealKey(deps, id, credentials)
  const retiresAt = new Date(now.getTime() + overlapHours * 3_600_000)
  try {
    await replaceKey(deps.db, account, { key, formerId: former.id, retiresAt, endsAtOnce: overlapHours === 0 })
  } catch (error) {
    if (isConflict(error)) throw new Refusal('conflict', 'The key was rotated by somebody else.', { cause: error })
    throw error
  }
  deps.log.info({ merchant_account: id, key: key.id, by: caller.clientId }, 'merchant key rotated')
  // This process signs with it at once, others when they read the account again.
  await findConnection(deps, id, { fresh: true })
  return readMerchantAccount(deps, caller, id)
}

const openCurrentKey = async (deps: Deps, account: WithKeys): Promise<Record<string, unknown>> => {
  const current = account.keys.find((key) => key.retiresAt === null)
  if (!current) throw new Refusal('conflict', 'The merchant account has no current key.')
  const opened = await deps.box.open(current.sealed, credentialsContext(account.id))
  const credentials: unknown = JSON.parse(new TextDecoder().decode(opened))
  return typeof credentials === 'object' && credentials !== null ? { ...credentials } : {}
}
