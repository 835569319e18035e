/** Whether each merchant account is what its provider needs, and has what reconciliation works with. */
import { broken, cutShort, doubtful, type Finding, fine } from '../../domain/finding.ts'
import type { HostList } from '../../domain/outgoing-hosts.ts'
import { Refusal } from '../../domain/refusal.ts'
import { SealedBoxError } from '../../lib/sealed-box.ts'
import { everyAgency } from '../../store/database.ts'
import { listMerchantAccounts, type WithKeys } from '../../store/merchant-accounts.ts'
import { checkAccount, knownProvider } from '../check-account.ts'
import { credentialsContext } from '../connect-provider.ts'
import type { Deps } from '../deps.ts'
import { findHostLists } from '../find-host-lists.ts'

/** An active account that holds: what its addresses are taken from. */
export type SoundAccount = { account: WithKeys; members: Record<string, unknown>; lists: readonly HostList[] }

export type AccountsSeen = { findings: readonly Finding[]; sound: readonly SoundAccount[] }

const accountsMax = 1_000

export const lookAtAccounts = async (deps: Deps, max: number = accountsMax): Promise<AccountsSeen> => {
  const system = { clientId: 'doctor', agency: everyAgency, scopes: [], tokenId: '' }
  const all = await listMerchantAccounts(deps.db, system, { after: null, limit: max })
  const beyond = cutShort('merchant accounts', { looked: all.length, max })
  const active = all.filter(({ status }) => status === 'active')
  if (active.length === 0) {
    const found = all.length === 0 ? 'there is none: nobody can pay' : 'none is active: nobody can pay'
    const todo = 'Enter the contracts with providers: merchant_accounts.json of npx lephi setup'
    const said = { found, todo }
    // Where there are more, one of those may be active.
    return { findings: beyond.length > 0 ? beyond : [broken('merchant accounts', said)], sound: [] }
  }
  const findings: Finding[] = [...beyond]
  const sound: SoundAccount[] = []
  for (const account of active) {
    const lists = await findHostLists(deps, account.agencyCode)
    const read = await readMembers(deps, account, lists)
    const own = 'problem' in read ? [read.problem] : gaps(account, deps.now())
    if (!('problem' in read)) sound.push({ account, members: read.members, lists })
    findings.push(...(own.length > 0 ? own : [fine('merchant accounts', `${nameOf(account)}: complete`)]))
  }
  return { findings, sound }
}

const nameOf = ({ id, provider, agencyCode }: Pick<WithKeys, 'id' | 'provider' | 'agencyCode'>): string =>
  `${id} (${provider}, ${agencyCode})`

type Read = { problem: Finding } | { members: Record<string, unknown> }

/** The members as the provider sees them; what is wrong names fields and never values. */
const readMembers = async (deps: Deps, account: WithKeys, lists: readonly HostList[]): Promise<Read> => {
  const fail = (found: string, todo: string): Read => ({
    problem: broken('merchant accounts', { found: `${nameOf(account)}: ${found}`, todo }),
  })
  const current = account.keys.find((key) => key.retiresAt === null)
  if (!current) return fail('no key is valid', 'Enter the credentials anew: POST /v1/merchant_accounts/{id}/rotate_key')
  try {
    const opened = await deps.box.open(current.sealed, credentialsContext(account.id))
    const credentials = JSON.parse(new TextDecoder().decode(opened)) as Record<string, unknown>
    const { settings } = account
    checkAccount(deps, knownProvider(deps, account.provider), { credentials, settings }, lists)
    return { members: { ...settings, ...credentials } }
  } catch (error) {
    if (error instanceof SealedBoxError)
      return fail(
        'its credentials do not open',
        'Bring back the key of LEPHI_MASTER_KEY that sealed them, behind the others',
      )
    if (!(error instanceof Refusal)) throw error
    const fields = error.errors.map(({ pointer, message }) => `${pointer} ${message}`).join('; ')
    return fail(
      fields || error.message,
      'Correct these fields: PATCH /v1/merchant_accounts/{id}, or rotate_key for credentials',
    )
  }
}

/** What an account can do without, and should not. */
const gaps = (account: WithKeys, now: Date): Finding[] => {
  const doubt = (found: string, todo: string) =>
    doubtful('merchant accounts', { found: `${nameOf(account)}: ${found}`, todo })
  const overdue = account.keys.filter(({ retiresAt, endedAt }) => retiresAt && retiresAt <= now && !endedAt)
  return [
    ...(account.statementProfile === null
      ? [
          doubt(
            'no statement profile: only files of the gateway’s own format, camt.053 and MT940 are read',
            'Put a sample of the provider’s file beside merchant_accounts.json and run npx lephi setup again',
          ),
        ]
      : []),
    ...(Object.keys(account.providerFee).length === 0
      ? [
          doubt(
            'no settlement terms: what the provider keeps is compared with nothing',
            'Add provider_fee, cutoff and settlement_days of the contract',
          ),
        ]
      : []),
    ...(overdue.length > 0
      ? [
          doubt(
            `the overlap of ${overdue.length} former keys is over, and the provider still signs with them`,
            'Ask the provider to change to the new key, then POST /v1/merchant_accounts/{id}/keys/{key_id}/retire',
          ),
        ]
      : []),
  ]
}
