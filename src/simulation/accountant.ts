/** The accountants: one imports files, reconciles and settles what does not match; another one, who checks, decides about refunds and what the first proposes. */
import { policyTable } from '../domain/discrepancy-policy.ts'
import { type Caller, createCaller } from './caller.ts'
import type { Random } from './random.ts'
import { bankFile, type Period, providerFile, uploadOf } from './settlement-files.ts'
import { type Account, type Json, minute, rowsOf, second, type World } from './world.ts'

export type Office = { world: World; accountant: Caller; checker: Caller; random: Random }

export const openOffice = (world: World): Office => ({
  world,
  accountant: createCaller(world, 'accountant'),
  checker: createCaller(world, 'checker'),
  random: world.random.fork('office'),
})

/** The work of one evening: the files of these days for every account, or for some of them, a run over them, and what it leaves to be decided. */
export const workOff = async (office: Office, period: Period, share = 1): Promise<void> => {
  for (const account of office.world.accounts)
    if (office.random.chance(share)) await settleAccount(office, account, period)
  await decideRefunds(office)
  await decideDiscrepancies(office)
}

const settleAccount = async (office: Office, account: Account, period: Period): Promise<void> => {
  const { world, accountant } = office
  const listed = await providerFile(world, account, period)
  if (listed !== null) await importFile(office, account, { source: 'provider', text: listed })
  const banked = await bankFile(world, account, period)
  if (banked !== null) await importFile(office, account, { source: 'bank', text: banked })
  const json = { merchant_account: account.id, ...period }
  const begun = await accountant({ path: '/v1/reconciliations', json })
  if (begun?.status === 202) await awaitEnd(office, `/v1/reconciliations/${begun.body.id}`, ['running'])
}

const importFile = async (
  office: Office,
  account: Account,
  file: { source: 'provider' | 'bank'; text: string },
): Promise<void> => {
  const { world, accountant } = office
  const uploaded = await accountant({ path: '/v1/statements', body: uploadOf(account, file) })
  if (uploaded === null || uploaded.status > 202) return
  world.seen.filesImported += 1
  await awaitEnd(office, `/v1/statements/${uploaded.body.id}`, ['queued', 'processing'])
}

const looksMax = 30

/** Looks again and again, ever more seldom, until it is no longer under way. */
const awaitEnd = async ({ world, accountant }: Office, path: string, underWay: readonly string[]): Promise<void> => {
  for (let looked = 0; looked < looksMax; looked += 1) {
    await world.schedule.sleep(Math.min(2 ** looked * second, 10 * minute))
    const found = await accountant({ path })
    if (found && !underWay.includes(String(found.body.status))) return
  }
}

const decideRefunds = async ({ checker, random }: Office): Promise<void> => {
  for (const status of ['requested', 'proposed']) {
    const waiting = await checker({ path: `/v1/refunds?status=${status}&limit=100` })
    for (const refund of rowsOf(waiting?.body.data)) {
      const isGranted = random.chance(0.85)
      await checker({ path: `/v1/refunds/${refund.id}/${isGranted ? 'approve' : 'reject'}`, method: 'POST' })
    }
  }
}

const decideDiscrepancies = async (office: Office): Promise<void> => {
  const { accountant, checker, random } = office
  const open = await accountant({ path: '/v1/discrepancies?status=open&limit=100' })
  for (const row of rowsOf(open?.body.data)) {
    const resolution = random.chance(0.3) ? resolutionFor(office, row) : null
    if (!resolution) continue
    const path = `/v1/discrepancies/${row.id}`
    const said = await accountant({ path: `${path}/resolve`, json: { resolution, note: 'Đã tra soát' } })
    if (String(said?.body.status) !== 'proposed') continue
    const verb = random.chance(0.8) ? 'approve' : 'reject'
    await checker({ path: `${path}/${verb}`, json: { note: 'Đã kiểm tra' } })
  }
}

const resolutionFor = ({ random }: Office, row: Json): string | null => {
  const policy = policyTable.find((each) => each.source === String(row.source) && each.class === String(row.class))
  return policy && policy.resolutions.length > 0 ? random.pick(policy.resolutions) : null
}
