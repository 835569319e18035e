// Enters the files of a folder in the order in which they rest on each other. A file with something wrong in it changes nothing, and keeps no other from being entered.
import { createReadStream } from 'node:fs'
import { type Fault, type Placed, type Step, stepOf } from '../../domain/set-up/step.ts'
import type { Deps } from '../../flows/deps.ts'
import { enterAccounts } from '../../flows/set-up/enter-accounts.ts'
import { enterAgencies } from '../../flows/set-up/enter-agencies.ts'
import { enterBudgetItems } from '../../flows/set-up/enter-budget-items.ts'
import { enterCatalogue } from '../../flows/set-up/enter-catalogue.ts'
import { enterClients, type NewSecret } from '../../flows/set-up/enter-clients.ts'
import { enterFees } from '../../flows/set-up/enter-fees.ts'
import { enterProcedures } from '../../flows/set-up/enter-procedures.ts'
import { learnProfile } from '../../flows/set-up/learn-profile.ts'
import type { Progress } from '../../lib/progress.ts'
import type { AccountItem, Folder } from './read-folder.ts'
import { sizeOf } from './read-rows.ts'

type Way = {
  isDry: boolean
  /** From which day on the catalogues hold as the files have them; null: what is gone from them holds on. */
  cataloguesFrom: string | null
  keep: (secret: NewSecret) => Promise<void>
  progress: Progress
}

export const enterFolder = async (
  deps: Deps,
  folder: Folder,
  { isDry, cataloguesFrom, keep, progress }: Way,
): Promise<readonly Step[]> => {
  const { agencies, fees, budgetItems, procedures, reliefs, banks, accounts, clients } = folder
  const steps: Step[] = []
  const enter = async <Read extends { file: string; faults: readonly Fault[] }>(
    read: Read | null,
    share: number,
    work: (file: Read & { isDry: boolean }) => Promise<Step>,
  ) => {
    if (!read) return
    progress(read.file, share)
    steps.push(read.faults.length > 0 ? stepOf(read.file, { faults: read.faults }) : await work({ ...read, isDry }))
  }
  await enter(agencies, 0, (file) => enterAgencies(deps, file))
  // Where nothing is applied, what an earlier file would have added counts as being there.
  const isAgenciesSound = steps.every(({ faults }) => faults.length === 0)
  const coming = isDry && isAgenciesSound ? (agencies?.rows ?? []).map(({ value }) => value.agency.agencyCode) : []
  await enter(fees, 0.2, (file) => enterFees(deps, { ...file, coming }))
  const isFeesSound = steps.every(({ faults }) => faults.length === 0)
  const prices = isDry && isFeesSound ? (fees?.rows ?? []).map(({ value }) => value) : []
  const catalogue = { coming, from: cataloguesFrom }
  await enter(budgetItems, 0.3, (file) =>
    enterBudgetItems(deps, { ...file, ...catalogue, fees: isFeesSound ? fees : null }),
  )
  await enter(procedures, 0.4, (file) => enterProcedures(deps, { ...file, ...catalogue, comingPrices: prices }))
  await enter(reliefs, 0.5, (file) =>
    enterCatalogue(deps, { ...file, ...catalogue, catalogue: 'reliefs', codeColumn: 'rule' }),
  )
  await enter(banks, 0.55, (file) =>
    enterCatalogue(deps, { ...file, ...catalogue, catalogue: 'banks', codeColumn: 'bank_bin' }),
  )
  let ids: Samples['ids'] = new Map()
  await enter(accounts, 0.6, async (file) => {
    const entered = await enterAccounts(deps, { ...file, coming })
    ids = entered.ids
    return entered.step
  })
  steps.push(...(await learnSamples(deps, { rows: accounts?.rows ?? [], ids, isDry })))
  await enter(clients, 0.9, (file) => enterClients(deps, { ...file, coming, keep }))
  return steps
}

type Samples = { rows: readonly Placed<AccountItem>[]; ids: ReadonlyMap<number, string | null>; isDry: boolean }

const sampleBytesMax = 64 * 1024 * 1024

const learnSamples = async (deps: Deps, { rows, ids, isDry }: Samples): Promise<Step[]> => {
  const steps: Step[] = []
  for (const { line, value } of rows) {
    const merchantAccountId = ids.get(line)
    if (!value.sample || merchantAccountId === undefined) continue
    const { name, path, source } = value.sample
    if (merchantAccountId === null || isDry) {
      steps.push(
        stepOf(name, { notes: [`${name} would be tried, and its profile be the account’s where it has none`] }),
      )
      continue
    }
    const size = await sizeOf(path)
    const reason = size === null ? 'there is no such file in the folder' : `has more than ${sampleBytesMax} bytes`
    if (size === null || size > sampleBytesMax) {
      steps.push(stepOf(name, { faults: [{ file: name, line: null, column: null, reason }] }))
      continue
    }
    const file = { fileName: name, open: () => createReadStream(path), maxBytes: sampleBytesMax }
    steps.push(await learnProfile(deps, { merchantAccountId, source, file }))
  }
  return steps
}
