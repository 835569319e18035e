// Background work on a real PostgreSQL: a scripted provider, one that cannot be asked, and a clock that the test moves.
import { type Job, jobs, runJobs } from '../../src/flows/run-jobs.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { createClock, createTestDeps, type TestDeps } from './deps.ts'
import { addAttempt, placeTestOrder, seedAgencies, seedMerchantAccount } from './orders.ts'
import { createScript, type Script, scriptedProvider } from './scripted-provider.ts'

/** What every order here costs. */
export const amount = 150_000n
export const minute = 60
export const hour = 60 * minute
export const day = 24 * hour

const start = '2026-11-23T02:00:00Z'
/** The instant so many seconds after the start of each test. */
export const inSeconds = (seconds: number) => new Date(new Date(start).getTime() + seconds * 1_000)

/** Only the job of that name. */
export const only = (name: string): Record<string, Job> => {
  const job = jobs[name]
  if (!job) throw new Error(`no job ${name}`)
  return { [name]: job }
}

export type DueWork = Awaited<ReturnType<typeof startDueWork>>

/** One database for a test file. `begin` each test with it: nothing is due then, and it is the start. */
export const openDueWork = async (): Promise<{ begin: () => Promise<DueWork>; close: () => Promise<void> }> => {
  const database = await createTestDatabase({ max: 20 })
  await seedAgencies(database.sql)
  return { begin: () => startDueWork(database), close: () => database.drop() }
}

let dossiers = 0

const startDueWork = async (database: TestDatabase) => {
  const { sql } = database
  const script: Script = createScript()
  const deps: TestDeps = createTestDeps(database.database, {
    clock: createClock(start),
    providers: {
      test: scriptedProvider(script),
      mute: scriptedProvider(script, { query: false, queryRefund: false }),
      payments_only: scriptedProvider(script, { query: true, queryRefund: false }),
    },
  })
  await sql`update attempts set next_query_at = null, confirm_at = null`
  await sql`update refunds set next_query_at = null`
  await sql`update orders set next_expiry_at = null`
  await sql`delete from job_leases`
  const place = () => {
    dossiers += 1
    return placeTestOrder(deps, { dossierCode: `H56.12.03-261122-${String(1_000 + dossiers)}` })
  }
  const account = await seedMerchantAccount(deps, sql, { provider: 'test' })
  return {
    sql,
    deps,
    script,
    account,
    mute: await seedMerchantAccount(deps, sql, { provider: 'mute' }),
    paymentsOnly: await seedMerchantAccount(deps, sql, { provider: 'payments_only' }),
    place,
    run: (name: string, limit?: number) => runJobs(deps, { run: only(name), ...(limit ? { limit } : {}) }),
    /** An attempt that is to be asked about so many seconds from now. */
    attemptDue: async (merchantAccountId = account, seconds = 15) => {
      const attempt = await addAttempt(deps, await place(), merchantAccountId)
      const due = new Date(deps.now().getTime() + seconds * 1_000)
      await sql`update attempts set next_query_at = ${due} where id = ${attempt.id}`
      return attempt
    },
    attemptNow: async (id: string) => {
      const [row] = await sql`select status, next_query_at, query_count from attempts where id = ${id}`
      return row
    },
    orderNow: async (id: string) => {
      const [row] = await sql`select status, next_expiry_at, closed_at, closed_reason from orders where id = ${id}`
      return row
    },
  }
}
