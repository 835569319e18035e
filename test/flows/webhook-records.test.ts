// Where a delivery's way meets what is written around it: the lists of hosts that come with its lease, and its record, for which the next one does not wait.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createEndpoint } from '../../src/flows/change-webhook-endpoint.ts'
import { deliverWebhooks } from '../../src/flows/deliver-webhooks.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { placeTestOrder, seedAgencies } from '../kit/orders.ts'

let database: TestDatabase
let deps: TestDeps
let received = 0
beforeAll(async () => {
  database = await createTestDatabase({ max: 20 })
  await seedAgencies(database.sql)
})
afterAll(() => database.drop())
beforeEach(async () => {
  received = 0
  deps = createTestDeps(database.database, {
    fetch: async () => {
      received += 1
      return new Response(null, { status: 204 })
    },
  })
  await database.sql`update webhook_deliveries set next_attempt_at = null`
  await database.sql`update webhook_endpoints set disabled_at = now() where disabled_at is null`
})

const endpointOf = async (agency: string): Promise<string> => {
  const input = { url: 'https://portal.example.vn/hook', eventTypes: ['order.created'], agencyCode: null }
  const { body } = await createEndpoint(deps, { clientId: 'cli_test', agency }, input, { key: null, body: {} })
  return (JSON.parse(body) as { id: string }).id
}
let dossiers = 0
const place = () => {
  dossiers += 1
  return placeTestOrder(deps, { dossierCode: `H56.12.03-261122-${String(2_000 + dossiers)}` })
}
const deliver = () => deliverWebhooks(deps, { limit: 100 })
const deliveries = (endpoint: string) =>
  database.sql`select status, attempts from webhook_deliveries where webhook_endpoint_id = ${endpoint} order by id`

it('a delivery leaves while the one before it is written down, and the pass ends when all are', async () => {
  const endpoint = await endpointOf('H56')
  for (let n = 0; n < 5; n += 1) await place()
  await database.sql`
    create function write_slowly() returns trigger language plpgsql as $$ begin perform pg_sleep(0.3); return new; end $$`
  await database.sql`
    create trigger write_slowly before update on webhook_deliveries for each row when (new.delivered_at is not null) execute function write_slowly()`
  try {
    expect(await deliver()).toBe(5)
    expect((await deliveries(endpoint)).map(({ status }) => status)).toEqual(Array(5).fill('delivered'))
  } finally {
    await database.sql`drop function write_slowly cascade`
  }
})

it('a delivery goes to no host that a list above its agency has left out since', async () => {
  const own = await endpointOf('H56.12.03')
  const list = async (agencyCode: string, hosts: string[] | null) => {
    deps.clock.advance(1)
    await database.sql`insert into outgoing_hosts ${database.sql({ agencyCode, setAt: deps.now(), hosts, setBy: 'cli_test' })}`
  }
  const errors = async () => (await deliveries(own))[0]?.attempts.map((each: { error: string }) => each.error)
  try {
    await list('H56', ['portal.example.vn'])
    await list('H56', ['other.example.vn'])
    await list('H56.14', ['portal.example.vn'])
    await place()
    await deliver()
    expect(await errors()).toEqual(['host_not_allowed'])
    await list('H56', null)
    deps.clock.advance(5)
    await deliver()
    expect(await errors()).toEqual(['host_not_allowed', null])
  } finally {
    for (const agency of ['H56', 'H56.14']) await list(agency, null)
  }
})

it('a delivery is due again when it was taken and that could not be written down, and the pass goes on', async () => {
  const endpoint = await endpointOf('H56')
  for (let n = 0; n < 2; n += 1) await place()
  const said: string[] = []
  const log = { ...deps.log, error: (_: object, message: string) => void said.push(message) }
  await database.sql`alter table webhook_deliveries add constraint none_is_told check (delivered_at is null) not valid`
  try {
    expect(await deliverWebhooks({ ...deps, log }, { limit: 10 })).toBe(2)
  } finally {
    await database.sql`alter table webhook_deliveries drop constraint none_is_told`
  }
  expect(said).toEqual(Array(2).fill('webhook delivery failed on our side'))
  expect((await deliveries(endpoint)).map(({ status }) => status)).toEqual(['pending', 'pending'])
  deps.clock.advance(60)
  expect(await deliver()).toBe(2)
  expect(received).toBe(4)
})
