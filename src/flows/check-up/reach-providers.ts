/** Whether the hosts that merchant accounts name answer: one question each to the root of the host, without credentials, over the same guarded network as payments. */
import type { ClockReading } from '../../domain/clock-skew.ts'
import { broken, doubtful, type Finding, fine, listed } from '../../domain/finding.ts'
import { hostListProblem } from '../../domain/outgoing-hosts.ts'
import { isPrivateAddressError } from '../../domain/private-address.ts'
import type { FetchPort } from '../../providers/contract.ts'
import type { Deps } from '../deps.ts'
import type { SoundAccount } from './look-at-accounts.ts'

export type Reached = { findings: readonly Finding[]; clocks: readonly ClockReading[] }

const timeoutMs = 5_000
const atOnce = 4
const hostsMax = 50

/** `isCalled`: by this machine; else only payers are sent there. */
type Named = { origin: string; accounts: SoundAccount[]; isCalled: boolean }

/** `clock` is the machine's, which a moved clock of the demo does not change. */
export const reachProviders = async (
  deps: Pick<Deps, 'fetch' | 'publicUrl' | 'providers'>,
  accounts: readonly SoundAccount[],
  clock: () => number,
): Promise<Reached> => {
  const hosts = originsOf(deps, accounts)
  if (hosts.length === 0)
    return { findings: [fine('providers', 'no merchant account names an address that is called')], clocks: [] }
  const answers: Answer[] = []
  const asked = hosts.slice(0, hostsMax)
  for (let at = 0; at < asked.length; at += atOnce)
    answers.push(...(await Promise.all(asked.slice(at, at + atOnce).map((host) => askHost(deps, host, clock)))))
  const beyond = hosts.length - asked.length
  return {
    findings: [
      ...answers.map(({ finding }) => finding),
      ...(beyond > 0
        ? [
            doubtful('providers', {
              found: `${beyond} more hosts were not asked`,
              todo: `Not more than ${hostsMax} are asked at a time: look at the others by hand`,
            }),
          ]
        : []),
    ],
    clocks: answers.flatMap(({ reading }) => reading ?? []),
  }
}

/** Adapters name what is called `…_url`; the payer's browser goes to these, and this machine may be kept from them. */
const forPayers = ['payment_url', 'page_url']

/** The hosts that the accounts' members lead to, defaults of the provider included, and ours left out. */
const originsOf = (
  { publicUrl, providers }: Pick<Deps, 'publicUrl' | 'providers'>,
  accounts: readonly SoundAccount[],
): Named[] => {
  const found = new Map<string, Named>()
  for (const each of accounts) {
    const checked = providers[each.account.provider]?.checkAccount(each.members)
    for (const [name, value] of Object.entries(checked?.ok ? checked.account : each.members)) {
      const url = typeof value === 'string' && name.endsWith('_url') ? URL.parse(value) : null
      if (!url || !/^https?:$/.test(url.protocol) || url.origin === publicUrl) continue
      const named = found.get(url.origin) ?? { origin: url.origin, accounts: [], isCalled: false }
      if (!named.accounts.includes(each)) named.accounts.push(each)
      named.isCalled ||= !forPayers.includes(name)
      found.set(url.origin, named)
    }
  }
  return [...found.values()]
}

type Answer = { finding: Finding; reading: ClockReading | null }

const askHost = async (
  { fetch }: { fetch: FetchPort },
  { origin, accounts, isCalled }: Named,
  clock: () => number,
): Promise<Answer> => {
  const refused = accounts.map(({ lists }) => hostListProblem(origin, lists)).find((problem) => problem !== null)
  const of = `${origin} (${listed(accounts.map(({ account }) => account.id))})`
  const fail = (found: string, todo: string): Answer => {
    const said = { found: `${of}: ${found}${isCalled ? '' : '; payers are sent there'}`, todo }
    return { finding: isCalled ? broken('providers', said) : doubtful('providers', said), reading: null }
  }
  if (refused) return fail(refused, 'Add the host to the list of that agency, or correct the address of the account')
  const beganAt = clock()
  try {
    // Any answer will do, also that there is nothing at the root: the line, the certificate and the clock are what is looked at.
    const response = await fetch(`${origin}/`, { method: 'HEAD', signal: AbortSignal.timeout(timeoutMs) })
    const endedAt = clock()
    await response.body?.cancel().catch(() => undefined)
    const date = Date.parse(response.headers.get('date') ?? '')
    const reading = Number.isNaN(date) ? null : { of: origin, aheadMs: date + 500 - (beganAt + endedAt) / 2 }
    return { finding: fine('providers', `${of} answers in ${Math.round(endedAt - beganAt)} ms`), reading }
  } catch (error) {
    return fail(...wordsOf(error))
  }
}

const codeOf = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

/** What failed, and what to do. */
const wordsOf = (error: unknown): [found: string, todo: string] => {
  const code = codeOf(error)
  if (isPrivateAddressError(error))
    return [
      'leads into a private network, where nothing is called',
      'Name the host in LEPHI_PRIVATE_HOSTS if the provider is reached over a line of your own; else the name is wrong, or somebody answers for it',
    ]
  if (/^(ENOTFOUND|EAI_)/.test(code))
    return ['the name is not known', 'Look at the address of the account, and at the resolver of this machine']
  if (/CERT|SELF_SIGNED|UNABLE_TO|^ERR_(SSL|TLS)/.test(code))
    return [
      `the certificate does not hold (${code})`,
      'Ask the provider; a root of its own is given to Node by NODE_EXTRA_CA_CERTS',
    ]
  if (code === 'ECONNREFUSED')
    return ['refuses the connection', 'Look at the port of the address, and at the firewall in between']
  return [
    `gave no answer within ${timeoutMs / 1_000} s${code ? ` (${code})` : ''}`,
    'Have the firewall let this machine out to that host and port; some providers also list the addresses that they answer',
  ]
}
