/** What a citizen does at a provider, and the way there and back. */
import { businessDay } from '../lib/time.ts'
import { formType, readForm, visit } from './browser.ts'
import type { Attempt, Citizen } from './citizen-kind.ts'
import { faultKinds, faultNames } from './fault-kinds.ts'
import { typesWrongly } from './mistyped.ts'
import { control } from './provider-lever.ts'
import type { Json, World } from './world.ts'

/** What the browser does with an action. The text of a code is what a phone scans; null when there is nothing to do. */
export const goToProvider = async (world: World, action: Json | undefined): Promise<string | null> => {
  const type = String(action?.type ?? '')
  if (type === 'qr') return String(action?.payload)
  if (type !== 'redirect' && type !== 'form') return null
  const fields = Object.entries(action?.fields ?? {}).map(([name, value]) => [name, String(value)])
  await openProvider(world, String(action?.url ?? ''), type === 'form' ? Object.fromEntries(fields) : undefined)
  return ''
}

/** Opens a page of a provider, with the form's fields where there is one. */
export const openProvider = async (world: World, url: string, fields?: Record<string, string>): Promise<void> => {
  const path = url.replace(`${world.publicUrl}/simulators`, '')
  const post = { method: 'POST', body: new URLSearchParams(fields).toString(), headers: formType }
  await world.simulators.app.request(path, fields ? post : {})
}

/** Orders the faults of this payment, ends it at the provider, and comes back or not. True when the provider took the money under our reference. */
export const pay = async (citizen: Citizen, attempt: Attempt, result: string): Promise<boolean> => {
  const { world, random } = citizen
  const at = attempt.number
  if (result === 'success' && (await typesWrongly(citizen, attempt))) return false
  const asked = result === 'success' ? await askedOf(world, attempt) : null
  // Some call a payment over when its time is up, and take a late payer's money all the same. Of that the callback tells at least: what only a statement says
  // against the provider's own word is a discrepancy, which people decide, and not booked by itself.
  const isOver = asked !== null && String(asked.status) === 'expired'
  if (isOver) world.seen.contradicted.add(`${attempt.provider} ${attempt.reference}`)
  else if (result === 'success') await orderFaults(world, attempt, at)
  const wrong = result === 'success' ? world.faults.take('wrong_amount', at) : null
  const due = wrong && asked ? Number(asked.amount_requested) : null
  const told = await control(world, `${attempt.provider}/payments/${encodeURIComponent(attempt.reference)}/complete`, {
    result,
    ...(attempt.code ? { pay_url: attempt.code } : {}),
    ...(wrong && due !== null ? { amount: Math.max(1_000, due + wrong.value) } : {}),
  })
  if (told && random.chance(0.7)) await comeBack(world, told)
  return told?.status !== undefined && String(told.status) === 'success'
}

/** The payment in the provider's own books; null when it has not begun there. */
const askedOf = async (world: World, { provider, reference }: Attempt): Promise<Json | null> => {
  const answer = await world.simulators.app.request(`/${provider}/payments/${encodeURIComponent(reference)}`)
  return answer.status === 200 ? ((await answer.json()) as Json) : null
}

const orderFaults = async (world: World, { provider, reference }: Attempt, at: number): Promise<void> => {
  for (const kind of faultNames) {
    const rule = faultKinds[kind]
    if (!('ordered' in rule) || kind === 'cached_500') continue
    const fault = world.faults.take(kind, at)
    if (!fault) continue
    if (kind === 'callback_late' && fault.value >= 30 * 86_400) world.happenings.note('callback_a_month_late')
    if (kind === 'statement_shifted' && isBeforeTet(world)) world.happenings.note('statement_shifted_over_tet')
    if (kind === 'contradicted' || kind === 'contradicted_later')
      world.seen.contradicted.add(`${provider} ${reference}`)
    if (kind === 'statement_missing' || kind === 'statement_wrong_amount')
      world.seen.listedWrongly.add(`${provider} ${reference}`)
    await control(world, `${provider}/faults`, {
      fault: rule.ordered,
      merchant_reference: reference,
      ...numbersOf[rule.value === 'seconds' ? 'seconds' : rule.value === 'nothing' ? 'nothing' : 'count'](fault.value),
    })
  }
}

/** Tết 2027 is on 6 February (see town.ts, where the first days are). */
const isBeforeTet = ({ schedule }: World): boolean => {
  const today = businessDay(schedule.now())
  return today >= '2027-02-03' && today < '2027-02-06'
}

const numbersOf = {
  seconds: (value: number) => ({ delay_seconds: value }),
  count: (value: number) => ({ count: value }),
  nothing: () => ({}),
}

/** The browser goes where the provider sends it: to our address, or to a page with a form that goes there. */
const comeBack = async (world: World, told: Json): Promise<void> => {
  const url = String(told.return_url ?? '')
  const { publicUrl } = world
  const answered = url.startsWith(`${publicUrl}/simulators`)
    ? await comeBackByForm(world, url)
    : url.startsWith(publicUrl)
      ? await visit(world, url)
      : null
  if (answered) world.happenings.note('comes_back')
  if (world.customs.usesPages && answered?.location.startsWith('/pay/')) await visit(world, answered.location)
}

const comeBackByForm = async (world: World, url: string) => {
  const page = await world.simulators.app.request(url.replace(`${world.publicUrl}/simulators`, ''))
  const form = readForm(await page.text())
  return form ? visit(world, form.action, form.fields) : null
}
