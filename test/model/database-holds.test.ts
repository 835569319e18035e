// The steps that the model takes to be held by PostgreSQL, and the lines that it holds a second time behind the code: each is there, and says no.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { applyOutcome } from '../../src/domain/apply.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import { writeChange } from '../../src/flows/write-change.ts'
import { everyAgency } from '../../src/store/database.ts'
import { loadFacts } from '../../src/store/facts.ts'
import { commitOrder, type OrderWrite } from '../../src/store/order-commit.ts'
import { openHouse } from '../kit/house.ts'

let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  house = await openHouse()
})
afterAll(async () => {
  await house.deps.settled()
  await house.database.drop()
})

/** What a flow would commit for the outcome, on what it reads now. */
const decided = async (outcome: Outcome): Promise<OrderWrite> => {
  const { merchantReference, providerReference } = outcome
  const facts = await loadFacts(house.deps.db, everyAgency, {
    merchantAccountId: house.account,
    merchantReference,
    providerReference,
  })
  const now = house.deps.now()
  const change =
    facts &&
    applyOutcome(facts, { outcome, source: 'callback', receivedAt: now, factId: house.deps.newId('fct') })?.change
  if (!facts || !change) throw new Error('nothing was decided')
  return writeChange(house.deps, facts, change, { now })
}
const commit = (write: OrderWrite) => commitOrder(house.deps.db, everyAgency, write)

it('refuses what was decided on an order that has changed since', async () => {
  const attempt = await house.attempt(await house.place())
  const write = await decided(house.captured(attempt, 'P1'))
  await house.tell(house.quiet(attempt.merchantReference, 'failed', 'payment'))
  await expect(commit(write)).rejects.toMatchObject({ code: '40001', message: 'changed by somebody else: order' })
})

it('refuses money under a number that another order has taken since', async () => {
  const [one, two] = [await house.attempt(await house.place()), await house.attempt(await house.place())]
  const write = await decided(house.captured(one, 'P2'))
  await house.tell(house.captured(two, 'P2'))
  await expect(commit(write)).rejects.toMatchObject({ code: '40001', message: 'changed by somebody else: reference' })
})

it('refuses late money for what another order of the dossier has paid since', async () => {
  const dossierCode = 'H56.12.03-261122-1900'
  const orders = [await house.place({ dossierCode }), await house.place({ dossierCode })] as const
  const [one, two] = [await house.attempt(orders[0]), await house.attempt(orders[1])]
  await house.sql`update orders set status = 'expired' where id in ${house.sql([...orders])}`
  const write = await decided(house.captured(one, 'P3'))
  await house.tell(house.captured(two, 'P4'))
  await expect(commit(write)).rejects.toMatchObject({
    code: '40001',
    message: 'changed by somebody else: dossier line',
  })
})

// A client has one agency for ever, and a key is its client's (test/store/taken-references.test.ts).
it('keeps the key of a request once', async () => {
  const [found] = await house.sql`
    select pg_get_constraintdef(oid) as says from pg_constraint where conrelid = 'idempotency_keys'::regclass and contype = 'p'`
  expect(found?.says).toBe('PRIMARY KEY (client_id, route, key, agency_code)')
})

it('holds once more, by itself, what the code holds', async () => {
  const orderId = await house.place()
  const [attempt, other] = [await house.attempt(orderId), await house.attempt(orderId)]
  await house.tell(house.captured(attempt, 'P5'))
  await house.tell(house.captured(other, 'P6'))
  await house.deps.settled()
  const no = (constraint: string) => ({ constraint_name: constraint })
  await expect(house.sql`update attempts set pays_order = true where id = ${other.id}`).rejects.toMatchObject(
    no('attempts_one_pays'),
  )
  const [fact] = await house.sql`select id from money_facts where attempt_id = ${attempt.id}`
  await expect(
    house.sql`insert into money_facts select (jsonb_populate_record(fact, '{"id":"fct_again","sequence":99}')).* from money_facts as fact where id = ${String(fact?.id)}`,
  ).rejects.toMatchObject(no('money_facts_once'))
  await expect(house.refund(attempt, { status: 'requested', amount: 150_001n })).rejects.toMatchObject(
    no('refunds_cap'),
  )
  const refund = await house.refund(attempt, { status: 'requested' })
  await expect(house.refund(attempt, { status: 'requested', amount: 1n })).rejects.toMatchObject({
    constraint_name: expect.stringMatching(/^refunds_(one_open|cap)$/),
  })
  await expect(
    house.sql`update refunds set status = 'approved', decided_by = made_by where id = ${refund.id}`,
  ).rejects.toMatchObject(no('refunds_four_eyes'))
  await expect(house.sql`delete from money_facts where id = ${String(fact?.id)}`).rejects.toMatchObject({
    code: '55000',
  })
})
