/** Contracts with providers as a file has them. Credentials are entered once: other ones for an account that is there are a rotation, which somebody decides. */

import { Refusal } from '../../domain/refusal.ts'
import {
  type Change,
  differing,
  type Fault,
  type Placed,
  repeated,
  type Step,
  stepOf,
} from '../../domain/set-up/step.ts'
import { listAgencies } from '../../store/agencies.ts'
import { listMerchantAccounts, type MerchantAccountRow, type WithKeys } from '../../store/merchant-accounts.ts'
import { addMerchantAccount } from '../add-merchant-account.ts'
import { changeMerchantAccount } from '../change-merchant-account.ts'
import { checkAccount, knownProvider } from '../check-account.ts'
import { credentialsContext } from '../connect-provider.ts'
import type { Deps } from '../deps.ts'
import { findHostLists } from '../find-host-lists.ts'
import { entriesMax, operator } from './operator.ts'

export type AccountEntry = {
  account: Omit<MerchantAccountRow, 'id' | 'status' | 'createdAt'>
  credentials: Record<string, unknown>
  /** What the file says of what can be changed; of the rest an account that is there keeps its own. */
  given: readonly ('settings' | 'payeeAccount' | 'providerFee' | 'cutoff' | 'settlementDays' | 'statementProfile')[]
}

type AccountsFile = { file: string; rows: readonly Placed<AccountEntry>[]; isDry: boolean; coming?: readonly string[] }

/** `ids` are those of the accounts, by their place in the file; null for one that is not there yet. */
export const enterAccounts = async (
  deps: Deps,
  { file, rows, isDry, coming = [] }: AccountsFile,
): Promise<{ step: Step; ids: ReadonlyMap<number, string | null> }> => {
  const known = await listMerchantAccounts(deps.db, operator, { after: null, limit: entriesMax })
  const ids = new Map<number, string | null>()
  const faults = await faultsOf(deps, { file, rows, known, coming })
  if (faults.length > 0) return { step: stepOf(file, { faults }), ids }
  const [changes, notes]: [Change[], string[]] = [[], []]
  let unchanged = 0
  for (const { line, value } of rows) {
    const { account, credentials, given } = value
    const before = sameAccount(known, account)
    const name = `${account.agencyCode} ${account.provider} ${account.title}`
    ids.set(line, before?.id ?? null)
    if (!before) {
      changes.push({ what: 'add', name, detail: null })
      if (isDry) continue
      const { body } = await addMerchantAccount(deps, operator, { account, credentials, key: null, body: {} })
      ids.set(line, (JSON.parse(body) as { id: string }).id)
      continue
    }
    const changed = differing<AccountEntry['account']>(before, account, given)
    if (changed.length === 0) unchanged += 1
    else changes.push({ what: 'change', name, detail: changed.join(', ') })
    if (!isDry && changed.length > 0) {
      const entries = Object.entries(account).filter(([member]) => changed.includes(member))
      await changeMerchantAccount(deps, operator, { id: before.id, changes: Object.fromEntries(entries) })
    }
    if (!(await hasCredentials(deps, before, credentials)))
      notes.push(
        `${name}: other credentials are in use and stay; rotate them: POST /v1/merchant_accounts/${before.id}/rotate_key`,
      )
  }
  return { step: stepOf(file, { changes, unchanged, notes }), ids }
}

type Account = Pick<MerchantAccountRow, 'agencyCode' | 'provider' | 'title'>

const sameAccount = (known: readonly WithKeys[], { agencyCode, provider, title }: Account): WithKeys | undefined =>
  known.find((each) => each.agencyCode === agencyCode && each.provider === provider && each.title === title)

const faultsOf = async (
  deps: Deps,
  {
    file,
    rows,
    known,
    coming,
  }: Omit<AccountsFile, 'isDry'> & { known: readonly WithKeys[]; coming: readonly string[] },
): Promise<Fault[]> => {
  const agencies = await listAgencies(deps.db, operator, { after: null, limit: entriesMax })
  const codes = new Set([...agencies.map(({ agencyCode }) => agencyCode), ...coming])
  const faults: Fault[] = repeated(
    rows,
    ({ account }) => `${account.agencyCode} ${account.provider} ${account.title}`,
  ).map(({ line, before }) => ({
    file,
    line,
    column: 'title',
    reason: `is number ${before} already: give each its own title`,
  }))
  for (const { line, value } of rows) {
    const { agencyCode, provider } = value.account
    if (!codes.has(agencyCode)) faults.push({ file, line, column: 'agency_code', reason: 'there is no such agency' })
    const before = sameAccount(known, value.account)
    // An account that is there keeps the settings that the file does not name.
    const settings = before && !value.given.includes('settings') ? before.settings : value.account.settings
    try {
      const lists = await findHostLists(deps, agencyCode)
      checkAccount(deps, knownProvider(deps, provider), { credentials: value.credentials, settings }, lists)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      for (const { pointer, message } of error.errors)
        faults.push({ file, line, column: pointer.slice(1), reason: message })
    }
  }
  return faults
}

const hasCredentials = async (deps: Deps, account: WithKeys, given: Record<string, unknown>): Promise<boolean> => {
  const current = account.keys.find(({ retiresAt }) => retiresAt === null)
  if (!current) return false
  const opened = await deps.box.open(current.sealed, credentialsContext(account.id))
  const credentials = JSON.parse(new TextDecoder().decode(opened)) as Record<string, unknown>
  return differing({ credentials }, { credentials: given }, ['credentials']).length === 0
}
