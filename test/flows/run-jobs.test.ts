// One pass over everything that is due.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Job, runJobs } from '../../src/flows/run-jobs.ts'
import { ProviderError } from '../../src/providers/contract.ts'
import { amount, type DueWork, day, inSeconds, only, openDueWork } from '../kit/due-work.ts'
import { capturedSays } from '../kit/scripted-provider.ts'

let files: Awaited<ReturnType<typeof openDueWork>>
let work: DueWork

beforeAll(async () => {
  files = await openDueWork()
})
afterAll(() => files.close())
beforeEach(async () => {
  work = await files.begin()
})

describe('a job that fails', () => {
  it('is named, and the others go on', async () => {
    work.script.payment = capturedSays(amount)
    const attempt = await work.attemptDue()
    work.deps.clock.advance(15)
    const broken: Job = async () => {
      throw new Error('no disk')
    }
    const passed = await runJobs(work.deps, { run: { broken, ...only('query_attempts') } })
    expect(passed).toEqual({ counts: { broken: 0, query_attempts: 1 }, failed: ['broken'] })
    expect(await work.attemptNow(attempt.id)).toMatchObject({ status: 'captured' })
  })

  it('none does in a pass over everything when nothing is due', async () => {
    expect((await runJobs(work.deps)).failed).toEqual([])
  })
})

describe('a provider that keeps every query waiting', () => {
  it('is asked a few times in a pass, the payments of others are heard of, and its own are asked about later', async () => {
    const attempts = []
    for (let n = 0; n < 30; n += 1) attempts.push(await work.attemptDue())
    const last = await work.attemptDue(work.paymentsOnly, 16)
    const isSilent = (reference: string) => reference !== last.merchantReference
    work.script.payment = (reference) => {
      if (!isSilent(reference)) return capturedSays(amount)(reference)
      work.deps.clock.advance(10)
      throw new ProviderError('unknown', 'no answer')
    }
    work.deps.clock.advance(16)
    const pass = () => runJobs(work.deps, { run: only('query_attempts') })
    await pass()
    // Three silences, and what the other workers had begun by then.
    expect(work.script.asked.filter(isSilent).length).toBeLessThan(10)
    expect(await work.attemptNow(last.id)).toMatchObject({ status: 'captured' })
    work.script.payment = capturedSays(amount)
    work.deps.clock.advance(60)
    await pass()
    work.deps.clock.advance(600)
    await pass()
    for (const { id } of attempts) expect(await work.attemptNow(id)).toMatchObject({ status: 'captured' })
  })
})

describe('while requests are served', () => {
  it('one piece begins after the other, and all are done', async () => {
    work.script.payment = capturedSays(amount)
    const attempts = []
    for (let n = 0; n < 12; n += 1) attempts.push(await work.attemptDue())
    work.deps.clock.advance(16)
    const beganAt = performance.now()
    await runJobs({ ...work.deps, isServing: () => true }, { run: only('query_attempts') })
    // Twelve pieces, and one look that finds no more; timers may ring a millisecond early.
    expect(performance.now() - beganAt).toBeGreaterThan(12 * 19)
    for (const { id } of attempts) expect(await work.attemptNow(id)).toMatchObject({ status: 'captured' })
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
      await work.sql`insert into idempotency_keys ${work.sql({ ...common, ...row, fieldHashes: work.sql.json({}) })}`
    }
    const forget = () => runJobs(work.deps, { run: only('forget_idempotency_keys') })
    expect((await forget()).counts).toEqual({ forget_idempotency_keys: 1 })
    expect(await work.sql`select key from idempotency_keys where client_id = 'cli_old'`).toEqual([{ key: 'young' }])
    work.deps.clock.advance(2)
    expect((await forget()).counts).toEqual({ forget_idempotency_keys: 0 })
    work.deps.clock.advance(60)
    expect((await forget()).counts).toEqual({ forget_idempotency_keys: 1 })
  })
})

describe('a process that is ending', () => {
  const brokenOff = async (attempt: { id: string }, error: () => Error) => {
    let isEnding = false
    work.script.payment = () => {
      isEnding = true
      throw error()
    }
    await runJobs({ ...work.deps, isEnding: () => isEnding }, { run: only('query_attempts') })
    await work.deps.settled()
    return work.attemptNow(attempt.id)
  }

  it('hands on at once what its end broke off, however seldom the schedule asks by then', async () => {
    const attempt = await work.attemptDue()
    work.deps.clock.advance(3 * day)
    const found = await brokenOff(attempt, () => new ProviderError('unknown', 'the connection was broken off'))
    expect(found).toMatchObject({ nextQueryAt: work.deps.now() })
    work.script.payment = capturedSays(amount)
    expect(await work.run('query_attempts')).toMatchObject({ counts: { query_attempts: 1 } })
    expect(await work.attemptNow(attempt.id)).toMatchObject({ status: 'captured' })
  })

  it('gives back the lease of what failed in its hands', async () => {
    const attempt = await work.attemptDue()
    work.deps.clock.advance(15)
    expect(await brokenOff(attempt, () => new Error('the pool is closed'))).toMatchObject({
      nextQueryAt: work.deps.now(),
    })
  })

  it('takes nothing more', async () => {
    const attempt = await work.attemptDue()
    work.deps.clock.advance(15)
    const before = await work.attemptNow(attempt.id)
    const passed = await runJobs({ ...work.deps, isEnding: () => true }, { run: only('query_attempts') })
    expect(passed.counts).toEqual({ query_attempts: 0 })
    expect(await work.attemptNow(attempt.id)).toEqual(before)
  })
})
