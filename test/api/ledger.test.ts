// The seals of the ledger and the proof of an entry, as an auditor gets and checks them.
import { compactVerify, createLocalJWKSet } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leafHash, provesInclusion } from '../../src/domain/merkle.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { chainRecords, sealDays } from '../../src/flows/seal-ledger.ts'
import { fromHex, toHex } from '../../src/lib/hex.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { addAttempt, placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'
import { captured } from '../kit/scripted-provider.ts'

let gateway: TestApp
let auditor: string

beforeAll(async () => {
  gateway = await startTestApp()
  auditor = await gateway.token(['reports:read'])
  const account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'vnpay' })
  for (const count of [5, 0, 1]) {
    for (let n = 0; n < count; n += 1) {
      const order = await placeTestOrder(gateway.deps, { dossierCode: `H56.12.03-261122-71${count}${n}` })
      const attempt = await addAttempt(gateway.deps, order, account, { provider: 'vnpay' })
      const outcome = captured(attempt.merchantReference, attempt.amount)
      await applyOutcome(gateway.deps, { merchantAccountId: account, outcome, source: 'callback' })
    }
    await gateway.deps.settled()
    await chainRecords(gateway.deps, { reach: 'everything' })
    gateway.clock.advance(86_400)
    auditor = await gateway.token(['reports:read'])
    await sealDays(gateway.deps)
  }
})
afterAll(() => gateway.close())

const get = async (path: string, token = auditor) => {
  const answer = await gateway.request(path, { token })
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}
const entryIds = async () =>
  (await gateway.sql`select id from journal_entries order by id`).map((row) => String(row.id))

describe('the seals', () => {
  it('are listed by day, a page at a time, to everybody of the province', async () => {
    const all = await get('/v1/ledger/seals')
    expect(all.body.data).toMatchObject([
      {
        agency_code: 'H56',
        day: '2026-11-23',
        first_place: 1,
        last_place: 30,
        count: 30,
        format: 2,
        previous_root: null,
      },
      { day: '2026-11-24', first_place: 31, last_place: 30, count: 0 },
      { day: '2026-11-25', first_place: 31, last_place: 36, count: 6 },
    ])
    const first = await get('/v1/ledger/seals?limit=2')
    const second = await get(`/v1/ledger/seals?limit=2&cursor=${first.body.next_cursor}`)
    expect([...first.body.data, ...second.body.data]).toEqual(all.body.data)
    const clerk = await gateway.token(['reports:read'], 'H56.12.03')
    expect(await get('/v1/ledger/seals?agency_code=H56', clerk)).toEqual(all)
    expect((await get('/v1/ledger/seals?from=2026-11-24&to=2026-11-24')).body.data).toHaveLength(1)
    expect((await get('/v1/ledger/seals', await gateway.token(['reports:read'], 'H57'))).body.data).toEqual([])
  })

  it('are refused for another province, a day that is none, and a token without the scope', async () => {
    expect((await get('/v1/ledger/seals?agency_code=H57')).status).toBe(404)
    expect(await get('/v1/ledger/seals?from=2026-02-30')).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/query/from' }] },
    })
    expect((await get('/v1/ledger/seals', await gateway.token(['orders:read']))).status).toBe(403)
  })

  it('are given signed, one a line, and hold against the published keys', async () => {
    const answer = await gateway.request('/v1/ledger/seals', {
      token: auditor,
      headers: { accept: 'application/jose' },
    })
    expect(answer.headers.get('content-type')).toBe('application/jose')
    const lines = (await answer.text()).split('\n')
    const { body } = await get('/v1/ledger/seals')
    expect(lines).toEqual(body.data.map(({ jws }: { jws: string }) => jws))
    const page = await gateway.request('/v1/ledger/seals?limit=1', {
      token: auditor,
      headers: { accept: 'application/jose' },
    })
    expect([await page.text(), page.headers.get('link')]).toEqual([
      lines[0],
      expect.stringMatching(/^<\/v1\/ledger\/seals\?limit=1&cursor=[\w-]+>; rel="next"$/),
    ])
    const keys = createLocalJWKSet(await (await gateway.request('/.well-known/jwks.json')).json())
    for (const [index, line] of lines.entries()) {
      const claims = JSON.parse(new TextDecoder().decode((await compactVerify(line, keys)).payload))
      const { jws: _, kid: __, ...seal } = body.data[index]
      expect(claims).toEqual({ ...seal, iss: 'http://gateway.test' })
    }
  })
})

describe('the proof of an entry', () => {
  it('leads from what was hashed to the signed root, for every entry of every day', async () => {
    for (const id of await entryIds()) {
      const { status, body } = await get(`/v1/ledger/entries/${id}/proof`)
      expect(status).toBe(200)
      const leaf = leafHash(body.canonical)
      expect(toHex(leaf)).toBe(body.leaf_hash)
      expect(JSON.parse(body.canonical.split('\n')[0])[1]).toBe(id)
      expect(body.seal.first_place + body.index).toBe(body.place)
      const path = body.path.map((hex: string) => fromHex(hex))
      const root = fromHex(body.seal.root) ?? leaf
      const inclusion = { index: body.index, size: body.tree_size, path }
      expect(provesInclusion(inclusion, { leaf, root })).toBe(true)
      const altered = body.canonical.replace('150000', '150001')
      expect(altered).not.toBe(body.canonical)
      expect(provesInclusion(inclusion, { leaf: leafHash(altered), root })).toBe(false)
    }
  })

  it('is given for entries of one’s own agency only', async () => {
    const [id] = await entryIds()
    expect(
      (await get(`/v1/ledger/entries/${id}/proof`, await gateway.token(['reports:read'], 'H56.12.03'))).status,
    ).toBe(200)
    expect((await get(`/v1/ledger/entries/${id}/proof`, await gateway.token(['reports:read'], 'H56.14'))).status).toBe(
      404,
    )
    expect((await get('/v1/ledger/entries/nonsense/proof')).status).toBe(404)
  })

  it('waits for the end of the day', async () => {
    const id = gateway.deps.newId('jrn')
    await gateway.sql.begin(async (sql) => {
      const entry = { agencyCode: 'H56', businessDay: '2026-11-26' }
      await sql`insert into journal_entries ${sql({ ...entry, id, kind: 'settlement', subject: 'x', occurredAt: gateway.deps.now(), postedAt: gateway.deps.now() })}`
      await sql`insert into postings ${sql([1n, -1n].map((amount, line) => ({ ...entry, entryId: id, lineNo: line + 1, account: 'bank', merchantAccountId: 'm', amount })))}`
    })
    const early = { status: 409, body: { code: 'entry_not_sealed' } }
    expect(await get(`/v1/ledger/entries/${id}/proof`)).toMatchObject(early)
    await chainRecords(gateway.deps, { reach: 'everything' })
    expect(await get(`/v1/ledger/entries/${id}/proof`)).toMatchObject(early)
    gateway.clock.advance(86_400)
    auditor = await gateway.token(['reports:read'])
    await sealDays(gateway.deps)
    expect(await get(`/v1/ledger/entries/${id}/proof`)).toMatchObject({
      status: 200,
      body: { index: 0, tree_size: 1, path: [] },
    })
  })
})
