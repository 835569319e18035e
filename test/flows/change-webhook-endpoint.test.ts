// What an endpoint may be, and for whom.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEndpoint, type EndpointInput } from '../../src/flows/change-webhook-endpoint.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { seedAgencies } from '../kit/orders.ts'

let database: TestDatabase
let deps: TestDeps

beforeAll(async () => {
  database = await createTestDatabase()
  await seedAgencies(database.sql)
  deps = createTestDeps(database.database)
})
afterAll(() => database.drop())

const make = (agency: string, input: EndpointInput) =>
  createEndpoint(deps, { clientId: 'cli_test', agency }, input, { key: null, body: {} })
const endpointAt = (url: string) => make('H56', { url, eventTypes: null, agencyCode: null })

describe('making an endpoint', () => {
  it.each(['http://portal.example.vn/', 'https://user:word@portal.example.vn/'])('refuses %s', async (url) => {
    await expect(endpointAt(url)).rejects.toMatchObject({ code: 'insecure_url', errors: [{ pointer: '/url' }] })
  })

  it('refuses an agency that is not the caller’s, and asks a caller of all agencies for one', async () => {
    const input = { url: 'https://portal.example.vn/', eventTypes: null }
    const foreign = make('H56.12', { ...input, agencyCode: 'H56.14' })
    await expect(foreign).rejects.toMatchObject({ code: 'not_found', errors: [{ pointer: '/agency_code' }] })
    const missing = make('H56.12', { ...input, agencyCode: 'H56.12.99' })
    await expect(missing).rejects.toMatchObject({ code: 'not_found', errors: [{ pointer: '/agency_code' }] })
    await expect(make('*', { ...input, agencyCode: null })).rejects.toMatchObject({
      code: 'invalid_input',
    })
  })

  it('is possible fifty times for one agency', async () => {
    const another = () => make('H56', { url: 'https://a.example.vn/', eventTypes: [], agencyCode: 'H56.14' })
    for (let n = 0; n < 50; n += 1) await another()
    await expect(another()).rejects.toMatchObject({ code: 'conflict' })
  })
})
