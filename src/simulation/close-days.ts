/** The books of a day are closed: lines that are open are carried by name, another person signs too, and sometimes the day is opened again. */
import type { Office } from './office.ts'
import { type Account, type Json, rowsOf } from './world.ts'

/** How often a close is tried, each time with what it was refused for. */
const roundsMax = 8

/** Closes a day of every account, or of most; on the last evening some are opened again and closed once more. */
export const closeDays = async (office: Office, day: string, isLast: boolean): Promise<void> => {
  const { world, random } = office
  for (const account of world.accounts) {
    if (!isLast && random.chance(0.25)) continue
    if (!(await closeDay(office, account, day))) continue
    await signToo(office, account, day)
    if (random.chance(0.3) && (await openAgain(office, account, day)) && (isLast || random.chance(0.3)))
      await closeDay(office, account, day)
  }
}

const pathOf = (account: Account, day: string) => `/v1/periods/${account.id}/${day}`

/** What is open is carried, and days before it are closed first. Whether it is closed. */
const closeDay = async (office: Office, account: Account, wanted: string): Promise<boolean> => {
  const { world, accountant } = office
  let [day, carry_forward]: [string, readonly object[]] = [wanted, []]
  for (let round = 0; round < roundsMax; round += 1) {
    const closed = await accountant({ path: `${pathOf(account, day)}/close`, json: { carry_forward } })
    if (closed?.status === 200) world.happenings.note('closes_day')
    if (closed?.status === 200 && day === wanted) return true
    carry_forward = []
    if (closed?.status === 200) {
      day = wanted
      continue
    }
    if (String(closed?.body.code) !== 'period_has_open_lines') return false
    const pointers = rowsOf(closed?.body.errors).map(({ pointer }) => String(pointer).split('/'))
    const earlier = pointers.find(([, kind]) => kind === 'day')?.[2]
    // What is under way comes to its end by itself, and the day is closed another time.
    if (pointers.some(([, kind]) => kind === 'statement' || kind === 'reconciliation')) return false
    if (earlier !== undefined) day = earlier
    else carry_forward = await linesOf(office, account, day)
  }
  return false
}

const linesOf = async ({ accountant }: Office, account: Account, day: string): Promise<readonly object[]> => {
  const gate = await accountant({ path: `${pathOf(account, day)}/gate` })
  return rowsOf(gate?.body.lines).map(({ kind, id }: Json) => ({
    ...(String(kind) === 'discrepancy' ? { discrepancy: String(id) } : { item: String(id) }),
    reason: 'Đang tra soát',
  }))
}

const signToo = async (
  { world, accountant, checker, random }: Office,
  account: Account,
  day: string,
): Promise<void> => {
  const path = `${pathOf(account, day)}/countersign`
  if (random.chance(0.3)) {
    world.happenings.note('tries_own_countersign')
    if ((await accountant({ path, method: 'POST' }))?.status === 200)
      world.seen.granted.push({ what: 'a close was countersigned by who closed the day', rows: [account.id, day] })
  }
  if (random.chance(0.6) && (await checker({ path, method: 'POST' }))?.status === 200)
    world.happenings.note('countersigns')
}

/** Not by who closed it. Whether it is open. */
const openAgain = async (
  { world, accountant, checker, random }: Office,
  account: Account,
  day: string,
): Promise<boolean> => {
  const call = { path: `${pathOf(account, day)}/reopen`, json: { reason: 'Bổ sung chứng từ' } }
  if (random.chance(0.5)) {
    world.happenings.note('tries_own_reopening')
    if ((await accountant(call))?.status === 200)
      world.seen.granted.push({ what: 'a day was opened again by who closed it', rows: [account.id, day] })
  }
  const isOpen = (await checker(call))?.status === 200
  if (isOpen) world.happenings.note('opens_day_again')
  return isOpen
}
