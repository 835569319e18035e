// What becomes of transfers into one payment link: parts, too much, the same code scanned twice. payOS is the provider whose link takes several; each is money of
// its own, and only one of exactly the amount due pays.
import { describe, expect, it } from 'vitest'
import { rowsOf, type TownAttempt } from '../kit/town.ts'
import { townStory } from './town-story.ts'

const { town: theTown, openFor, verdicts } = townStory()

const begin = async () => {
  const town = theTown()
  const id = await town.place()
  return { town, id, attempt: await town.attempt(id, 'payos') }
}
/** Another transfer into a link that has money already. */
const transfer = async ({ reference }: TownAttempt, amount: number) => {
  const town = theTown()
  const body = JSON.stringify({ amount })
  const answer = await town.simulators.app.request(`/payos/payments/${reference}/transfers`, { method: 'POST', body })
  expect(answer.status).toBe(200)
  await town.deps.settled()
}
const factsOf = async (attempt: TownAttempt) =>
  (
    await theTown()
      .sql`select amount::int as amount, source from money_facts where attempt_id = ${attempt.id} order by sequence`
  ).map((row) => [row.source, row.amount])
const suspenseOf = async (id: string) =>
  Number(
    (
      await theTown().sql`
        select coalesce(-sum(p.amount), 0)::int as held from postings p join journal_entries e on e.id = p.entry_id
        where e.order_id = ${id} and p.account = 'suspense'`
    )[0]?.held,
  )

describe('transfers into one link', () => {
  it('two parts do not pay: both are held, each as a difference of its own, and a whole transfer pays after all', async () => {
    const { town, id, attempt } = await begin()
    await town.pay('payos', attempt, { amount: 50_000 })
    await transfer(attempt, 100_000)
    expect(await town.order(id)).toMatchObject({ status: 'open', amount_paid: 0 })
    expect(await openFor(id)).toEqual(['amount_mismatch', 'amount_mismatch'])
    expect(await factsOf(attempt)).toEqual([
      ['callback', 50_000],
      ['callback', 100_000],
    ])
    expect(await suspenseOf(id)).toBe(150_000)
    const second = await town.attempt(id, 'payos')
    await town.pay('payos', second)
    expect(await town.order(id)).toMatchObject({ status: 'paid', amount_paid: 150_000 })
    expect(await suspenseOf(id)).toBe(150_000)
  })

  it('the same transfer told by webhook and by query is one, and two transfers found by asking are two', async () => {
    const { town, id, attempt } = await begin()
    await town.fault('payos', 'callback_late', { merchant_reference: attempt.reference, delay_seconds: 3_600 })
    await town.pay('payos', attempt, { amount: 50_000 })
    await town.fault('payos', 'callback_lost', { merchant_reference: attempt.reference })
    await transfer(attempt, 100_000)
    expect(await factsOf(attempt)).toEqual([])
    await town.pass(60, 4)
    expect(await factsOf(attempt)).toEqual([
      ['query', 50_000],
      ['query', 100_000],
    ])
    await town.pass(3_600, 2)
    expect((await verdicts(attempt.reference)).at(-1)).toBe('genuine amount_mismatch')
    expect(await factsOf(attempt)).toHaveLength(2)
    expect(await suspenseOf(id)).toBe(150_000)
  })

  it('a code that is scanned twice pays once, and what came twice is proposed to go back', async () => {
    const { town, id, attempt } = await begin()
    await town.pay('payos', attempt)
    await transfer(attempt, 150_000)
    expect(await town.order(id)).toMatchObject({ status: 'paid', amount_paid: 150_000 })
    expect(await openFor(id)).toEqual(['paid_twice'])
    expect(rowsOf((await town.api(`/v1/orders/${id}/refunds`)).body.data)).toMatchObject([
      { status: 'proposed', amount: 150_000, source: 'surplus' },
    ])
  })

  it('a part whose webhook was lost is found by asking, and held', async () => {
    const { town, id, attempt } = await begin()
    await town.fault('payos', 'callback_lost', { merchant_reference: attempt.reference })
    await town.pay('payos', attempt, { amount: 20_000 })
    await town.pass(3_600, 6)
    expect(await openFor(id)).toEqual(['amount_mismatch'])
    expect(await suspenseOf(id)).toBe(20_000)
  })
})

describe('the address of the webhook', () => {
  const answerTo = async (init: { method?: string; body?: string }) => {
    const town = theTown()
    const answer = await town.request(`/callbacks/payos/${town.accounts.payos}`, init)
    return [answer.status, await answer.json()]
  }

  it('is found by GET, and believes nobody', async () => {
    const town = theTown()
    expect(await answerTo({})).toEqual([200, { success: true }])
    const forged = JSON.stringify({
      code: '00',
      success: true,
      data: { orderCode: 123, amount: 3_000 },
      signature: 'x',
    })
    expect(await answerTo({ method: 'POST', body: forged })).toEqual([401, { success: false }])
    expect(await answerTo({ method: 'POST', body: '{}' })).toEqual([400, { success: false }])
    expect(await verdicts('123')).toEqual(['forged forged'])
    expect((await town.request('/callbacks/payos/mac_none')).status).toBe(404)
  })
})

describe('the return', () => {
  it('leads who guesses an order code to nobody’s payment page', async () => {
    const { town, attempt } = await begin()
    const pathOf = async (search: string) => {
      const back = await town.request(`/returns/payos/${town.accounts.payos}?${search}`)
      return [back.status, new URL(back.headers.get('location') ?? '').pathname]
    }
    const guessed = `code=00&cancel=false&status=PAID&orderCode=${attempt.reference}`
    expect(await pathOf(guessed)).toEqual([303, '/pay/unknown'])
    expect(await pathOf(`${guessed}&id=${'0'.repeat(32)}`)).toEqual([303, '/pay/unknown'])
    const told = await town.pay('payos', attempt)
    const [status, path] = await pathOf(new URL(String(told.return_url)).search.slice(1))
    expect([status, path === '/pay/unknown']).toEqual([303, false])
  })
})
