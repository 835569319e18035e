// One country: two sibling agencies, the province above them, a unit below one of them and another province, each of which owns at least one object of every kind.
import { longJobs, runJobs } from '../../src/flows/run-jobs.ts'
import { startTestApp, type TestApp, type TestAppOptions } from '../kit/app.ts'
import { type Desk, dispute, giveBack, type Holding, keepBooks, sell, setUp } from './holding.ts'
import { type Office, openOffice } from './office.ts'

export type Owner = 'own' | 'below' | 'sibling' | 'above' | 'cousin'

export type Party = {
  office: Office
  holding: Holding
  /** Of its account at VNPAY: what the provider signs with. */
  credentials: Readonly<Record<string, unknown>>
}

export type World = { gateway: TestApp; parties: Record<Owner, Party> }

/** The words are in no other text and in no id. */
const places: Record<Owner, { agency: string; word: string }> = {
  own: { agency: 'H56.12', word: 'Ownword' },
  below: { agency: 'H56.12.03', word: 'Belowword' },
  sibling: { agency: 'H56.14', word: 'Siblingword' },
  above: { agency: 'H56', word: 'Aboveword' },
  cousin: { agency: 'H57', word: 'Cousinword' },
}
export const owners = Object.keys(places) as Owner[]

const plenty = {
  read: 1_000_000,
  write: 1_000_000,
  token: 1_000_000,
  checkout: 1_000_000,
  verify: 1_000_000,
  sign_in: 1_000_000,
}

export const buildWorld = async (options: TestAppOptions = {}): Promise<World> => {
  const gateway = await startTestApp({ config: { rateLimits: plenty }, ...options })
  const system = await openOffice(gateway, { agency: '*', word: 'System' })
  await system.ask('/v1/agencies', { json: { agency_code: 'H57', name: 'Tỉnh khác', tax_code: '2800123457' } })
  const parties: Partial<Record<Owner, Omit<Party, 'office'> & { desk: Desk }>> = {}
  for (const owner of owners) {
    const office = await openOffice(gateway, places[owner])
    const { desk, holding, credentials } = await setUp(gateway, office, owner === 'own')
    const sold = {
      ...holding,
      ...(await sell(desk, office.agency)),
      ...(await giveBack(desk)),
      ...(await dispute(desk)),
    }
    parties[owner] = { desk, holding: sold, credentials }
  }
  await work(gateway)
  // Two days later: receipts are issued, the first order is expired, the days are sealed.
  gateway.clock.set('2026-11-25T02:00:00Z')
  await work(gateway)
  const full: Partial<Record<Owner, Party>> = {}
  for (const owner of owners) {
    const { desk, holding, credentials } = parties[owner] ?? neverMade(owner)
    full[owner] = { office: desk.office, credentials, holding: { ...holding, ...(await keepBooks(desk, holding)) } }
  }
  // Five starts in a row without an answer take an hour of clocks and networks; this is what they leave behind.
  for (const { holding } of Object.values(full))
    await gateway.sql`
      insert into provider_breakers (merchant_account_id, agency_code, unanswered, unanswered_at)
      values (${String(holding['account.other'])}, ${String(holding.agency)}, 1, ${gateway.deps.now()})`
  await work(gateway)
  return { gateway, parties: full as Record<Owner, Party> }
}

const neverMade = (owner: Owner): never => {
  throw new Error(`there is no ${owner}`)
}

const work = async ({ deps }: TestApp): Promise<void> => {
  await runJobs(deps)
  await runJobs(deps, { run: longJobs })
  await runJobs(deps)
  await deps.settled()
}
