/** An agency's contract with a provider is entered: checked as the provider will see it, its credentials sealed. */
import type { Caller } from '../domain/access.ts'
import { presentMerchantAccount } from '../domain/present-administration.ts'
import { Refusal } from '../domain/refusal.ts'
import { findAgency } from '../store/agencies.ts'
import { insertMerchantAccount, type KeyRow, type MerchantAccountRow } from '../store/merchant-accounts.ts'
import { checkAccount, knownProvider } from './check-account.ts'
import { credentialsContext } from './connect-provider.ts'
import type { Deps } from './deps.ts'
import { findHostLists } from './find-host-lists.ts'
import type { IdempotentAnswer } from './idempotently.ts'
import { writeOnce } from './write-once.ts'

export type AddMerchantAccountInput = {
  account: Omit<MerchantAccountRow, 'id' | 'status' | 'createdAt'>
  credentials: Record<string, unknown>
  key: string | null
  /** The request as it came, for the Idempotency-Key. */
  body: Record<string, unknown>
}

/**
 * Adds an active merchant account with its first key. Throws Refusal `not_found` for an agency that the caller does not cover, and as `checkAccount` does
 * for its members.
 */
export const addMerchantAccount = async (
  deps: Deps,
  caller: Caller,
  input: AddMerchantAccountInput,
): Promise<IdempotentAnswer> => {
  const provider = knownProvider(deps, input.account.provider)
  // First, since what its lists allow tells of an agency that may be somebody else's.
  if (!(await findAgency(deps.db, caller, input.account.agencyCode))) {
    throw new Refusal('not_found', 'There is no such agency.', {
      errors: [{ pointer: '/agency_code', message: 'is no agency of yours' }],
    })
  }
  const lists = await findHostLists(deps, input.account.agencyCode)
  checkAccount(deps, provider, { credentials: input.credentials, settings: input.account.settings }, lists)
  const account: MerchantAccountRow = {
    ...input.account,
    id: deps.newId('mac'),
    status: 'active',
    createdAt: deps.now(),
  }
  const key = await sealKey(deps, account.id, input.credentials)
  return writeOnce(deps, {
    caller,
    route: 'addMerchantAccount',
    key: input.key,
    body: input.body,
    answer: presentMerchantAccount({ ...account, keys: [key] }),
    write: (before) => insertMerchantAccount(deps.db, caller, { account, key, before }),
  })
}

/** The credentials as a new current key of that account. */
export const sealKey = async (
  deps: Deps,
  merchantAccountId: string,
  credentials: Record<string, unknown>,
): Promise<KeyRow> => ({
  id: deps.newId('key'),
  sealed: await deps.box.seal(JSON.stringify(credentials), credentialsContext(merchantAccountId)),
  createdAt: deps.now(),
  retiresAt: null,
  replacedAt: null,
  endedAt: null,
  lastUsedAt: null,
})
