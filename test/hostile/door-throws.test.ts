// Genuine news at which the door throws, today and at every repetition.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { due, openHouse } from '../kit/house.ts'

let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.database.drop())

it('books a surplus refund of which the provider returned less than was asked', async () => {
  const orderId = await house.place()
  const [first, second] = [await house.attempt(orderId), await house.attempt(orderId)]
  await house.tell(house.captured(first, 'S1'))
  await house.tell(house.captured(second, 'S2'))
  const proposal = (await house.read(orderId)).refunds[0]
  expect(proposal).toMatchObject({ status: 'proposed', source: 'surplus', amount: due })
  await house.sql`update refunds set status = 'pending', decided_by = 'cli_checker' where id = ${proposal?.id ?? ''}`
  await house.tell(house.refunded({ merchantReference: proposal?.merchantReference ?? '' }, 'R1', 100_000n))
  expect((await house.read(orderId)).sums.provider_receivable).toBe(200_000n)
})

it('books a partial reversal of a payment that was refunded in part and paid twice', async () => {
  const orderId = await house.place()
  const [first, second] = [await house.attempt(orderId), await house.attempt(orderId)]
  await house.tell(house.captured(first, 'T1'))
  const back = await house.refund(first, { amount: 120_000n })
  await house.tell(house.refunded(back, 'T1R', 120_000n))
  await house.tell(house.captured(second, 'T2'))
  await house.tell(house.reversed(first, 'T1V', 50_000n))
  expect((await house.read(orderId)).sums.provider_receivable).toBe(130_000n)
})

it('books two equal partial refunds that the provider names by the number of their payment', async () => {
  const orderId = await house.place()
  const attempt = await house.attempt(orderId)
  await house.tell(house.captured(attempt, 'U1'))
  const one = await house.refund(attempt, { amount: 50_000n })
  await house.tell(house.refunded(one, 'U1', 50_000n))
  const two = await house.refund(attempt, { amount: 50_000n })
  await house.tell(house.refunded(two, 'U1', 50_000n))
  expect((await house.read(orderId)).order.amountRefunded).toBe(100_000n)
})

it('pays an order of an agency two of whose webhook endpoints share six digits of a hash', async () => {
  const orderId = await house.place()
  const attempt = await house.attempt(orderId)
  const seen = new Map<string, string>()
  let pair: string[] = []
  while (pair.length === 0) {
    const id = house.deps.newId('whe')
    const digits = createHash('md5').update(id).digest('hex').slice(0, 6)
    const twin = seen.get(digits)
    if (twin) pair = [id, twin]
    seen.set(digits, id)
  }
  for (const id of pair)
    await house.sql`insert into webhook_endpoints ${house.sql({ id, agencyCode: 'H56', url: 'https://portal.example.vn/hook', sealed: new Uint8Array([1]), createdAt: house.deps.now() })}`
  await house.tell(house.captured(attempt, 'W1'))
  expect((await house.read(orderId)).order.status).toBe('paid')
})
