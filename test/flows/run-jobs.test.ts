// What is due is done once, by whoever comes first, and done again when its holder dies: on a real PostgreSQL with a clock that the test moves.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { type Job, jobs, runJobs } from '../../src/flows/run-jobs.ts'
import { takeDue } from '../../src/store/jobs.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createClock, createTestDeps, type TestDeps } from '../kit/deps.ts'
import { addAttempt, placeTestOrder, seedAgencies, seedMerchantAccount } from '../kit/orders.ts'
import {
  captured,
  capturedSays,
  createScript,
  failedSays,
  notKnown,
  pendingSays,
  type Script,
  scriptedProvider,
  silent,
} from '../kit/scripted-provider.ts'

const amount = 150_000n
const start = '2026-11-23T02:00:00Z'
const minute = 60
const hour = 60 * minute
const day = 24 * hour

let database: TestDatabase
let deps: TestDeps
let script: Script
let account: string
let mute: string

beforeAll(async () => {
  database = await createTestDatabase({ max: 20 })
  await seedAgencies(database.sql)
})
afterAll(() => database.drop())

beforeEach(async () => {
  script = createScript()
  const mutePart = scriptedProvider(script, { query: false, queryRefund: false })
  deps = createTestDeps(database.database, {
    clock: createClock(start),
    providers: { test: scriptedProvider(script), mute: mutePart },
  })
  account = await seedMerchantAccount(deps, database.sql, { provider: 'test' })
  mute = await seedMerchantAccount(deps, database.sql, { provider: 'mute' })
  // Each test begins with nothing due.
  await database.sql`update attempts set next_query_at = null`
  await database.sql`update refunds set next_query_at = null`
  await database.sql`update orders set next_expiry_at = null`
  await database.sql`delete from job_leases`
})

const only = (name: string): Record<string, Job> => {
  const job = jobs[name]
  if (!job) throw new Error(`no job ${name}`)
  return { [name]: job }
}
const ask = () => runJobs(deps, { run: only('query_attempts') })
const askRefunds = () => runJobs(deps, { run: only('settle_refunds') })
const expire = () => runJobs(deps, { run: only('expire_orders') })

let dossiers = 0
const place = async () => {
  dossiers += 1
  return placeTestOrder(deps, { dossierCode: `H56.12.03-261122-${String(1_000 + dossiers)}` })
}

const attemptDue = async (merchantAccountId = account, seconds = 15) => {
  const attempt = await addAttempt(deps, await place(), merchantAccountId)
  const due = new Date(deps.now().getTime() + seconds * 1_000)
  await database.sql`update attempts set next_query_at = ${due} where id = ${attempt.id}`
  return attempt
}

const attemptNow = async (id: string) => {
  const [row] = await database.sql`select status, next_query_at, query_count from attempts where id = ${id}`
  return row
}
const orderNow = async (id: string) => {
  const [row] = await database.sql`select status, next_expiry_at, closed_at, closed_reason from orders where id = ${id}`
  return row
}
const inSeconds = (seconds: number) => new Date(new Date(start).getTime() + seconds * 1_000)

describe('the query schedule', () => {
  it('does not ask before it is due', async () => {
    await attemptDue()
    deps.clock.advance(14)
    expect((await ask()).counts).toEqual({ query_attempts: 0 })
    expect(script.asked).toEqual([])
  })

  it('finds the money of a lost callback, pays the order and asks no more', async () => {
    script.payment = capturedSays(amount)
    const attempt = await attemptDue()
    deps.clock.advance(15)
    await ask()
    expect(await attemptNow(attempt.id)).toMatchObject({ status: 'captured', nextQueryAt: null })
    expect(await orderNow(attempt.orderId)).toMatchObject({ status: 'paid' })
    const [fact] = await database.sql`select source from money_facts where attempt_id = ${attempt.id}`
    expect(fact?.source).toBe('query')
    deps.clock.advance(40 * day)
    await ask()
    expect(script.asked).toEqual([attempt.merchantReference])
  })

  it('ends an attempt that the provider calls failed', async () => {
    script.payment = failedSays
    const attempt = await attemptDue()
    deps.clock.advance(15)
    await ask()
    expect(await attemptNow(attempt.id)).toMatchObject({ status: 'failed', nextQueryAt: null })
  })

  it.each([
    ['pending', pendingSays],
    ['silence', silent('unknown')],
    ['a dead line', silent('unreachable')],
    ['nonsense', silent('malformed')],
    ['a refusal', silent('rejected')],
    ['a forgery', silent('forged')],
  ])('asks again on schedule for 35 days after %s, and never fails the attempt', async (_, says) => {
    script.payment = says
    const attempt = await attemptDue()
    let asked = 0
    for (let due: Date | null = inSeconds(15); due; ) {
      deps.clock.set(due)
      await ask()
      asked += 1
      const now = await attemptNow(attempt.id)
      expect(['created', 'pending', 'unknown']).toContain(now?.status)
      expect(now?.queryCount).toBe(asked)
      due = now?.nextQueryAt ?? null
    }
    expect(deps.now()).toEqual(inSeconds(35 * day))
    expect(script.asked).toHaveLength(62)
  })

  it('raises an alarm when 35 days have told nothing', async () => {
    const alarms: unknown[] = []
    deps.log.error = (fields) => void alarms.push(fields)
    const attempt = await attemptDue()
    deps.clock.set(inSeconds(35 * day))
    await ask()
    expect(await attemptNow(attempt.id)).toMatchObject({ status: 'created', nextQueryAt: null })
    expect(alarms).toEqual([{ id: attempt.id, amount, merchant_account: account }])
  })

  it('keeps an attempt that the provider does not know yet, and expires it once its time is over', async () => {
    script.payment = notKnown
    const attempt = await attemptDue()
    deps.clock.set(inSeconds(29 * minute))
    await ask()
    expect(await attemptNow(attempt.id)).toMatchObject({ status: 'created', nextQueryAt: inSeconds(hour) })
    deps.clock.set(inSeconds(hour))
    await ask()
    expect(await attemptNow(attempt.id)).toMatchObject({ status: 'expired', nextQueryAt: null })
  })

  it('leaves an attempt to the statements when its provider cannot be asked', async () => {
    const attempt = await attemptDue(mute)
    deps.clock.advance(15)
    await ask()
    expect(await attemptNow(attempt.id)).toMatchObject({ status: 'created', nextQueryAt: null })
  })

  it('is not stopped by one attempt whose account is gone', async () => {
    script.payment = capturedSays(amount)
    const orphan = await attemptDue('mac_gone', 10)
    const attempt = await attemptDue()
    deps.clock.advance(15)
    expect((await ask()).counts).toEqual({ query_attempts: 2 })
    expect(await attemptNow(attempt.id)).toMatchObject({ status: 'captured' })
    expect(await attemptNow(orphan.id)).toMatchObject({ status: 'created', nextQueryAt: inSeconds(minute) })
  })
})

describe('leases', () => {
  it('let two runners at once ask about each attempt once', async () => {
    script.payment = pendingSays
    const attempts = []
    for (let n = 0; n < 12; n += 1) attempts.push(await attemptDue())
    deps.clock.advance(15)
    const [one, two, three] = await Promise.all([ask(), ask(), ask()])
    const total = [one, two, three].reduce((sum, { counts }) => sum + (counts.query_attempts ?? 0), 0)
    expect(total).toBe(12)
    expect(script.asked.toSorted()).toEqual(attempts.map((attempt) => attempt.merchantReference).toSorted())
  })

  it('lapse: what a crashed runner held is taken again, and not before', async () => {
    script.payment = capturedSays(amount)
    const attempt = await attemptDue()
    deps.clock.advance(15)
    const held = await takeDue(deps.db, 'attempts', { now: deps.now(), leaseMs: 180_000 })
    expect(held?.id).toBe(attempt.id)
    deps.clock.advance(179)
    expect((await ask()).counts).toEqual({ query_attempts: 0 })
    deps.clock.advance(1)
    expect((await ask()).counts).toEqual({ query_attempts: 1 })
    expect(await attemptNow(attempt.id)).toMatchObject({ status: 'captured' })
  })

  it('stop a pass at its limit', async () => {
    script.payment = pendingSays
    for (let n = 0; n < 5; n += 1) await attemptDue()
    deps.clock.advance(15)
    expect((await runJobs(deps, { run: only('query_attempts'), limit: 3 })).counts).toEqual({ query_attempts: 3 })
    expect(script.asked).toHaveLength(3)
  })

  it('bring back what failed by a fault of ours', async () => {
    script.payment = () => {
      throw new TypeError('a bug')
    }
    const attempt = await attemptDue()
    deps.clock.advance(15)
    expect(await ask()).toEqual({ counts: { query_attempts: 1 }, failed: [] })
    expect(await attemptNow(attempt.id)).toMatchObject({ status: 'created', nextQueryAt: inSeconds(15 + 180) })
  })
})

describe('a job that fails', () => {
  it('is named, and the others go on', async () => {
    script.payment = capturedSays(amount)
    const attempt = await attemptDue()
    deps.clock.advance(15)
    const broken: Job = async () => {
      throw new Error('no disk')
    }
    const passed = await runJobs(deps, { run: { broken, ...only('query_attempts') } })
    expect(passed).toEqual({ counts: { broken: 0, query_attempts: 1 }, failed: ['broken'] })
    expect(await attemptNow(attempt.id)).toMatchObject({ status: 'captured' })
  })

  it('none does in a pass over everything when nothing is due', async () => {
    expect((await runJobs(deps)).failed).toEqual([])
  })
})

describe('the expiry of an order', () => {
  /** An order with an attempt whose deadline has just passed; the attempt itself is not due. */
  const overdue = async (merchantAccountId: string | null = account) => {
    const orderId = await place()
    const attempt = merchantAccountId ? await addAttempt(deps, orderId, merchantAccountId) : null
    deps.clock.set(inSeconds(day))
    return { orderId, attempt }
  }
  const events = async (orderId: string) =>
    (await database.sql`select type from events where order_id = ${orderId} order by sequence`).map((row) => row.type)

  it('closes an order that nobody tried to pay, and says so once', async () => {
    const { orderId } = await overdue(null)
    await Promise.all([expire(), expire()])
    expect(await orderNow(orderId)).toMatchObject({
      status: 'expired',
      nextExpiryAt: null,
      closedReason: 'expired',
      closedAt: inSeconds(day),
    })
    expect(await events(orderId)).toEqual(['order.created', 'order.expired'])
    expect(script.asked).toEqual([])
  })

  it('comes not before the deadline', async () => {
    const orderId = await place()
    deps.clock.set(inSeconds(day - 1))
    expect((await expire()).counts).toEqual({ expire_orders: 0 })
    expect(await orderNow(orderId)).toMatchObject({ status: 'open' })
  })

  it('asks the provider first, and a capture that it finds pays the order', async () => {
    script.payment = capturedSays(amount)
    const { orderId, attempt } = await overdue()
    await expire()
    expect(script.asked).toEqual([attempt?.merchantReference])
    expect(await orderNow(orderId)).toMatchObject({ status: 'paid', nextExpiryAt: null })
    expect(await events(orderId)).not.toContain('order.expired')
  })

  it.each([
    ['knows of no payment', notKnown],
    ['calls it failed', failedSays],
    ['calls it pending', pendingSays],
  ])('closes the order when the provider %s', async (_, says) => {
    script.payment = says
    const { orderId } = await overdue()
    await expire()
    expect(script.asked).toHaveLength(1)
    expect(await orderNow(orderId)).toMatchObject({ status: 'expired' })
  })

  it('closes the order when its provider cannot be asked at all', async () => {
    const { orderId } = await overdue(mute)
    await expire()
    expect(await orderNow(orderId)).toMatchObject({ status: 'expired' })
  })

  it.each([
    ['silence', silent('unknown')],
    ['a dead line', silent('unreachable')],
    ['nonsense', silent('malformed')],
  ])('is postponed by %s, for a day at most', async (_, says) => {
    script.payment = says
    const { orderId } = await overdue()
    const tries: number[] = []
    for (let due: Date | null = inSeconds(day); due; ) {
      deps.clock.set(due)
      await expire()
      tries.push((due.getTime() - inSeconds(day).getTime()) / 1_000)
      due = (await orderNow(orderId))?.nextExpiryAt ?? null
    }
    expect(tries.slice(0, 6)).toEqual([0, minute, 5 * minute, 15 * minute, 30 * minute, hour])
    expect(tries.at(-1)).toBe(day)
    expect(await orderNow(orderId)).toMatchObject({ status: 'expired' })
  })

  it('pays the order when the provider comes back in time', async () => {
    script.payment = silent('unreachable')
    const { orderId } = await overdue()
    await expire()
    expect(await orderNow(orderId)).toMatchObject({ status: 'open', nextExpiryAt: inSeconds(day + minute) })
    script.payment = capturedSays(amount)
    deps.clock.advance(minute)
    await expire()
    expect(await orderNow(orderId)).toMatchObject({ status: 'paid', nextExpiryAt: null })
  })

  it('gives way to a callback that comes in while the provider is asked', async () => {
    const { orderId, attempt } = await overdue()
    if (!attempt) throw new Error('no attempt')
    script.payment = async (reference) => {
      await applyOutcome(deps, { merchantAccountId: account, outcome: captured(reference, amount), source: 'callback' })
      return { known: true, outcomes: [] }
    }
    await expire()
    expect(await orderNow(orderId)).toMatchObject({ status: 'paid' })
    expect(await events(orderId)).not.toContain('order.expired')
  })

  it('does not stop late money from paying the order', async () => {
    script.payment = silent('unreachable')
    const { orderId, attempt } = await overdue()
    deps.clock.set(inSeconds(2 * day))
    await expire()
    expect(await orderNow(orderId)).toMatchObject({ status: 'expired' })
    const outcome = captured(attempt?.merchantReference ?? '', amount)
    await applyOutcome(deps, { merchantAccountId: account, outcome, source: 'statement' })
    expect(await orderNow(orderId)).toMatchObject({ status: 'paid' })
  })
})

describe('a refund without an end', () => {
  const refundDue = async (status: string, merchantAccountId = account) => {
    const attempt = await addAttempt(deps, await place(), merchantAccountId)
    await applyOutcome(deps, {
      merchantAccountId,
      outcome: captured(attempt.merchantReference, amount),
      source: 'callback',
    })
    const id = deps.newId('rfd')
    const row = {
      id,
      agencyCode: attempt.agencyCode,
      orderId: attempt.orderId,
      attemptId: attempt.id,
      merchantAccountId,
      provider: attempt.provider,
      merchantReference: id.replace('_', ''),
      source: 'order',
      status,
      amount,
      reason: 'Nộp trùng',
      madeBy: 'cli_maker',
      createdAt: deps.now(),
      sentAt: deps.now(),
      nextQueryAt: inSeconds(minute),
    }
    await database.sql`insert into refunds ${database.sql(row)}`
    deps.clock.advance(minute)
    return row
  }
  const refundNow = async (id: string) => {
    const [row] =
      await database.sql`select status, next_query_at, amount_refunded, failure_code from refunds where id = ${id}`
    return row
  }
  const refundedSays = (merchantReference: string) => ({
    known: true,
    outcomes: [
      {
        status: 'refunded' as const,
        merchantReference,
        providerReference: `R${merchantReference.slice(-8)}`,
        amount,
        occurredAt: null,
        code: '00',
      },
    ],
  })

  it.each(['sending', 'pending', 'unknown'])('is settled by asking when it is %s', async (status) => {
    script.refund = refundedSays
    const refund = await refundDue(status)
    await askRefunds()
    expect(script.asked).toEqual([refund.merchantReference])
    expect(await refundNow(refund.id)).toMatchObject({ status: 'succeeded', amountRefunded: amount, nextQueryAt: null })
  })

  it.each([
    ['silence', silent('unknown')],
    ['a dead line', silent('unreachable')],
  ])('stays unknown through %s and is asked about again', async (_, says) => {
    script.refund = says
    const refund = await refundDue('unknown')
    await askRefunds()
    expect(await refundNow(refund.id)).toMatchObject({ status: 'unknown', nextQueryAt: inSeconds(5 * minute) })
  })

  it('has failed when the provider says after an hour that it never took it, and not before', async () => {
    script.refund = notKnown
    const refund = await refundDue('unknown')
    deps.clock.set(inSeconds(hour - 1))
    await askRefunds()
    expect(await refundNow(refund.id)).toMatchObject({ status: 'unknown', nextQueryAt: inSeconds(hour) })
    deps.clock.set(inSeconds(hour))
    await askRefunds()
    expect(await refundNow(refund.id)).toMatchObject({
      status: 'failed',
      failureCode: 'not_known_at_provider',
      nextQueryAt: null,
    })
  })

  it('is left to the statements when its provider cannot be asked', async () => {
    const refund = await refundDue('pending', mute)
    await askRefunds()
    expect(await refundNow(refund.id)).toMatchObject({ status: 'pending', nextQueryAt: null })
  })

  it('is settled by what the provider says of the payment where refunds have no question of their own', async () => {
    const query = scriptedProvider(script, { query: true, queryRefund: false })
    deps = createTestDeps(database.database, { clock: deps.clock, providers: { test: query } })
    account = await seedMerchantAccount(deps, database.sql, { provider: 'test' })
    const refund = await refundDue('pending')
    script.payment = () => refundedSays(refund.merchantReference)
    await askRefunds()
    expect(await refundNow(refund.id)).toMatchObject({ status: 'succeeded' })
  })
})

describe('first answers to idempotent calls', () => {
  it('are forgotten after thirty days, once a minute at most', async () => {
    const keys = [
      { key: 'old', createdAt: inSeconds(-30 * day - 1) },
      { key: 'young', createdAt: inSeconds(-30 * day + 1) },
    ]
    for (const row of keys) {
      const common = {
        agencyCode: 'H56',
        clientId: 'cli_old',
        route: 'POST /v1/orders',
        responseStatus: 201,
        responseBody: '{}',
      }
      await database.sql`insert into idempotency_keys ${database.sql({ ...common, ...row, fieldHashes: database.sql.json({}) })}`
    }
    const forget = () => runJobs(deps, { run: only('forget_idempotency_keys') })
    expect((await forget()).counts).toEqual({ forget_idempotency_keys: 1 })
    expect(await database.sql`select key from idempotency_keys where client_id = 'cli_old'`).toEqual([{ key: 'young' }])
    deps.clock.advance(2)
    expect((await forget()).counts).toEqual({ forget_idempotency_keys: 0 })
    deps.clock.advance(60)
    expect((await forget()).counts).toEqual({ forget_idempotency_keys: 1 })
  })
})
