// One order's money: its entries with their place in the sealed ledger, and what its provider sent, opened and masked.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chainLedger } from '../../src/store/ledger-chain.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { addAttempt, placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'
import { signedVnpayCallback } from '../kit/vnpay-callback.ts'

let gateway: TestApp
let token: string
let order: string
let account: string
let reference: string

const credentials = { tmn_code: 'TESTTMN1', hash_secret: 'FAKEVNPAYSECRETDONOTUSE000000001' }
beforeAll(async () => {
  gateway = await startTestApp()
  token = await gateway.token(['reconciliation:read', 'reports:read'])
  const settings = { payment_url: 'https://pay.example/pay', api_url: 'https://pay.example/api' }
  account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'vnpay', credentials, settings })
  order = await placeTestOrder(gateway.deps)
  const attempt = await addAttempt(gateway.deps, order, account, { provider: 'vnpay', status: 'pending' })
  reference = attempt.merchantReference
  const path = signedVnpayCallback({ id: account, credentials }, reference, 150_000)
  for (const each of [path.replace('vnp_SecureHash=', 'vnp_SecureHash=00'), path, path])
    expect((await gateway.request(each)).status).toBe(200)
  await gateway.deps.settled()
})
afterAll(() => gateway.close())

type Entry = { id: string; kind: string; postings: { account: string; amount: number }[]; chain: object | null }
type Callback = Record<string, unknown> & { message: { fields: { name: string; value: string | null }[] } }
type Page<Row> = { data: Row[]; next_cursor: string | null; told: Record<string, unknown>[] }
const read = async <Row>(path: string, as = token): Promise<Page<Row>> => {
  const answer = await gateway.request(path, { token: as })
  expect([path, answer.status]).toEqual([path, 200])
  return (await answer.json()) as Page<Row>
}

describe('the entries of an order', () => {
  it('balance, and say where they stand in the chain once they do', async () => {
    const path = `/v1/orders/${order}/entries`
    const before = await read<Entry>(path)
    expect(before.data).toMatchObject([
      {
        id: expect.stringMatching(/^jrn_/),
        kind: 'capture',
        business_day: '2026-11-22',
        subject: null,
        postings: [{ merchant_account: account }, { merchant_account: account }],
        chain: null,
      },
    ])
    expect(Object.fromEntries(before.data[0]?.postings.map((each) => [each.account, each.amount]) ?? [])).toEqual({
      provider_receivable: 150_000,
      collected: -150_000,
    })
    await chainLedger(gateway.deps.db, { now: gateway.deps.now(), batch: 100, reach: 'recent' })
    expect((await read<Entry>(path)).data[0]?.chain).toMatchObject({ place: expect.any(Number), sealed_on: null })
    // A commune sees where its entries stand, although the chain is the province's.
    const commune = await gateway.token(['reports:read'], 'H56.12.03')
    expect((await read<Entry>(path, commune)).data[0]?.chain).toMatchObject({ leaf_hash: expect.any(String) })
  })

  it('hold what is in suspense for the order’s discrepancies too, page by page', async () => {
    const { sql, deps } = gateway
    const id = deps.newId('dsc')
    await sql`insert into discrepancies ${sql({ id, agencyCode: 'H56.12.03', class: 'missing_at_provider', source: 'reconciliation', dedupeKey: id, amount: 1n, policy: 'x', openedAt: deps.now(), orderId: order })}`
    const head = { agencyCode: 'H56.12.03', businessDay: '2026-11-23' }
    const entry = deps.newId('jrn')
    await sql.begin(async (tx) => {
      await tx`insert into journal_entries ${tx({ ...head, id: entry, kind: 'discrepancy', subject: `discrepancy:${id}`, occurredAt: deps.now(), postedAt: deps.now() })}`
      const sides = [
        { account: 'suspense', amount: 5n },
        { account: 'provider_receivable', amount: -5n },
      ]
      await tx`insert into postings ${tx(sides.map((side, line) => ({ ...head, ...side, entryId: entry, lineNo: line + 1, merchantAccountId: account })))}`
    })
    const first = await read<Entry>(`/v1/orders/${order}/entries?limit=1`)
    const second = await read<Entry>(`/v1/orders/${order}/entries?limit=1&cursor=${first.next_cursor}`)
    expect([first.data[0]?.kind, second.data[0]?.id, second.next_cursor]).toEqual(['capture', entry, null])
  })
})

describe('the evidence of an order', () => {
  it('is each callback that named it, with its verdict, its reason and its key, and what may be seen of it', async () => {
    const { data, told } = await read<Callback>(`/v1/orders/${order}/evidence`)
    expect(data.map(({ reading, verdict, reason }) => [reading, verdict, reason])).toEqual([
      ['forged', 'forged', 'signature_fits_no_key'],
      ['genuine', 'accepted', null],
      ['genuine', 'already_confirmed', 'told_before'],
    ])
    const [forged, genuine] = data
    expect([forged?.key, genuine?.claimed_reference]).toEqual([null, reference])
    expect(genuine?.key).toMatch(/^key_/)
    const fields = Object.fromEntries(genuine?.message.fields.map(({ name, value }) => [name, value]) ?? [])
    expect(fields).toMatchObject({ vnp_Amount: '15000000', vnp_TxnRef: reference, vnp_ResponseCode: '00' })
    expect([fields.vnp_SecureHash, fields.vnp_OrderInfo]).toEqual([null, null])
    expect(told).toMatchObject([{ source: 'callback', kind: 'captured', amount: 150_000, reference: '14226112' }])
  })

  it('is paged, belongs to that order alone, and is seen by the commune whose account is the province’s', async () => {
    const path = `/v1/orders/${order}/evidence`
    const first = await read<Callback>(`${path}?limit=2`)
    const rest = await read<Callback>(`${path}?limit=2&cursor=${first.next_cursor}`)
    expect([first.data.length, rest.data.length, rest.next_cursor]).toEqual([2, 1, null])
    const commune = await gateway.token(['reconciliation:read'], 'H56.12.03')
    expect((await read<Callback>(path, commune)).data).toHaveLength(3)
    const other = await placeTestOrder(gateway.deps, { dossierCode: 'H56.12.03-261122-0099' })
    expect(await read<Callback>(`/v1/orders/${other}/evidence`)).toMatchObject({ data: [], told: [] })
  })

  it('is nothing that came to another account, whatever it claims', async () => {
    const { sql, deps } = gateway
    const elsewhere = await seedMerchantAccount(deps, sql, { provider: 'vnpay', agencyCode: 'H56.14' })
    const row = { id: deps.newId('cbk'), agencyCode: 'H56.14', merchantAccountId: elsewhere, provider: 'vnpay' }
    await sql`insert into callbacks ${sql({ ...row, sealed: Buffer.from([1]), contentHash: 'x', claimedReference: reference, reading: 'genuine', requestId: 'x', receivedAt: deps.now() })}`
    expect((await read<Callback>(`/v1/orders/${order}/evidence`)).data).toHaveLength(3)
  })

  it('says so where what was stored cannot be opened any more', async () => {
    await gateway.sql`update callbacks set sealed = ${Buffer.from([1, 2, 3])} where reading = 'forged'`
    const { data } = await read<Callback>(`/v1/orders/${order}/evidence`)
    expect(data[0]).toMatchObject({ reading: 'forged', message: null })
  })
})
