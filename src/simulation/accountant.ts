/**
 * The accountants: one imports files, reconciles and settles what does not match; another one, who checks, decides about refunds and what the first proposes; a third
 * pays out what no provider returns. What else they do is in files of its own, and not every town has it.
 */
import { policyTable } from '../domain/discrepancy-policy.ts'
import { addDays } from '../lib/time.ts'
import { closeDays } from './close-days.ts'
import { workOnDisputes } from './disputes.ts'
import { lookAtLast, lookInTheMorning, notYetSent } from './look-up-refunds.ts'
import type { Office } from './office.ts'
import { bounceSome, payByHand } from './pay-by-hand.ts'
import { workOnQuarantine } from './quarantine-desk.ts'
import { bankFile, dayOf, type Period, providerFile, uploadOf } from './settlement-files.ts'
import { type Account, hour, type Json, minute, rowsOf, second } from './world.ts'

/** How many accounts have their files read, of a hundred, and whether any has. */
export type Evening = { share: number; withFiles: boolean }

/** The work of one evening: the files of these days for every account, or for some of them, a run over them, and what it leaves to be decided. The last one leaves nothing undone. */
export const workOff = async (office: Office, period: Period, { share, withFiles }: Evening): Promise<void> => {
  const { world, random } = office
  const { customs } = world
  const isLast = share === 1
  const held = isLast ? await notYetSent(office) : []
  if (customs.disputes) await workOnDisputes(office, isLast)
  const settled = withFiles ? world.accounts : []
  for (const account of settled) if (random.chance(share)) await settleAccount(office, account, period)
  if (customs.mistypes) await workOnQuarantine(office, isLast)
  const sent = await decideRefunds(office)
  if (customs.paysByHand) {
    if (!isLast) await bounceSome(office)
    await payByHand(office)
  }
  if (isLast) await lookAtLast(office, new Set([...held, ...sent]))
  else lookInTheMorning(office)
  await decideDiscrepancies(office)
  if (!customs.closesDays) return
  if (isLast) return closeDays(office, addDays(dayOf(world), -1), isLast)
  const today = dayOf(world)
  world.schedule.start(`the morning after ${today}`, async () => {
    await world.schedule.sleep(random.int(2, 14) * hour)
    await closeDays(office, today, isLast)
  })
}

const settleAccount = async (office: Office, account: Account, period: Period): Promise<void> => {
  const { world, accountant } = office
  const listed = await providerFile(world, account, period)
  if (listed !== null) await importFile(office, account, { source: 'provider', text: listed })
  const banked = await bankFile(world, account, period)
  if (banked !== null) await importFile(office, account, { source: 'bank', text: banked })
  const json = { merchant_account: account.id, ...period }
  const begun = await accountant({ path: '/v1/reconciliations', json })
  if (begun?.status !== 202) return
  world.happenings.note('reconciles')
  await awaitEnd(office, `/v1/reconciliations/${begun.body.id}`, ['running'])
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
  world.happenings.note(file.source === 'provider' ? 'imports_provider_file' : 'imports_bank_file')
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

/** The refunds that were granted. */
const decideRefunds = async ({ world, checker, random }: Office): Promise<ReadonlySet<string>> => {
  const granted = new Set<string>()
  for (const status of ['requested', 'proposed']) {
    const waiting = await checker({ path: `/v1/refunds?status=${status}&limit=100` })
    for (const refund of rowsOf(waiting?.body.data)) {
      const isGranted = random.chance(0.85)
      const path = `/v1/refunds/${refund.id}/${isGranted ? 'approve' : 'reject'}`
      if ((await checker({ path, method: 'POST' }))?.status !== 200) continue
      world.happenings.note(isGranted ? 'approves_refund' : 'rejects_refund')
      if (isGranted) granted.add(String(refund.id))
    }
  }
  return granted
}

const decideDiscrepancies = async (office: Office): Promise<void> => {
  const { world, accountant, checker, random } = office
  const open = await accountant({ path: '/v1/discrepancies?status=open&limit=100' })
  for (const row of rowsOf(open?.body.data)) {
    const resolution = random.chance(0.3) ? resolutionFor(office, row) : null
    if (!resolution) continue
    const path = `/v1/discrepancies/${row.id}`
    const said = await accountant({ path: `${path}/resolve`, json: { resolution, note: 'Đã tra soát' } })
    if (said?.status === 200) world.happenings.note('resolves_discrepancy')
    if (String(said?.body.status) !== 'proposed') continue
    const verb = random.chance(0.8) ? 'approve' : 'reject'
    await checker({ path: `${path}/${verb}`, json: { note: 'Đã kiểm tra' } })
  }
}

const resolutionFor = ({ random }: Office, row: Json): string | null => {
  const policy = policyTable.find((each) => each.source === String(row.source) && each.class === String(row.class))
  return policy && policy.resolutions.length > 0 ? random.pick(policy.resolutions) : null
}
