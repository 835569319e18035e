// Somebody with every right in the database, and without the signing key, changes receipts: nothing of it is answered or signed, and verify-ledger names it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventHash } from '../../src/domain/order-events.ts'
import type { SignedReceipt } from '../../src/domain/receipt.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { issueReceipts } from '../../src/flows/issue-receipts.ts'
import { noticeReceipt, replaceReceipt } from '../../src/flows/replace-receipt.ts'
import { chainRecords } from '../../src/flows/seal-ledger.ts'
import { signFormerReceipts } from '../../src/flows/sign-receipt.ts'
import { currentSigningKey, revokeSigningKey, rotateSigningKey } from '../../src/flows/signing-keys.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { eventsOfOrder } from '../../src/store/ledger-audit.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { addAttempt, placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'
import { captured } from '../kit/scripted-provider.ts'

let gateway: TestApp
let account: string
let token: string
let dossiers = 0
const accountant = { scope: 'H56', actor: 'cli_accountant' }

beforeAll(async () => {
  gateway = await startTestApp()
  account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'vnpay' })
  token = await gateway.token(['orders:read', 'reconciliation:read'])
})
afterAll(() => gateway.close())

const receipted = async (): Promise<SignedReceipt> => {
  const { deps } = gateway
  dossiers += 1
  const order = await placeTestOrder(deps, { dossierCode: `H56.12.03-261122-${6_000 + dossiers}` })
  const attempt = await addAttempt(deps, order, account, { provider: 'vnpay' })
  const outcome = captured(attempt.merchantReference, attempt.amount)
  await applyOutcome(deps, { merchantAccountId: account, outcome, source: 'callback' })
  await deps.settled()
  const [receipt] = await issueReceipts(deps, order)
  if (!receipt) throw new Error('no receipt')
  return receipt
}

const tables = ['receipts', 'receipt_series', 'receipt_notices', 'events', 'ledger_seals']
/** As a superuser does it; answers how to take it back. */
const tamper = (...statements: string[]) =>
  gateway.sql.begin(async (tx) => {
    for (const table of tables) await tx.unsafe(`alter table ${table} disable trigger all`)
    for (const statement of statements) await tx.unsafe(statement)
    for (const table of tables) await tx.unsafe(`alter table ${table} enable trigger all`)
  })
const fault = async () => (await verifyLedger(gateway.deps)).fault
const read = async ({ orderId, id, token: link }: SignedReceipt) => {
  const jose = { token, headers: { accept: 'application/jose' } }
  const answers = [
    await gateway.request(`/v1/orders/${orderId}/receipt`, { token }),
    await gateway.request(`/v1/orders/${orderId}/receipt`, jose),
    await gateway.request(`/v1/receipts/${id}`, { token }),
    await gateway.request(`/receipts/${link}`),
    await gateway.request(`/receipts/${link}/pdf`),
  ]
  return answers.map(({ status }) => status)
}
const signFormer = async (limit = 1_000) => (await signFormerReceipts(gateway.deps, limit)).signed
const kept = async (id: string) => {
  const [row] = await gateway.sql`select to_jsonb(receipts)::text as row from receipts where id = ${id}`
  const back = `update receipts set ${['amount', 'document', 'proof', 'signature', 'token', 'issued_at']
    .map((name) => `${name} = former.${name}`)
    .join(
      ', ',
    )} from jsonb_populate_record(null::receipts, '${String(row?.row).replaceAll("'", "''")}') as former where receipts.id = former.id`
  return () => tamper(back)
}

describe('a receipt of before receipts were signed at their issue', () => {
  it('is signed once, if it is what its timeline told of it', async () => {
    const [receipt, other] = [await receipted(), await receipted()]
    for (const { orderId } of [receipt, other]) await forgetSignatures(orderId)
    await tamper(`update receipts set amount = 1 where id = '${other.id}'`)
    expect(await verifyLedger(gateway.deps)).toMatchObject({ fault: { what: 'receipt', id: other.id } })
    expect(await signFormer()).toBe(1)
    expect(await read(receipt)).toEqual([200, 200, 200, 200, 200])
    expect((await read(other))[0]).toBe(409)
    await tamper(`update receipts set amount = 150000 where id = '${other.id}'`)
    expect(await verifyLedger(gateway.deps)).toMatchObject({ fault: null, unsignedReceipts: 1 })
    expect((await read(other))[0]).toBe(200)
    expect(await verifyLedger(gateway.deps)).toMatchObject({ fault: null, unsignedReceipts: 0 })
    await expect(gateway.sql`update receipts set proof = 'x', signature = 'x' where id = ${other.id}`).rejects.toThrow(
      'append-only',
    )
  })
})

describe('receipts of before receipts were signed at their issue', () => {
  it('are signed in passes, of which each goes on behind the one before, whatever cannot be signed', async () => {
    const [wrong, right] = [await receipted(), await receipted()]
    for (const { orderId } of [wrong, right]) await forgetSignatures(orderId)
    await tamper(`update receipts set amount = 1 where id = '${wrong.id}'`)
    const pass = () => signFormerReceipts(gateway.deps, 1)
    expect([await pass(), await pass(), await pass()]).toEqual([
      { signed: 0, isDone: false },
      { signed: 1, isDone: false },
      { signed: 0, isDone: true },
    ])
    await tamper(`update receipts set amount = 150000 where id = '${wrong.id}'`)
    expect(await pass()).toEqual({ signed: 1, isDone: false })
  })

  it('are not called robbed because the clock of somebody who issued since was hours behind', async () => {
    const [former, later] = [await receipted(), await receipted()]
    const restore = await kept(later.id)
    await forgetSignatures(former.orderId)
    await tamper(`update receipts set issued_at = issued_at - interval '3 hours' where id = '${later.id}'`)
    expect(await signFormer()).toBe(1)
    await restore()
  })
})

describe('a receipt whose row was changed', () => {
  it.each([
    ['amount', `amount = 1, document = document || '{"amount": 1}'`],
    ['payer', `document = jsonb_set(document, '{payer,name}', '"Kẻ khác"')`],
    ['whole document', `document = '{}'`],
    ['time of issue', `issued_at = issued_at + interval '1 s'`],
    ['code', `proof = signature`],
  ])('in its %s is neither shown nor signed, and is named', async (_, change) => {
    const receipt = await receipted()
    const restore = await kept(receipt.id)
    expect([await fault(), await read(receipt)]).toEqual([null, [200, 200, 200, 200, 200]])
    await tamper(`update receipts set ${change} where id = '${receipt.id}'`)
    expect(await read(receipt)).toEqual([409, 409, 409, 409, 409])
    expect(await fault()).toMatchObject({ what: 'receipt', id: receipt.id })
    const deed = { id: receipt.id, reason: 'x', payerName: null, refund: null }
    await expect(replaceReceipt(gateway.deps, accountant, deed)).rejects.toMatchObject({ code: 'receipt_altered' })
    await restore()
    expect(await fault()).toBeNull()
  })

  it('together with its signatures taken away is not signed anew', async () => {
    gateway.clock.advance(700)
    const receipt = await receipted()
    const restore = await kept(receipt.id)
    await tamper(`update receipts set proof = null, signature = null where id = '${receipt.id}'`)
    expect(await signFormer()).toBe(0)
    expect(await read(receipt)).toEqual([409, 409, 409, 409, 409])
    expect(await fault()).toMatchObject({ id: receipt.id, problem: expect.stringContaining('lost its signatures') })
    // Also when its timeline was written anew, as if it were of before: earlier ones were signed at their issue.
    await gateway.sql`create table robbed as select * from events where subject_id = ${receipt.orderId}`
    await forgetSignatures(receipt.orderId)
    expect([await signFormer(), (await read(receipt))[0]]).toEqual([0, 409])
    expect(await fault()).toMatchObject({ id: receipt.id, problem: expect.stringContaining('lost its signatures') })
    await tamper(
      `delete from events where subject_id = '${receipt.orderId}'`,
      'insert into events select * from robbed',
      `update orders set event_hash = (select hash from robbed order by sequence desc limit 1) where id = '${receipt.orderId}'`,
    )
    await restore()
    expect(await fault()).toBeNull()
  })

  it('keeps the signature of its issue when the key is changed', async () => {
    const receipt = await receipted()
    await rotateSigningKey(gateway.deps)
    expect([await fault(), await read(receipt)]).toEqual([null, [200, 200, 200, 200, 200]])
  })

  it('stays ours when its key is revoked, also where the clock of whoever issued it was hours ahead', async () => {
    const { clock, deps } = gateway
    const present = clock.now()
    clock.advance(3 * 3_600)
    const receipt = await receipted()
    clock.set(present)
    await revokeSigningKey(deps, { kid: (await currentSigningKey(deps)).kid, reason: 'compromised' })
    expect([await fault(), await read(receipt)]).toEqual([null, [200, 200, 200, 200, 200]])
    clock.set(receipt.issuedAt)
  })
})

describe('a receipt that is gone', () => {
  it('is named by its event, also when it was the last one and the series was set back', async () => {
    const receipt = await receipted()
    const { id, serial, number } = receipt
    const last = `where agency_code = 'H56.12.03' and serial = '${serial}'`
    await gateway.sql`create table taken as select * from receipts where id = ${id}`
    await tamper(
      `delete from receipts where id = '${id}'`,
      `update receipt_series set last_number = ${number - 1} ${last}`,
    )
    expect(await fault()).toMatchObject({ what: 'receipt', id, problem: expect.stringContaining('is gone: event') })
    await tamper('insert into receipts select * from taken')
    expect(await fault()).toMatchObject({ what: 'receipt', id: `H56.12.03 ${serial}-${number}` })
    await tamper(`update receipt_series set last_number = ${number} ${last}`)
    expect(await fault()).toBeNull()
  })

  it('together with all that its timeline told of it is missed by the chain over the timelines', async () => {
    const { id, orderId, serial, number } = await receipted()
    await chainRecords(gateway.deps, { reach: 'everything' })
    expect(await fault()).toBeNull()
    const events = await eventsOfOrder(gateway.deps.db, orderId)
    const [told, former] = [events.at(-1), events.at(-2)]
    await gateway.sql`create table told as select * from events where id = ${told?.id ?? ''}`
    await gateway.sql`create table gone as select * from receipts where id = ${id}`
    const series = `where agency_code = 'H56.12.03' and serial = '${serial}'`
    await tamper(
      `delete from receipts where id = '${id}'`,
      `delete from events where id = '${told?.id}'`,
      `update orders set event_count = event_count - 1, event_hash = '${former?.hash}' where id = '${orderId}'`,
      `update receipt_series set last_number = ${number - 1} ${series}`,
    )
    expect(await fault()).toMatchObject({ what: 'event', id: told?.id, problem: expect.stringContaining('is gone') })
    await tamper(
      'insert into receipts select * from gone',
      'insert into events select * from told',
      `update orders set event_count = event_count + 1, event_hash = '${told?.hash}' where id = '${orderId}'`,
      `update receipt_series set last_number = ${number} ${series}`,
    )
    expect(await fault()).toBeNull()
  })

  it('as a notice or a replacement is named as well', async () => {
    const [noticed, former] = [await receipted(), await receipted()]
    const told = { id: noticed.id, field: 'payer_name' as const, text: 'Lành', refund: null }
    await noticeReceipt(gateway.deps, accountant, told)
    const wanted = { id: former.id, reason: 'Sai mã số thuế', payerName: null, refund: null }
    const { receipt: later } = await replaceReceipt(gateway.deps, accountant, wanted)
    expect(await fault()).toBeNull()
    await gateway.sql`create table notices as select * from receipt_notices`
    await tamper(`update receipt_notices set text = 'Lan' where receipt_id = '${noticed.id}'`)
    expect(await fault()).toMatchObject({ id: noticed.id, problem: expect.stringContaining('is not what was signed') })
    await tamper('delete from receipt_notices')
    expect(await fault()).toMatchObject({ id: noticed.id, problem: expect.stringContaining('has lost the notice') })
    await tamper('insert into receipt_notices select * from notices')
    await tamper(
      `update receipts set replaces = null, reason = null, made_by = null, order_id = '${noticed.orderId}', kind = 'phi' where id = '${later.id}'`,
    )
    expect(await fault()).toMatchObject({ what: 'receipt' })
    await tamper(
      `update receipts set replaces = '${former.id}', reason = 'Sai mã số thuế', made_by = 'cli_accountant', order_id = '${former.orderId}', kind = 'le_phi' where id = '${later.id}'`,
    )
    expect(await fault()).toBeNull()
  })
})

/** Makes a receipt and its event what they were before there were signatures. */
const forgetSignatures = async (orderId: string): Promise<void> => {
  const events = [...(await eventsOfOrder(gateway.deps.db, orderId))]
  const last = events.pop()
  if (last?.type !== 'receipt.issued') throw new Error('another event was last')
  const { signature_hash: _, ...told } = JSON.parse(last.data)
  const data = JSON.stringify(told)
  const hash = eventHash(events.at(-1)?.hash ?? '', orderId, { ...last, data })
  await tamper(
    `update receipts set proof = null, signature = null where order_id = '${orderId}'`,
    `update events set data = '${data}', hash = '${hash}' where id = '${last.id}'`,
    `update orders set event_hash = '${hash}' where id = '${orderId}'`,
  )
}

describe('what a receipt bears and when it was issued', () => {
  it('is held against the seals: a root that was never sealed is named', async () => {
    const seal = `'H56', '2026-11-22', 1, 0, 'aa', 'bb', null, 'kid', 'jws', '2026-11-22T17:00:00Z'`
    await tamper(`insert into ledger_seals values (${seal})`)
    const receipt = await receipted()
    expect(receipt.document.ledger_root).toEqual({ day: '2026-11-22', root: 'aa' })
    await tamper('delete from ledger_seals')
    expect(await fault()).toMatchObject({ id: receipt.id, problem: expect.stringContaining('a root of 2026-11-22') })
  })

  it('never runs against its number, whatever the clocks of processes say', async () => {
    const first = await receipted()
    gateway.clock.advance(-5)
    const second = await receipted()
    gateway.clock.advance(10)
    const third = await receipted()
    expect([second.number, third.number]).toEqual([first.number + 1, first.number + 2])
    expect(second.issuedAt).toEqual(first.issuedAt)
    expect(third.issuedAt.getTime() - first.issuedAt.getTime()).toBe(5_000)
  })
})
