/** Refunds that no provider returns: the treasurer makes the transfer first and says so afterwards. Now and then a bank gives one back, and people try what they must not. */
import { businessDay } from '../lib/time.ts'
import type { Office } from './office.ts'
import { type Json, minute, rowsOf, type Transfer } from './world.ts'

/** Pays out what waits for a transfer, and says again what was not answered. */
export const payByHand = async (office: Office): Promise<void> => {
  const { world, treasurer } = office
  const waiting = await treasurer({ path: '/v1/refunds?status=pending&method=manual&limit=100' })
  for (const refund of rowsOf(waiting?.body.data)) await payOut(office, refund)
  for (const transfer of world.seen.transfers.values()) {
    if (!transfer.isConfirmed) await confirm(office, transfer)
    else if (transfer.back && !transfer.back.isTold) await tellBack(office, transfer)
  }
}

/** Some days later the bank gives some of them back. */
export const bounceSome = async (office: Office): Promise<void> => {
  const { world, random } = office
  for (const transfer of world.seen.transfers.values()) {
    if (!transfer.isConfirmed || transfer.back || !random.chance(0.6)) continue
    world.happenings.note('bank_returns_transfer')
    transfer.back = { reference: `TRA${transfer.reference}`, on: today(office), isTold: false }
    await tellBack(office, transfer)
  }
}

/** The day that a process whose clock is a little slow has, too. */
const today = ({ world }: Office): string => businessDay(new Date(world.schedule.now().getTime() - 5 * minute))

const payOut = async (office: Office, refund: Json): Promise<void> => {
  const { world, random } = office
  const id = String(refund.id)
  if (world.seen.transfers.has(id)) return
  await world.schedule.sleep(random.int(6, 20) * minute)
  const before = [...world.seen.transfers.values()].at(-1)
  const transfer: Transfer = {
    refund: id,
    provider: String(refund.provider),
    amount: BigInt(Number(refund.amount)),
    reference: `CHI${String(world.seen.transfers.size + 1).padStart(7, '0')}`,
    paidOn: today(office),
    isConfirmed: false,
    back: null,
  }
  // One transfer returns one refund, however its number is spelt; and who alone agreed to what the gateway proposed does not say that it was paid.
  if (before?.isConfirmed && random.chance(0.4))
    await tryWrongly(office, { transfer, reference: respelt(before.reference), who: 'treasurer' })
  if (String(refund.made_by) === 'lephi' && random.chance(0.4))
    await tryWrongly(office, { transfer, reference: transfer.reference, who: 'checker' })
  world.seen.transfers.set(id, transfer)
  await confirm(office, transfer)
}

const respelt = (reference: string): string => `${reference.slice(0, 3).toLowerCase()} ${reference.slice(3)}`

const claimOf = (reference: string, { paidOn }: Transfer) => ({
  bank_reference: reference,
  paid_on: paidOn,
  evidence: `Ủy nhiệm chi ${reference}`,
})

const tryWrongly = async (
  office: Office,
  { transfer, reference, who }: { transfer: Transfer; reference: string; who: 'treasurer' | 'checker' },
): Promise<void> => {
  const json = claimOf(reference, transfer)
  office.world.happenings.note(who === 'checker' ? 'tries_confirming_own_refund' : 'tries_used_transfer')
  const answer = await office[who]({ path: `/v1/refunds/${transfer.refund}/confirm`, json })
  if (answer?.status === 200)
    office.world.seen.granted.push({
      what: `a refund was confirmed that ${who === 'checker' ? 'its only checker' : 'the transfer of another refund'} must not confirm`,
      rows: [transfer.refund, reference],
    })
}

const confirm = async ({ world, treasurer }: Office, transfer: Transfer): Promise<void> => {
  const json = claimOf(transfer.reference, transfer)
  const answer = await treasurer({ path: `/v1/refunds/${transfer.refund}/confirm`, json })
  if (answer?.status !== 200) return
  transfer.isConfirmed = true
  world.happenings.note('pays_by_hand')
}

const tellBack = async ({ treasurer }: Office, { refund, back }: Transfer): Promise<void> => {
  if (!back) return
  const json = { bank_reference: back.reference, returned_on: back.on, note: 'Sai số tài khoản' }
  const answer = await treasurer({ path: `/v1/refunds/${refund}/bounce`, json })
  if (answer?.status === 200) back.isTold = true
}
