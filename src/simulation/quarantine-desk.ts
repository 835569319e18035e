/** Credits that belong to no payment: citizens come with the slip of their bank, and the accountant says whose they are, sometimes twice at once. */
import type { Office } from './office.ts'
import { type Json, rowsOf } from './world.ts'

/** One evening's work; on the last one every credit whose payer is known is attributed. */
export const workOnQuarantine = async (office: Office, isLast: boolean): Promise<void> => {
  for (const status of isLast ? ['dismissed', 'open'] : ['open']) {
    const kept = await office.accountant({ path: `/v1/quarantine?status=${status}&kind=unknown_credit&limit=100` })
    for (const entry of rowsOf(kept?.body.data)) await decide(office, entry, isLast)
  }
}

const decide = async (office: Office, entry: Json, isLast: boolean): Promise<void> => {
  const { world, accountant, random } = office
  const attempt = world.seen.strays.get(String(entry.provider_reference))
  if (attempt !== undefined && (isLast || random.chance(0.6))) return attribute(office, String(entry.id), attempt)
  if (isLast || !random.chance(0.3)) return
  const path = `/v1/quarantine/${entry.id}/dismiss`
  const said = await accountant({ path, json: { note: 'Chưa rõ người nộp' } })
  if (said?.status === 200) world.happenings.note('dismisses_credit')
}

/** Of two who say so at the same moment one is refused. */
const attribute = async ({ world, accountant, random }: Office, id: string, attempt: string): Promise<void> => {
  const path = `/v1/quarantine/${id}/attribute`
  const say = () => accountant({ path, json: { attempt, note: 'Theo ủy nhiệm chi của người nộp' } })
  const answers = await Promise.all(random.chance(0.5) ? [say(), say()] : [say()])
  const granted = answers.filter((answer) => answer?.status === 200).length
  if (answers.length > 1) world.happenings.note('tries_attributing_twice')
  if (granted > 0) world.happenings.note('attributes_credit')
  if (granted > 1) world.seen.granted.push({ what: 'one credit was attributed twice', rows: [id, attempt] })
}
