// Owns the delivery of callbacks: first try, retries as the provider's rule says, and the faults of the road (late,
// doubled, out of order, damaged). What is not delivered at once waits here for `tick`.
import type { Delivery, Notice, Payment } from './records.ts'
import type { CallbackAnswer, OutgoingCallback, Side } from './side.ts'
import { findPayment, type World } from './world.ts'

/** MoMo gives a merchant 15 s to answer; VNPAY does not say, so it gets the same. */
const answerTimeoutMs = 15_000
const answerBytesMax = 2_048
const deliveriesKept = 60
const noticeCountMax = 10_000

/** Queues one callback. When too many wait, the oldest is given up, as a provider's own queue would. */
export const queueNotice = (
  world: World,
  payment: Payment,
  callback: OutgoingCallback,
  plan: {
    kind: Notice['kind']
    triesMax: number
    dueAt: Date
    everyMs?: number | null
    corrupted?: number
    held?: boolean
  },
): Notice => {
  const notice: Notice = {
    id: world.newId(),
    provider: payment.provider,
    account: payment.account,
    merchant_reference: payment.merchant_reference,
    kind: plan.kind,
    ...callback,
    headers: { ...callback.headers },
    tries: 0,
    tries_max: plan.triesMax,
    every_ms: plan.everyMs ?? null,
    corrupted_left: plan.corrupted ?? 0,
    held: plan.held ?? false,
    due_at: plan.dueAt.toISOString(),
  }
  world.notices.set(notice.id, notice)
  const oldest = world.notices.keys().next()
  if (world.notices.size > noticeCountMax && !oldest.done) world.notices.delete(oldest.value)
  return notice
}

/** Sends a queued callback once, then files the answer and plans the next try or none. */
export const sendNotice = async (world: World, notice: Notice): Promise<Delivery | null> => {
  if (world.sending.has(notice.id) || !world.notices.has(notice.id)) return null
  world.sending.add(notice.id)
  try {
    const side = world.sides.get(notice.provider)
    const at = world.now()
    const corrupted = notice.corrupted_left > 0
    notice.tries += 1
    notice.corrupted_left = Math.max(0, notice.corrupted_left - 1)
    if (side?.renew) notice.headers = await side.renew(notice)
    const answer = await callMerchant(world, notice, corrupted)
    const accepted = side?.accepts(answer) ?? true
    if (accepted || notice.tries >= notice.tries_max) world.notices.delete(notice.id)
    else notice.due_at = new Date(at.getTime() + (notice.every_ms ?? pauseMs(side, notice.tries))).toISOString()
    const delivery: Delivery = {
      at: at.toISOString(),
      kind: corrupted ? 'corrupted' : notice.kind,
      status: answer.status,
      answer: answer.text,
      accepted,
    }
    const deliveries = findPayment(world, notice)?.deliveries
    deliveries?.push(delivery)
    if (deliveries && deliveries.length > deliveriesKept) deliveries.shift()
    return delivery
  } finally {
    world.sending.delete(notice.id)
  }
}

/** The pause after so many tries. */
export const pauseMs = (side: Side | undefined, tries: number): number =>
  side?.retry.pausesMs?.[tries - 1] ?? side?.retry.everyMs ?? 0

/** Lets go of the callbacks that wait for another payment's callback to pass them. */
export const releaseHeld = async (
  world: World,
  passing: Pick<Payment, 'provider' | 'account' | 'merchant_reference'>,
): Promise<void> => {
  for (const notice of [...world.notices.values()]) {
    if (!notice.held || notice.provider !== passing.provider) continue
    if (notice.account === passing.account && notice.merchant_reference === passing.merchant_reference) continue
    notice.held = false
    await sendNotice(world, notice)
  }
}

/** Sends every callback that is due, the longest overdue first; one after the other, so that a run can be repeated. */
export const sendDueNotices = async (world: World): Promise<void> => {
  const now = world.now().toISOString()
  const due = [...world.notices.values()].filter((notice) => notice.due_at <= now)
  for (const notice of due.sort((a, b) => a.due_at.localeCompare(b.due_at))) {
    notice.held = false
    await sendNotice(world, notice)
    if (notice.kind === 'genuine') await releaseHeld(world, notice)
  }
}

const callMerchant = async (world: World, notice: Notice, corrupted: boolean): Promise<CallbackAnswer> => {
  const body = notice.body === null ? null : corrupted ? changeOneByte(notice.body) : notice.body
  const url = corrupted && notice.body === null ? changeOneByte(notice.url) : notice.url
  try {
    const response = await world.fetch(url, {
      method: notice.method,
      redirect: 'manual',
      signal: AbortSignal.timeout(answerTimeoutMs),
      ...(body === null
        ? { headers: notice.headers }
        : { body, headers: { 'content-type': 'application/json; charset=UTF-8', ...notice.headers } }),
    })
    return { status: response.status, text: await readStart(response) }
  } catch (cause) {
    return { status: 0, text: cause instanceof Error ? cause.message.slice(0, 200) : 'no answer' }
  }
}

/** Changes the first digit of an amount, or else one character in the middle: damage that only the signature can show. */
export const changeOneByte = (text: string): string => {
  const changed = text.replace(
    /(amount\\?"?[=:]\\?"?)(\d)/i,
    (_all, name: string, digit: string) => `${name}${(Number(digit) % 9) + 1}`,
  )
  if (changed !== text) return changed
  const middle = Math.floor(text.length / 2)
  return `${text.slice(0, middle)}${text.charAt(middle) === 'x' ? 'y' : 'x'}${text.slice(middle + 1)}`
}

/** The first bytes of an answer as text; a merchant that talks without end is cut off. */
const readStart = async (response: Response): Promise<string> => {
  if (!response.body) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (text.length < answerBytesMax) {
    const { done, value } = await reader.read()
    if (done) return text
    text += decoder.decode(value, { stream: true })
  }
  await reader.cancel()
  return text.slice(0, answerBytesMax)
}
