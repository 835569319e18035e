// A transfer by hand returns one refund of the bank account that it was made from, through whichever merchant accounts their payments came.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { confirmRefund } from '../../src/flows/confirm-refund.ts'
import { decideRefund } from '../../src/flows/decide-refund.ts'
import { requestRefund } from '../../src/flows/request-refund.ts'
import { businessDay } from '../../src/lib/time.ts'
import { openHouse } from '../kit/house.ts'
import { addAttempt, seedMerchantAccount } from '../kit/orders.ts'

let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  house = await openHouse()
})
afterAll(async () => {
  await house.deps.settled()
  await house.database.drop()
})

const maker = { clientId: 'cli_maker', agency: 'H56' }
const checker = { clientId: 'cli_checker', agency: 'H56' }

/** A refund by hand that waits for its transfer, of a payment through that merchant account. */
const waiting = async (merchantAccountId: string): Promise<string> => {
  const orderId = await house.place()
  const attempt = await addAttempt(house.deps, orderId, merchantAccountId)
  const outcome = house.captured(attempt, `P${attempt.id.slice(-10)}`)
  await applyOutcome(house.deps, { merchantAccountId, outcome, source: 'callback' })
  await house.deps.settled()
  const input = { orderId, amount: null, reason: 'Thu thừa', method: 'manual' as const }
  const asked = await requestRefund(house.deps, maker, input, { key: orderId, body: {} })
  const { id } = JSON.parse(asked.body) as { id: string }
  await decideRefund(house.deps, checker, { refundId: id, decision: 'approved' })
  await house.deps.settled()
  return id
}

const confirm = (refundId: string, bankReference: string) => {
  const paidOn = businessDay(house.deps.now())
  return confirmRefund(house.deps, checker, { refundId, bankReference, paidOn, evidence: 'Ủy nhiệm chi' })
}

it('returns one refund, and a number of another bank is another number', async () => {
  const sibling = await seedMerchantAccount(house.deps, house.sql, { provider: 'sibling' })
  const [here, there] = [await waiting(house.account), await waiting(sibling)]
  const both = await Promise.allSettled([confirm(here, 'FT 7-44'), confirm(there, 'ft744')])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(both.find((each) => each.status === 'rejected')?.reason).toMatchObject({
    code: 'already_exists',
    errors: [{ pointer: '/bank_reference' }],
  })
  await house.sql`update merchant_accounts set payee_account = payee_account || '{"number": "999"}' where id = ${sibling}`
  const left = both[0]?.status === 'fulfilled' ? there : here
  expect(await confirm(left, 'FT744')).toMatchObject({ status: 'succeeded' })
})

it('returns one refund of an account that two merchant accounts spell in two ways', async () => {
  const sibling = await seedMerchantAccount(house.deps, house.sql, { provider: 'spelling' })
  await house.sql`update merchant_accounts set payee_account = payee_account || '{"number": "0123.456-789"}' where id = ${sibling}`
  const [here, there] = [await waiting(house.account), await waiting(sibling)]
  expect(await confirm(here, 'FT 8-45')).toMatchObject({ status: 'succeeded' })
  await expect(confirm(there, 'FT845')).rejects.toMatchObject({
    code: 'already_exists',
    errors: [{ pointer: '/bank_reference' }],
  })
  expect(await confirm(there, 'FT846')).toMatchObject({ status: 'succeeded' })
})
