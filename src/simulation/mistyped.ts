/** A transfer that is typed by hand, with words that name no payment: its money comes as a credit, and the citizen has the bank's slip to show. */
import { bankApps } from './bank-apps.ts'
import type { Attempt, Citizen } from './citizen-kind.ts'
import { control } from './provider-lever.ts'

/** Whether the citizen did that, in place of scanning the code. */
export const typesWrongly = async ({ world, random }: Citizen, attempt: Attempt): Promise<boolean> => {
  const isByBank = bankApps.some(({ provider }) => provider === attempt.provider)
  if (!world.customs.mistypes || !isByBank || !random.chance(0.35)) return false
  const text = random.pick([
    swapped(attempt.reference),
    'NOP LE PHI HO SO',
    `NGUYEN THI LAN ${attempt.reference.slice(2, 12)}`,
  ])
  const sent = await control(world, `${attempt.provider}/transfers`, { payload: attempt.code, text })
  if (sent === null) return false
  world.seen.strays.set(String(sent.provider_reference), attempt.id)
  world.happenings.note('mistypes_transfer')
  return true
}

/** Two digits that are mistaken for one another; the check digits say that something is wrong. */
const swapped = (reference: string): string => {
  const at = [...reference].findIndex((digit, index) => index > 2 && digit !== reference.charAt(index + 1))
  return `${reference.slice(0, at)}${reference.charAt(at + 1)}${reference.charAt(at)}${reference.slice(at + 2)}`
}
