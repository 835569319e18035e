/** One citizen with one fee to pay, from the order that the portal places to the last page that is looked at. Each is drawn from the seed alone. */
import { type Caller, isNetworkError } from './caller.ts'
import { faultKinds, faultNames } from './fault-kinds.ts'
import type { Random } from './random.ts'
import { hour, type Json, minute, paymentNumber, second, type World } from './world.ts'

/** What a citizen is like, and how many in a hundred are. */
const ways = {
  pays: 48,
  abandons: 7,
  never_comes: 3,
  fails_first: 10,
  pays_twice: 8,
  pays_late: 6,
  presses_cancel: 4,
  is_cancelled: 4,
  wants_it_back: 10,
} as const
export type Way = keyof typeof ways

/** The first that is drawn of a citizen. */
export const drawWay = (random: Random): Way => {
  let left = random.int(1, 100)
  for (const [way, share] of Object.entries(ways) as [Way, number][]) {
    left -= share
    if (left <= 0) return way
  }
  return 'pays'
}

type Citizen = { world: World; portal: Caller; number: number; random: Random; payments: { count: number } }
/** `number` is what faults name it by. */
type Attempt = { id: string; reference: string; provider: string; code: string; number: number }

/** Lives from the placing of the order to its end. */
export const liveCitizen = async (world: World, portal: Caller, number: number): Promise<void> => {
  const random = world.random.fork(`citizen ${number}`)
  const citizen: Citizen = { world, portal, number, random, payments: { count: 0 } }
  const way = drawWay(random)
  const order = await placeOrder(citizen, way)
  if (!order || way === 'never_comes') return
  world.seen.orders.set(order, { number })
  await pause(citizen, 5, 600)
  await payAs[way](citizen, order)
}

const payAs: Record<Way, (citizen: Citizen, order: string) => Promise<void>> = {
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
      citizen.portal({ path: `/v1/orders/${order}/cancel`, json: { reason: 'Rút hồ sơ' }, method: 'POST' })
    if (!attempt) return void (await cancel())
    await Promise.all([cancel(), pay(citizen, attempt, 'success')])
  },
  wants_it_back: async (citizen, order) => {
    if (!(await payOnce(citizen, order))) return
    await pause(citizen, 60, 3 * 3_600)
    const { random } = citizen
    const json = { reason: 'Hồ sơ bị từ chối', ...(random.chance(0.3) ? { amount: random.int(1, 40) * 1_000 } : {}) }
    const path = `/v1/orders/${order}/refunds`
    const answer = await citizen.portal({ path, json, key: `refund-${citizen.number}` })
    if (answer?.status === 202) citizen.world.seen.refundsAsked += 1
  },
}

const pause = ({ world, random }: Citizen, from: number, to: number): Promise<void> =>
  world.schedule.sleep(random.int(from, to) * second)

const fees = [
  { fee_code: 'LP-HOTICH-01', kind: 'le_phi', description: 'Lệ phí đăng ký khai sinh', unit_amount: 150_000 },
  { fee_code: 'PHI-LLTP', kind: 'phi', description: 'Phí cung cấp thông tin lý lịch tư pháp', unit_amount: 200_000 },
  { fee_code: 'PHI-CT', kind: 'phi', description: 'Phí chứng thực bản sao', unit_amount: 50_000 },
]

/** The order's id; null when the portal could not place it. */
const placeOrder = async ({ world, portal, number, random }: Citizen, way: Way): Promise<string | null> => {
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
  if (random.chance(0.1)) await portal({ path: '/v1/orders', json, key: `order-${number}` })
  return String(answer.body.id)
}

const payOnce = async (citizen: Citizen, order: string): Promise<boolean> => {
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
const startAttempt = async (citizen: Citizen, order: string): Promise<Attempt | null> => {
  const { world, portal, random, payments, number } = citizen
  const { provider } = random.pick(world.accounts)
  payments.count += 1
  const paying = paymentNumber(number, payments.count)
  if (world.faults.take('cached_500', paying)) await control(world, `${provider}/faults`, { fault: 'cached_500' })
  const path = `/v1/orders/${order}/attempts`
  const answer = await portal({ path, json: { provider }, key: `attempt-${number}-${payments.count}` })
  if (answer?.status !== 201) return null
  const { id, merchant_reference: reference, action } = answer.body
  const code = await goToProvider(world, action)
  if (code === null) return null
  return { id: String(id), reference: String(reference), provider, code, number: paying }
}

/** What the browser does with an action. The text of a code is what a phone scans; null when there is nothing to do. */
const goToProvider = async (world: World, action: Json | undefined): Promise<string | null> => {
  const type = String(action?.type ?? '')
  if (type === 'qr') return String(action?.payload)
  const path = String(action?.url ?? '').replace(`${world.publicUrl}/simulators`, '')
  if (type === 'redirect') {
    await world.simulators.app.request(path)
    return ''
  }
  if (type !== 'form') return null
  const fields = Object.entries(action?.fields ?? {}).map(([name, value]) => [name, String(value)])
  await world.simulators.app.request(path, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: form,
  })
  return ''
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Orders the faults of this payment, ends it at the provider, and comes back or not. True when the provider took the money. */
const pay = async (citizen: Citizen, attempt: Attempt, result: string): Promise<boolean> => {
  const { world, random } = citizen
  const at = attempt.number
  if (result === 'success') await orderFaults(world, attempt, at)
  const wrong = result === 'success' ? world.faults.take('wrong_amount', at) : null
  const due = wrong ? await amountOf(world, attempt) : null
  const told = await control(world, `${attempt.provider}/payments/${encodeURIComponent(attempt.reference)}/complete`, {
    result,
    ...(attempt.code ? { pay_url: attempt.code } : {}),
    ...(wrong && due !== null ? { amount: Math.max(1_000, due + wrong.value) } : {}),
  })
  if (told && random.chance(0.7)) await comeBack(world, told)
  return told?.status !== undefined && String(told.status) === 'success'
}

const amountOf = async (world: World, { provider, reference }: Attempt): Promise<number | null> => {
  const answer = await world.simulators.app.request(`/${provider}/payments/${encodeURIComponent(reference)}`)
  return answer.status === 200 ? Number(((await answer.json()) as Json).amount_requested) : null
}

const orderFaults = async (world: World, { provider, reference }: Attempt, at: number): Promise<void> => {
  for (const kind of faultNames) {
    const rule = faultKinds[kind]
    if (!('ordered' in rule) || kind === 'cached_500') continue
    const fault = world.faults.take(kind, at)
    if (!fault) continue
    if (kind === 'contradicted' || kind === 'contradicted_later')
      world.seen.contradicted.add(`${provider} ${reference}`)
    await control(world, `${provider}/faults`, {
      fault: rule.ordered,
      merchant_reference: reference,
      ...numbersOf[rule.value === 'seconds' ? 'seconds' : rule.value === 'nothing' ? 'nothing' : 'count'](fault.value),
    })
  }
}

const numbersOf = {
  seconds: (value: number) => ({ delay_seconds: value }),
  count: (value: number) => ({ count: value }),
  nothing: () => ({}),
}

/** A lever of the simulated provider; null when it says no, as to a payment that has expired. */
const control = async (world: World, path: string, json: object): Promise<Json | null> => {
  world.answering += 1
  try {
    const answer = await world.simulators.app.request(`/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(json),
    })
    return answer.status < 400 ? ((await answer.json()) as Json) : null
  } finally {
    world.answering -= 1
  }
}

/** The browser goes where the provider sends it: to our address, or to a page with a form that goes there. */
const comeBack = async (world: World, told: Json): Promise<void> => {
  const url = String(told.return_url ?? '')
  const { publicUrl } = world
  if (url.startsWith(`${publicUrl}/simulators`)) {
    const page = await (await world.simulators.app.request(url.replace(`${publicUrl}/simulators`, ''))).text()
    const action = /<form method="post" action="([^"]+)"/.exec(page)?.[1] ?? ''
    const fields = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
    const body = new URLSearchParams(fields.map(([, name, value]) => [plain(name), plain(value)])).toString()
    if (action) await visit(world, plain(action), { method: 'POST', headers: form, body })
  } else if (url.startsWith(publicUrl)) await visit(world, url, {})
}

const plain = (text = '') => text.replaceAll('&quot;', '"').replaceAll('&amp;', '&')

/** A page that does not come is looked at no more. */
const visit = async (world: World, url: string, init: RequestInit): Promise<void> => {
  const path = url.replace(world.publicUrl, '')
  try {
    const answer = await world.network.carry({ road: 'open', label: 'return', init }, () =>
      world.cluster.handle(path, init),
    )
    await answer.text()
  } catch (error) {
    if (!isNetworkError(error)) throw error
  }
}
