// The load: portals that place orders, and citizens who pay them by every provider, in all the ways in which citizens do.
import { setTimeout as pause } from 'node:timers/promises'
import { type Chance, createChance } from '../score/random.ts'
import type { Caller } from './persistent-caller.ts'
import { noteRefusal, type Promises, type ToldOrder } from './promises.ts'
import type { ProviderSide } from './provider-side.ts'

export type Townsfolk = {
  publicUrl: string
  caller: Caller
  providers: ProviderSide
  promises: Promises
  begun: Date
  /** False when everybody is to finish what was begun. */
  goesOn: () => boolean
  seed: number
  /** Lines of statements that have been imported. */
  listed: Set<string>
}

const ways = {
  plain: 60,
  /** The bank refuses once, and the citizen tries again. */
  declined: 8,
  /** Two attempts, both paid. */
  twice: 6,
  /** The provider takes 1 đ more than was asked for. */
  'wrong amount': 3,
  abandoned: 8,
  /** The portal withdraws the order, and the citizen pays all the same. */
  cancelled: 5,
  /** The order is over before the citizen pays. */
  late: 5,
  /** Portal and citizen come to the end together: many attempts that nobody finishes. */
  restless: 5,
} as const
type Way = keyof typeof ways

const faults = { none: 70, callback_lost: 10, callback_doubled: 10, callback_late: 10 } as const
const comesBackShare = 0.4
const repeatsShare = 0.15
const shortDeadlineMs = 6_000
/** A gateway that died while it asked the provider leaves the key in progress for a minute: no citizen waits for that. */
const chooseAgainMs = 5_000
const agencies = ['H56.12.03', 'H56.14.05', 'H56.242']
const restMs = 40

/** So many citizens, one order after the other, until it is over; resolves when the last one has come to an end. */
export const letCitizensPay = async (town: Townsfolk, count: number): Promise<void> => {
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const chance = createChance(town.seed * 1_000 + index)
      for (let turn = 0; town.goesOn(); turn += 1) {
        await live(town, chance, `${index}-${turn}`)
        await pause(chance.below(restMs))
      }
    }),
  )
}

const live = async (town: Townsfolk, chance: Chance, name: string): Promise<void> => {
  const way: Way = chance.weighted(ways)
  const order = await placeOrder(town, chance, { name, isShort: way === 'late' })
  if (!order) return
  const start = (turn: number) =>
    startAttempt(town, {
      order: order.id,
      key: `attempt-${town.seed}-${name}-${turn}`,
      provider: providerFor(town, chance),
    })
  if (way === 'restless') for (let turn = 0; turn < 3; turn += 1) await start(turn + 10)
  const first = (await start(0)) ?? (await start(2))
  if (!first || way === 'abandoned') return
  if (way === 'declined') {
    await pay(town, chance, first, { result: 'insufficient' })
    const second = await start(1)
    if (second) await pay(town, chance, second, { result: 'success' })
    return
  }
  if (way === 'cancelled') await cancel(town, order.id)
  if (way === 'late') await pause(shortDeadlineMs)
  const more = way === 'wrong amount' ? { amount: Number(order.amount) + 1 } : {}
  const second = way === 'twice' ? await start(1) : null
  await Promise.all([first, second].map((each) => each && pay(town, chance, each, { result: 'success', ...more })))
}

const providerFor = ({ providers }: Townsfolk, chance: Chance): string => chance.pick([...providers.accounts.keys()])

const placeOrder = async (
  { caller, promises, seed }: Townsfolk,
  chance: Chance,
  { name, isShort }: { name: string; isShort: boolean },
): Promise<ToldOrder | null> => {
  const key = `order-${seed}-${name}`
  const agencyCode = chance.pick(agencies)
  const kinds = chance.pick([['phi'], ['le_phi'], ['phi', 'le_phi']])
  const json = {
    dossier_code: `${agencyCode}-${key}`,
    agency_code: agencyCode,
    payer: {
      name: 'Nguyễn Thị Lan',
      identity_number: `038190${String(chance.below(1_000_000)).padStart(6, '0')}`,
      phone: '0912345678',
    },
    lines: kinds.map((kind) => ({
      kind,
      description: `Khoản thu ${kind}`,
      unit_amount: 1_000 * chance.between(20, 400),
    })),
    return_url: 'https://portal.example.vn/dossiers',
    metadata: { key },
    ...(isShort ? { expires_at: new Date(Date.now() + shortDeadlineMs).toISOString() } : {}),
  }
  const call = { path: '/v1/orders', json, key }
  const { status, text, json: told } = await caller.call('portal', call)
  if (status !== 201) {
    noteRefusal(promises, call.path, told.code)
    return null
  }
  const order = { id: String(told.id), amount: BigInt(String(told.amount)) }
  promises.orders.set(key, order)
  if (chance.isTrue(repeatsShare)) {
    const repeated = await caller.call('portal', call)
    if (repeated.text !== text) promises.changedAnswers.push(`${call.path} ${key}`)
  }
  return order
}

type StartedAttempt = { reference: string; provider: string; action: Record<string, unknown> }

const startAttempt = async (
  { caller, promises }: Townsfolk,
  { order, key, provider }: { order: string; key: string; provider: string },
): Promise<StartedAttempt | null> => {
  const path = `/v1/orders/${order}/attempts`
  const { status, json } = await caller.call('portal', { path, json: { provider }, key, patienceMs: chooseAgainMs })
  if (status !== 201) {
    noteRefusal(promises, path, json.code ?? 'no answer in time')
    return null
  }
  const reference = String(json.merchant_reference)
  promises.attempts.set(String(json.id), { order, reference, provider })
  // The provider was being asked when the gateway died: nobody has an address to go to, and only the query schedule ends this attempt.
  return json.action === null ? null : { reference, provider, action: { ...(json.action as object) } }
}

const cancel = async ({ caller, promises }: Townsfolk, order: string): Promise<void> => {
  const path = `/v1/orders/${order}/cancel`
  const { status, json } = await caller.call('portal', { path, json: { reason: 'dossier withdrawn' } })
  if (status === 200) promises.cancelled.add(order)
  else noteRefusal(promises, path, json.code)
}

/** The citizen goes where the action says, with whatever befalls the callback, and pays; some come back. */
const pay = async (
  { providers, publicUrl, promises }: Townsfolk,
  chance: Chance,
  { provider, reference, action }: StartedAttempt,
  completion: { result: string; amount?: number },
): Promise<void> => {
  const fault = chance.weighted(faults)
  if (fault !== 'none') {
    const seconds = fault === 'callback_late' ? { delay_seconds: chance.between(1, 8) } : {}
    await providers.ask(provider, 'faults', posted({ fault, merchant_reference: reference, ...seconds }))
  }
  if (action.type === 'form') {
    const fields = Object.entries(Object(action.fields)).map(([field, value]): [string, string] => [
      field,
      String(value),
    ])
    const page = String(action.url).replace(`${publicUrl}/simulators/${provider}/`, '')
    await providers.ask(provider, page, { method: 'POST', body: new URLSearchParams(fields) })
  }
  const address = action.type === 'qr' ? action.payload : action.type === 'redirect' ? action.url : undefined
  const input = { ...completion, ...(address === undefined ? {} : { pay_url: address }) }
  const answer = await providers.ask(provider, `payments/${encodeURIComponent(reference)}/complete`, posted(input))
  // Too late for this provider: nothing is taken, and nobody hears of it.
  if (answer.status === 409 || answer.status === 422)
    return noteRefusal(promises, `paying by ${provider}`, answer.status)
  if (answer.status !== 200) throw new Error(`${provider} lets nobody pay: ${answer.status} ${await answer.text()}`)
  const { return_url } = (await answer.json()) as { return_url: string | null }
  if (return_url === null || !return_url.startsWith(`${publicUrl}/returns/`) || !chance.isTrue(comesBackShare)) return
  await fetch(return_url, { redirect: 'manual' }).then(
    (page) => page.body?.cancel(),
    () => undefined,
  )
}

const posted = (json: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(json),
})
