// The accountant: imports what the providers list as soon as they list it, and reconciles.
import { setTimeout as pause } from 'node:timers/promises'
import { businessDay } from '../../src/lib/time.ts'
import { createChance } from '../score/random.ts'
import type { Townsfolk } from './citizens.ts'
import { noteRefusal } from './promises.ts'

const pauseMs = 1_500
const pollMs = 250
const patienceMs = 240_000

/** Takes one provider after the other while the town is open, although its day is not over: what is listed early is known early. */
export const letAccountantReconcile = async (town: Townsfolk): Promise<void> => {
  const chance = createChance(town.seed * 1_000 + 999)
  while (town.goesOn()) {
    await settle(town, chance.pick([...town.providers.accounts.keys()]))
    await pause(pauseMs)
  }
}

/** Imports what the provider has listed since the last file, and reconciles the days of the town. */
export const settle = async (town: Townsfolk, provider: string): Promise<void> => {
  const days = { from: businessDay(town.begun), to: businessDay(new Date()) }
  const account = town.providers.accounts.get(provider) ?? ''
  await importNew(town, { provider, account, days })
  await reconcile(town, { merchant_account: account, ...days })
}

type Days = { from: string; to: string }

const importNew = async (
  town: Townsfolk,
  { provider, account, days }: { provider: string; account: string; days: Days },
): Promise<void> => {
  const file = await newLines(town, provider, days)
  if (file === null) return
  const form = () => {
    const parts = new FormData()
    parts.set('source', 'provider')
    parts.set('merchant_account', account)
    parts.set('file', new Blob([file], { type: 'text/csv' }), `${provider}.csv`)
    return parts
  }
  const { status, json } = await town.caller.call('accountant', { path: '/v1/statements', form })
  if (status > 202) return noteRefusal(town.promises, '/v1/statements', json.code)
  const statement = String(json.id)
  town.promises.statements.add(statement)
  await ended(town, `/v1/statements/${statement}`, ['queued', 'processing'])
}

const reconcile = async (town: Townsfolk, period: Days & { merchant_account: string }): Promise<void> => {
  const { status, json } = await town.caller.call('accountant', { path: '/v1/reconciliations', json: period })
  if (status !== 202) return noteRefusal(town.promises, '/v1/reconciliations', json.code)
  town.promises.runs.add(String(json.id))
  await ended(town, `/v1/reconciliations/${json.id}`, ['running'])
}

/** What the provider lists that no earlier file had, since a line that comes again in another file is a discrepancy, and rightly so. Null when nothing is new. */
const newLines = async ({ providers, listed }: Townsfolk, provider: string, days: Days): Promise<string | null> => {
  const whole = await (await providers.ask(provider, `settlements.csv?${new URLSearchParams(days)}`)).text()
  const [header = '', ...lines] = whole.trimEnd().split('\r\n')
  const fresh = lines.filter((line) => !listed.has(`${provider} ${line}`))
  for (const line of fresh) listed.add(`${provider} ${line}`)
  return fresh.length === 0 ? null : `${[header, ...fresh].join('\r\n')}\r\n`
}

/** Waits until it is none of these any more; what is not after a long time is found by the comparison. */
const ended = async (town: Townsfolk, path: string, unfinished: readonly string[]): Promise<void> => {
  const begun = performance.now()
  while (performance.now() - begun < patienceMs) {
    const { json } = await town.caller.call('accountant', { path })
    if (!unfinished.includes(String(json.status))) return
    await pause(pollMs)
  }
}
