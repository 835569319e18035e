/** One citizen with one fee to pay, from the order that the portal places to the last page that is looked at. Each is drawn from the seed alone. */
import { goToProvider, pay } from './at-provider.ts'
import type { Caller } from './caller.ts'
import { type Attempt, type Citizen, drawWay, type Order, pause, type Way } from './citizen-kind.ts'
import { askForTime, chooseOnPage } from './on-page.ts'
import { control } from './provider-lever.ts'
import { hour, minute, paymentNumber, type World } from './world.ts'

/** Lives from the placing of the order to its end. */
export const liveCitizen = async (world: World, portal: Caller, number: number): Promise<void> => {
  const random = world.random.fork(`citizen ${number}`)
  const isOnPage = world.customs.usesPages && random.fork('page').chance(0.5)
  const citizen: Citizen = { world, portal, number, random, payments: { count: 0 }, isOnPage }
  const way = drawWay(random)
  const order = await placeOrder(citizen, way)
  if (!order) return
  world.happenings.note(way)
  if (way === 'never_comes') return
  world.seen.orders.set(order.id, { number })
  await pause(citizen, 5, 600)
  if (isOnPage && random.chance(way === 'pays_late' ? 0.6 : 0.1)) await askForTime(citizen, order)
  await payAs[way](citizen, order)
}

const payAs: Record<Way, (citizen: Citizen, order: Order) => Promise<void>> = {
  pays: async (citizen, order) => {
    await payOnce(citizen, order)
  },
  never_comes: async () => undefined,
  abandons: async (citizen, order) => {
    await startAttempt(citizen, order)
  },
  fails_first: async (citizen, order) => {
    const attempt = await startAttempt(citizen, order)
    if (attempt) await pay(citizen, attempt, citizen.random.pick(['insufficient', 'wrong_otp']))
    await pause(citizen, 10, 300)
    await payOnce(citizen, order)
  },
  pays_twice: async (citizen, order) => {
    const first = await startAttempt(citizen, order)
    await pause(citizen, 5, 90)
    const second = await startAttempt(citizen, order)
    if (second) await pay(citizen, second, 'success')
    await pause(citizen, 1, 120)
    if (first) await pay(citizen, first, 'success')
  },
  pays_late: async (citizen, order) => {
    const attempt = await startAttempt(citizen, order)
    // The order's deadline passes while the payer looks for the phone; what the provider still takes is its own business.
    await pause(citizen, 8 * 60, 14 * 60)
    if (attempt) await pay(citizen, attempt, 'success')
  },
  presses_cancel: async (citizen, order) => {
    const attempt = await startAttempt(citizen, order)
    if (attempt) await pay(citizen, attempt, 'cancelled')
  },
  is_cancelled: async (citizen, order) => {
    const attempt = await startAttempt(citizen, order)
    const cancel = () =>
      citizen.portal({ path: `/v1/orders/${order.id}/cancel`, json: { reason: 'Rút hồ sơ' }, method: 'POST' })
    if (!attempt) return void (await cancel())
    await Promise.all([cancel(), pay(citizen, attempt, 'success')])
  },
  wants_it_back: async (citizen, order) => {
    if (!(await payOnce(citizen, order))) return
    await pause(citizen, 60, 3 * 3_600)
    const { random } = citizen
    const json = { reason: 'Hồ sơ bị từ chối', ...(random.chance(0.3) ? { amount: random.int(1, 40) * 1_000 } : {}) }
    const path = `/v1/orders/${order.id}/refunds`
    const answer = await citizen.portal({ path, json, key: `refund-${citizen.number}` })
    if (answer?.status === 202) citizen.world.seen.refundsAsked += 1
  },
}

const fees = [
  { fee_code: 'LP-HOTICH-01', kind: 'le_phi', description: 'Lệ phí đăng ký khai sinh', unit_amount: 150_000 },
  { fee_code: 'PHI-LLTP', kind: 'phi', description: 'Phí cung cấp thông tin lý lịch tư pháp', unit_amount: 200_000 },
  { fee_code: 'PHI-CT', kind: 'phi', description: 'Phí chứng thực bản sao', unit_amount: 50_000 },
]

/** Null when the portal could not place it. */
const placeOrder = async ({ world, portal, number, random }: Citizen, way: Way): Promise<Order | null> => {
  const lines = random.chance(0.2) ? [random.pick(fees), fees[2]] : [random.pick(fees)]
  const deadline = new Date(world.schedule.now().getTime() + (way === 'pays_late' ? 10 * minute : 24 * hour))
  const serial = String(number).padStart(4, '0')
  const json = {
    dossier_code: `H56.12.03-261122-${serial}`,
    agency_code: random.pick(['H56.12.03', 'H56.12.04']),
    payer: { name: 'Nguyễn Thị Lan', identity_number: `038190${number.toString().padStart(6, '0')}` },
    lines,
    expires_at: deadline.toISOString(),
    return_url: 'https://portal.town/dossiers',
  }
  const answer = await portal({ path: '/v1/orders', json, key: `order-${number}` })
  if (answer?.status !== 201) return null
  // Somebody's double click: the same key and body give the first answer again.
  if (random.chance(0.1)) {
    await portal({ path: '/v1/orders', json, key: `order-${number}` })
    world.happenings.note('orders_again')
  }
  return { id: String(answer.body.id), checkout: String(answer.body.checkout_url).replace(world.publicUrl, '') }
}

const payOnce = async (citizen: Citizen, order: Order): Promise<boolean> => {
  for (let tried = 0; tried < 3; tried += 1) {
    const attempt = await startAttempt(citizen, order)
    if (attempt) {
      await pause(citizen, 5, citizen.random.chance(0.1) ? 800 : 120)
      return pay(citizen, attempt, 'success')
    }
    await pause(citizen, 20, 200)
  }
  return false
}

/** Chooses a provider and goes to its page; null when there was nowhere to go. */
const startAttempt = async (citizen: Citizen, order: Order): Promise<Attempt | null> => {
  const { world, portal, random, payments, number } = citizen
  payments.count += 1
  const paying = paymentNumber(number, payments.count)
  const before = async (provider: string) => {
    if (world.faults.take('cached_500', paying)) await control(world, `${provider}/faults`, { fault: 'cached_500' })
  }
  if (citizen.isOnPage) {
    const begun = await chooseOnPage(citizen, order, before)
    return begun && { ...begun, number: paying }
  }
  const { provider } = random.pick(world.accounts)
  await before(provider)
  const path = `/v1/orders/${order.id}/attempts`
  const answer = await portal({ path, json: { provider }, key: `attempt-${number}-${payments.count}` })
  if (answer?.status !== 201) return null
  const { id, merchant_reference: reference, action } = answer.body
  const code = await goToProvider(world, action)
  if (code === null) return null
  return { id: String(id), reference: String(reference), provider, code, number: paying }
}
