// From an order to the closed day, for several payers at a time, over a real PgBouncer in transaction mode that has three connections for whoever asks.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { verifyPeriods } from '../../src/flows/verify-periods.ts'
import { everyAgency, queryInScope } from '../../src/store/database.ts'
import { createPooledDatabase, usePgBouncer } from '../kit/pgbouncer.ts'
import { startTown, type Town } from '../kit/town.ts'

const poolSize = 3
const payers = 10
const provider = 'vnpay'

const bouncer = usePgBouncer({ poolSize })
let town: Town
beforeAll(async () => {
  town = await startTown('2026-11-23T02:00:00Z', {
    database: await createPooledDatabase(bouncer(), { max: payers }),
  })
})
afterAll(() => town.close())

it('orders are paid, one is refunded, the day is reconciled and closed, and the books agree', async () => {
  const orders = await Promise.all(Array.from({ length: payers }, () => town.place()))
  const attempts = await Promise.all(orders.map((order) => town.attempt(order, provider)))
  await Promise.all(attempts.map((attempt) => town.pay(provider, attempt)))
  const [first = ''] = orders
  const paid = await Promise.all(orders.map(async (order) => (await town.order(order)).status))
  expect(paid).toEqual(orders.map(() => 'paid'))

  const asked = await town.api(
    `/v1/orders/${first}/refunds`,
    { reason: 'Thu thừa' },
    { token: await town.token(['refunds:write']) },
  )
  expect(asked).toMatchObject({ status: 202, body: { status: 'requested' } })
  await town.api(`/v1/refunds/${asked.body.id}/approve`, undefined, { method: 'POST' })
  await town.pass(7_200, 6)
  expect(await town.order(first)).toMatchObject({ status: 'paid', amount_refunded: 150_000 })

  const day = '2026-11-23'
  await town.pass(2 * 86_400, 2)
  await town.settle(provider, { from: day, to: day })
  const period = `/v1/periods/${town.accounts[provider]}/${day}`
  const gate = await town.api(`${period}/gate`)
  expect(gate.body).toMatchObject({ closable: true, lines: [] })
  const closed = await town.api(`${period}/close`, {})
  expect(closed).toMatchObject({ status: 200, body: { status: 'closed' } })

  expect(await verifyLedger(town.deps)).toMatchObject({ fault: null })
  expect(await verifyPeriods(town.deps)).toMatchObject({ fault: null })
  const held = 150_000n * BigInt(payers - 1)
  expect([town.held(), await town.ledger()]).toEqual([held, { collected: -held, provider_receivable: held }])
  const receipts = await town.sql`select count(*)::int as receipts from receipts`
  expect(receipts).toEqual([{ receipts: payers }])
})

it('has no more connections of the server than PgBouncer lends', async () => {
  const pids = await Promise.all(
    Array.from({ length: payers }, () =>
      queryInScope(town.deps.db, everyAgency, (sql) => sql`select pg_backend_pid() as pid, pg_sleep(0.05)`),
    ),
  )
  expect(new Set(pids.map(([row]) => row?.pid)).size).toBe(poolSize)
})
