/** A citizen on our own checkout page: chooses a provider and goes there, presses twice, opens a second tab, goes back, and asks for more time. */
import { openProvider } from './at-provider.ts'
import { type Answered, plain, readForm, visit } from './browser.ts'
import type { Citizen, Order } from './citizen-kind.ts'
import { rowsOf, type World } from './world.ts'

/** What the form on the page says; null where nothing can be chosen. */
type Choice = { providers: readonly string[]; seen: string; until: string | null }

export type Begun = { id: string; reference: string; provider: string; code: string }

/** How a citizen presses. Whatever they do, the forms that they have seen begin one payment each. */
const habits = [
  'presses_once',
  'presses_once',
  'presses_once',
  'presses_twice',
  'opens_second_tab',
  'goes_back',
] as const

/** Chooses a provider and goes to its page; null where nothing has begun. */
export const chooseOnPage = async (
  citizen: Citizen,
  order: Order,
  before: (provider: string) => Promise<void>,
): Promise<Begun | null> => {
  const { world, random } = citizen
  const choice = await openPage(world, order)
  if (!choice) return null
  const provider = random.pick(choice.providers)
  await before(provider)
  const press = (name = provider) => pressPay(world, order, { seen: choice.seen, provider: name })
  const habit = random.pick(habits)
  world.happenings.note(habit)
  const answers =
    habit === 'presses_once'
      ? [await press()]
      : habit === 'presses_twice'
        ? await Promise.all([press(), press()])
        : [await press(), await press(habit === 'goes_back' ? provider : random.pick(choice.providers))]
  const code = await leave(world, answers.find((answered) => leadsAway(world, answered)) ?? null)
  return code === null ? null : begunOf(citizen, order, { provider, code })
}

const leadsAway = ({ publicUrl }: World, answered: Answered | null): boolean =>
  answered?.status === 303 && (answered.location.startsWith(publicUrl) || answered.location.includes('/attempts/'))

const openPage = async (world: World, { checkout }: Order): Promise<Choice | null> => {
  const page = await visit(world, checkout)
  if (page?.status !== 200) return null
  const radios = [...page.text.matchAll(/<input type="radio" name="provider" value="([^"]+)"([^>]*)>/g)]
  const providers = radios.flatMap(([, name = '', rest = '']) => (/ disabled/.test(rest) ? [] : [plain(name)]))
  const seen = /<input type="hidden" name="seen" value="(\d+)"/.exec(page.text)?.[1]
  const until = /name="until" value="(\d+)"/.exec(page.text)?.[1] ?? null
  return seen === undefined || providers.length === 0 ? null : { providers, seen, until }
}

/** Which forms of an order were sent: what the page knew of, and which deadline. */
const pressedOf = ({ seen }: World, { id }: Order) => {
  const pressed = seen.pressed.get(id) ?? { forms: new Set<string>(), deadlines: new Set<string>() }
  seen.pressed.set(id, pressed)
  return pressed
}

const pressPay = (world: World, order: Order, fields: { seen: string; provider: string }): Promise<Answered | null> => {
  pressedOf(world, order).forms.add(fields.seen)
  return visit(world, order.checkout, fields)
}

/** The way to the provider, by address, form or code. The code's text, empty where there is none; null when there is no way. */
const leave = async (world: World, answered: Answered | null): Promise<string | null> => {
  if (!answered) return null
  if (answered.location.startsWith(world.publicUrl)) {
    await openProvider(world, answered.location)
    return ''
  }
  const page = await visit(world, answered.location)
  if (page?.status === 303 && page.location.startsWith(world.publicUrl)) return leave(world, page)
  if (page?.status !== 200) return null
  const scanned = /[?&]qr=([^&"]+)/.exec(plain(page.text))?.[1]
  if (scanned !== undefined) return decodeURIComponent(scanned.replaceAll('+', ' '))
  const form = readForm(page.text)
  if (!form) return null
  await openProvider(world, form.action, form.fields)
  return ''
}

/** What the town must know to have the payment end: the portal looks it up. */
const begunOf = async (
  { portal }: Citizen,
  { id }: Order,
  { provider, code }: { provider: string; code: string },
): Promise<Begun | null> => {
  const events = await portal({ path: `/v1/orders/${id}/events?limit=100` })
  const started = rowsOf(events?.body.data).filter(
    ({ type, data }) => String(type) === 'attempt.started' && String(data?.provider) === provider,
  )
  const data = started.at(-1)?.data
  return data ? { id: String(data.id), reference: String(data.merchant_reference), provider, code } : null
}

/** Presses the button that moves the deadline, once or twice; the second press finds it moved. */
export const askForTime = async ({ world, random }: Citizen, order: Order): Promise<void> => {
  const choice = await openPage(world, order)
  if (!choice?.until) return
  const { until } = choice
  pressedOf(world, order).deadlines.add(until)
  world.happenings.note('asks_for_time')
  const press = () => visit(world, `${order.checkout}/extend`, { until })
  await Promise.all(random.chance(0.5) ? [press(), press()] : [press()])
}
