// The whole look at an installation: what rests on something that does not hold is not looked at.
import type { Config } from '../../config.ts'
import { clockFindings } from '../../domain/clock-skew.ts'
import { broken, type CheckName, checkNames, type Finding, skipped } from '../../domain/finding.ts'
import { lookAtAccounts } from '../../flows/check-up/look-at-accounts.ts'
import { lookAtAddress, lookAtSignIn } from '../../flows/check-up/look-at-address.ts'
import { lookAtAgencies } from '../../flows/check-up/look-at-agencies.ts'
import { lookAtMasterKeys, lookAtSigningKeys } from '../../flows/check-up/look-at-keys.ts'
import { lookAtWebhooks, lookAtWork } from '../../flows/check-up/look-at-traffic.ts'
import { reachProviders } from '../../flows/check-up/reach-providers.ts'
import type { Deps } from '../../flows/deps.ts'
import type { Log } from '../../lib/log.ts'
import type { Progress } from '../../lib/progress.ts'
import { readServerClock } from '../../store/check-up.ts'
import { depsOn } from '../open-deps.ts'
import type { Shutdown } from '../shutdown.ts'
import { lookAtConfiguration } from './look-at-configuration.ts'
import { lookAtDatabase } from './look-at-database.ts'

export type LookAround = {
  env: NodeJS.ProcessEnv
  log: Log
  shutdown: Shutdown
  /** Ask nobody but the database. */
  isOffline: boolean
  /** False: nobody is expected at the public address yet. */
  isStarted?: boolean
  progress: Progress
}

/** Changes nothing. Never throws for what it finds. */
export const lookAround = async ({
  env,
  log,
  shutdown,
  isOffline,
  isStarted = true,
  progress,
}: LookAround): Promise<readonly Finding[]> => {
  const { config, findings } = lookAtConfiguration(env)
  if (!config) return withSkipped(findings, 'the configuration cannot be read')
  progress('asking the database', 0)
  const seen = await lookAtDatabase(config, shutdown).catch((error: unknown) => ({
    findings: [unasked('database', error)],
    database: null,
  }))
  const before = [...findings, ...seen.findings]
  if (!seen.database) return withSkipped(before, 'the database is not ready')
  const { deps } = await depsOn(seen.database, config, { log, shutdown })
  return inOrder([...before, ...(await lookInside(deps, config, { isOffline, isStarted, progress }))])
}

const lookInside = async (
  deps: Deps,
  config: Config,
  { isOffline, isStarted = true, progress }: Pick<LookAround, 'isOffline' | 'isStarted' | 'progress'>,
): Promise<readonly Finding[]> => {
  const clock = () => Date.now()
  const began = clock()
  const at = (await readServerClock(deps.db)).getTime()
  const clocks = [{ of: 'the database', aheadMs: at - (began + clock()) / 2 }]
  const findings: Finding[] = []
  let done = 0
  const look = async (check: CheckName, find: () => Promise<readonly Finding[]>) => {
    done += 1
    progress(`looking at ${check}`, done / checkNames.length)
    findings.push(...(await find().catch((error: unknown) => [unasked(check, error)])))
  }
  await look('master keys', () => lookAtMasterKeys(deps))
  await look('signing keys', () => lookAtSigningKeys(deps))
  await look('agencies', () => lookAtAgencies(deps))
  let accounts: Awaited<ReturnType<typeof lookAtAccounts>>['sound'] = []
  await look('merchant accounts', async () => {
    const seen = await lookAtAccounts(deps)
    accounts = seen.sound
    return seen.findings
  })
  await look('webhooks', () => lookAtWebhooks(deps))
  await look('background work', () => lookAtWork(deps))
  if (isOffline) {
    for (const check of ['sign-in', 'public address', 'providers'] as const)
      findings.push(skipped(check, 'nobody is asked with --offline'))
    return [...findings, ...clockFindings(clocks)]
  }
  const outside = async (find: () => ReturnType<typeof reachProviders>) => {
    const { findings: found, clocks: read } = await find()
    clocks.push(...read)
    return found
  }
  await look('sign-in', () => lookAtSignIn(deps, config.openId))
  if (isStarted) await look('public address', () => outside(() => lookAtAddress(deps, clock)))
  else findings.push(skipped('public address', 'the gateway is started after this: npx lephi doctor looks at it then'))
  await look('providers', () => outside(() => reachProviders(deps, accounts, clock)))
  return [...findings, ...clockFindings(clocks)]
}

/** One look that fails keeps no other from being taken. */
const unasked = (check: CheckName, error: unknown): Finding =>
  broken(check, {
    found: `could not be looked at: ${error instanceof Error ? error.message : String(error)}`,
    todo: 'Run npx lephi doctor again with LEPHI_LOG_LEVEL=debug, and look at the log of the database',
  })

const withSkipped = (findings: readonly Finding[], reason: string): readonly Finding[] =>
  inOrder([
    ...findings,
    ...checkNames.filter((name) => !findings.some(({ check }) => check === name)).map((name) => skipped(name, reason)),
  ])

const inOrder = (findings: readonly Finding[]): readonly Finding[] =>
  findings.toSorted((a, b) => checkNames.indexOf(a.check) - checkNames.indexOf(b.check))
