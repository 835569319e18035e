// A transfer by hand returns one refund of the bank account that it left, through whichever merchant accounts their payments came and whatever these pay out to since.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { changeMerchantAccount } from '../../src/flows/change-merchant-account.ts'
import { bounceRefund, confirmRefund } from '../../src/flows/confirm-refund.ts'
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
const administrator = { clientId: 'cli_administrator', agency: 'H56', scopes: [], tokenId: 'jti' }
const bank_bin = '970436'

/** From then on the merchant account has another bank account of the same bank. */
const move = (id: string, number: string) => {
  const payeeAccount = { number, bank_bin, holder: 'KHO BAC' }
  return changeMerchantAccount(house.deps, administrator, { id, changes: { payeeAccount } })
}

/** Merchant accounts that have one bank account in common. */
const sharing = (number: string, ...providers: string[]) =>
  Promise.all(
    providers.map(async (provider) => {
      const id = await seedMerchantAccount(house.deps, house.sql, { provider })
      await move(id, number)
      return id
    }),
  )

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

const bounce = (refundId: string, bankReference: string) => {
  const returnedOn = businessDay(house.deps.now())
  return bounceRefund(house.deps, checker, { refundId, bankReference, returnedOn, note: 'Sai số tài khoản' })
}

const isTaken = { code: 'already_exists', errors: [{ pointer: '/bank_reference' }] }

/** Transfers, and credits, that returned, or gave back, more than one refund of one bank account. */
const usedTwice = () => house.sql`
  select paid_from, transfer_key from refunds where transfer_key is not null group by 1, 2 having count(*) > 1
  union all select paid_from, bounce_key from refunds where bounce_key is not null group by 1, 2 having count(*) > 1`

it('returns one refund, also when the merchant account of that one has another bank account since', async () => {
  const [first = '', second = '', elsewhere = ''] = await sharing('0945', 'first', 'second', 'elsewhere')
  const [refund, other, third] = [await waiting(first), await waiting(second), await waiting(elsewhere)]
  expect(await confirm(refund, 'FT945')).toMatchObject({ status: 'succeeded' })
  await move(first, '0999')
  await expect(confirm(other, 'ft 9-45')).rejects.toMatchObject(isTaken)
  // A number of another bank account is another number.
  await move(elsewhere, '0999')
  expect(await confirm(third, 'FT945')).toMatchObject({ status: 'succeeded' })
  expect(await confirm(other, 'FT946')).toMatchObject({ status: 'succeeded' })
})

it('is given back once, also when the merchant accounts have other bank accounts since', async () => {
  const [first = '', second = ''] = await sharing('0955', 'given', 'back')
  const [refund, other] = [await waiting(first), await waiting(second)]
  await confirm(refund, 'FT955')
  await confirm(other, 'FT956')
  await move(first, '0998')
  expect(await bounce(refund, 'FC1')).toMatchObject({ status: 'failed' })
  await expect(bounce(other, 'fc 1')).rejects.toMatchObject(isTaken)
  expect(await bounce(other, 'FC2')).toMatchObject({ status: 'failed' })
})

it('returns one refund of an account that two merchant accounts spell in two ways', async () => {
  const [here = '', there = ''] = await sharing('0845', 'plain', 'spelling')
  await move(there, '08-45')
  const [refund, other] = [await waiting(here), await waiting(there)]
  expect(await confirm(refund, 'FT 8-45')).toMatchObject({ status: 'succeeded' })
  await expect(confirm(other, 'FT845')).rejects.toMatchObject(isTaken)
  expect(await confirm(other, 'FT846')).toMatchObject({ status: 'succeeded' })
})

it('returns one of two refunds that are confirmed by it at once', async () => {
  const [first = '', second = ''] = await sharing('0744', 'at', 'once')
  for (const number of ['FT744', 'FT745', 'FT746']) {
    const both = await Promise.allSettled([
      confirm(await waiting(first), number),
      confirm(await waiting(second), number),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: isTaken })
  }
  expect(await usedTwice()).toEqual([])
})

it.for([
  [0, 1],
  [1, 0],
] as const)(
  'returns one of two refunds while the bank account of one is being changed: %i comes first',
  async ([before, after]) => {
    const number = `065${before}`
    const [moving = '', staying = ''] = await sharing(number, 'moving', 'staying')
    const refunds = [await waiting(moving), await waiting(staying)]
    const holder = await house.sql.reserve()
    await holder`begin`
    await holder`select pg_advisory_xact_lock(hashtextextended(${`${bank_bin} ${number}`}, 7))`
    const inLine = async () => {
      const [row] = await house.sql`
        select count(*)::int as n from pg_locks join pg_database on pg_database.oid = pg_locks.database
        where datname = current_database() and locktype = 'advisory' and not granted`
      return row?.n
    }
    const confirmed: Promise<unknown>[] = []
    for (const turn of [before, after]) {
      confirmed.push(confirm(refunds[turn] ?? '', 'FT655'))
      await expect.poll(inLine, { timeout: 10_000 }).toBe(confirmed.length)
    }
    // Both have read which bank account their transfers left, and neither is written.
    await move(moving, '0997')
    await holder`commit`
    holder.release()
    const both = await Promise.allSettled(confirmed)
    expect(both).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: isTaken }])
    expect(await usedTwice()).toEqual([])
  },
)

it('returns one refund of each bank account, whenever within two confirmations one of them is changed', async () => {
  for (let turn = 0; turn < 4; turn += 1) {
    const [first = '', second = ''] = await sharing(`0${800 + turn}`, 'drawn', 'after')
    const [refund, other] = [await waiting(first), await waiting(second)]
    const ended = await Promise.allSettled([confirm(refund, 'FT800'), move(first, '0996'), confirm(other, 'FT800')])
    expect(ended.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(2)
  }
  expect(await usedTwice()).toEqual([])
})

it('keeps the bank account that a transfer left, whatever the gateway would write', async () => {
  const [account = ''] = await sharing('0635', 'kept')
  const refund = await waiting(account)
  await house.database.appSql.begin(async (sql) => {
    await sql`select set_config('lephi.agency', '*', true)`
    await sql`update refunds set paid_from = 'of another' where id = ${refund}`
  })
  await confirm(refund, 'FT635')
  await house.sql`update refunds set paid_from = 'of another' where id = ${refund}`
  expect(await house.sql`select paid_from from refunds where id = ${refund}`).toEqual([
    { paidFrom: `${bank_bin} 0635` },
  ])
})
