// Receipts as a portal and a citizen get them: JSON, or one signed text that anybody can check with the published keys.
import { compactVerify, createLocalJWKSet, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { chainRecords, sealDays } from '../../src/flows/seal-ledger.ts'
import { rotateSigningKey } from '../../src/flows/signing-keys.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { addAttempt, orderInput, placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'
import { captured } from '../kit/scripted-provider.ts'

let gateway: TestApp
let token: string
let account: string
let paid: string

const line = orderInput().lines[0]
if (!line) throw new Error('no line')
const lines = [
  { ...line, unitAmount: 8_000n },
  { ...line, kind: 'phi' as const, feeCode: null, description: 'Phí bản sao', unitAmount: 21_000n },
]

beforeAll(async () => {
  gateway = await startTestApp()
  token = await gateway.token(['orders:read'])
  account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'vnpay' })
  paid = await pay(await placeTestOrder(gateway.deps, { dossierCode: 'H56.12.03-261122-7000', lines }))
})
afterAll(() => gateway.close())

const pay = async (orderId: string) => {
  const attempt = await addAttempt(gateway.deps, orderId, account, { provider: 'vnpay' })
  const outcome = captured(attempt.merchantReference, attempt.amount)
  await applyOutcome(gateway.deps, { merchantAccountId: account, outcome, source: 'callback' })
  return orderId
}
const ask = (orderId: string, accept?: string, as = token) =>
  gateway.request(`/v1/orders/${orderId}/receipt`, { token: as, ...(accept ? { headers: { accept } } : {}) })
const readJson = async (response: Response) => ({ status: response.status, body: JSON.parse(await response.text()) })

describe('the receipt of a paid order', () => {
  it('is there as soon as it is asked for, one for phí and one for lệ phí', async () => {
    const { status, body } = await readJson(await ask(paid))
    expect(status).toBe(200)
    expect(body.receipts).toMatchObject([
      { kind: 'phi', amount: 21_000, amount_in_words: 'Hai mươi mốt nghìn đồng', form: 'EBL01', serial: '26TAA' },
      { kind: 'le_phi', amount: 8_000, amount_in_words: 'Tám nghìn đồng', form: 'EBL01', serial: '26TAB' },
    ])
    expect(await readJson(await ask(paid, '*/*'))).toEqual({ status, body })
    expect(await readJson(await ask(paid, 'text/html, application/json;q=0.5'))).toEqual({ status, body })
  })

  it('is signed over order, dossier and every amount, by a key that is published', async () => {
    const response = await ask(paid, 'application/jose')
    expect(response.headers.get('content-type')).toBe('application/jose')
    const jws = await response.text()
    const jwks = createLocalJWKSet(await (await gateway.request('/.well-known/jwks.json')).json())
    const { payload, protectedHeader } = await compactVerify(jws, jwks, { algorithms: ['EdDSA'] })
    expect(protectedHeader.kid).toBeTypeOf('string')
    const signed = JSON.parse(new TextDecoder().decode(payload))
    expect(signed).toMatchObject({
      iss: 'http://gateway.test',
      order: paid,
      dossier_code: 'H56.12.03-261122-7000',
      receipts: [
        { kind: 'phi', amount: 21_000, order: paid },
        { kind: 'le_phi', amount: 8_000, order: paid },
      ],
    })
    // The link to the citizen's page opens without a login, so it does not travel with the proof.
    expect(JSON.stringify(signed)).not.toContain('/receipts/')
    expect(await (await ask(paid, 'application/jose')).text()).toBe(jws)
  })

  it('bears the root of the latest day that the ledger was sealed for, and none before there is one', async () => {
    expect((await readJson(await ask(paid))).body.receipts[0].ledger_root).toBeNull()
    await chainRecords(gateway.deps, { reach: 'everything' })
    gateway.clock.advance(86_400)
    token = await gateway.token(['orders:read'])
    await sealDays(gateway.deps)
    const second = await pay(await placeTestOrder(gateway.deps, { dossierCode: 'H56.12.03-261122-7050', lines }))
    const [seal] = await gateway.sql`select day, root from ledger_seals`
    for (const { ledger_root } of (await readJson(await ask(second))).body.receipts)
      expect(ledger_root).toEqual({ day: '2026-11-23', root: seal?.root })
    const [row] = await gateway.sql`select token from receipts where order_id = ${second} limit 1`
    const page = await (await gateway.request(`/receipts/${row?.token}`)).text()
    expect(page).toContain(`${seal?.root}, ngày 23/11/2026`)
  })

  it('does not verify once one character of it is changed', async () => {
    const jws = await (await ask(paid, 'application/jose')).text()
    const jwks = createLocalJWKSet(await (await gateway.request('/.well-known/jwks.json')).json())
    const [head = '', payload = '', signature = ''] = jws.split('.')
    const text = Buffer.from(payload, 'base64url').toString().replace('21000', '91000')
    const forged = [head, Buffer.from(text).toString('base64url'), signature].join('.')
    expect(forged).not.toBe(jws)
    await expect(compactVerify(forged, jwks)).rejects.toThrow('signature verification failed')
  })

  it('stays verifiable after the key was changed', async () => {
    const before = await (await ask(paid, 'application/jose')).text()
    await rotateSigningKey(gateway.deps)
    const after = await (await ask(paid, 'application/jose')).text()
    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid)
    const jwks = createLocalJWKSet(await (await gateway.request('/.well-known/jwks.json')).json())
    for (const jws of [before, after]) await expect(compactVerify(jws, jwks)).resolves.toBeDefined()
  })

  it('is not to be had as anything else', async () => {
    for (const accept of ['image/png', 'application/json;q=0']) {
      expect(await readJson(await ask(paid, accept))).toMatchObject({ status: 406, body: { code: 'not_acceptable' } })
    }
  })
})

describe('there is no receipt', () => {
  it.each([
    ['before the order is paid', () => placeTestOrder(gateway.deps, { dossierCode: 'H56.12.03-261122-7001' })],
    [
      'for a waived order',
      () =>
        placeTestOrder(gateway.deps, {
          dossierCode: 'H56.12.03-261122-7002',
          lines: [{ ...line, exemption: { rule: 'NQ 12/2025', evidence: 'Trực tuyến' } }],
        }),
    ],
    [
      'for a fine alone',
      async () =>
        pay(
          await placeTestOrder(gateway.deps, {
            dossierCode: 'H56.12.03-261122-7003',
            lines: [{ ...line, kind: 'phat' }],
          }),
        ),
    ],
  ])('%s', async (_, make) => {
    expect(await readJson(await ask(await make()))).toMatchObject({ status: 409, body: { code: 'receipt_not_issued' } })
  })

  it('for another agency, or for no order at all', async () => {
    const stranger = await gateway.token(['orders:read'], 'H56.14')
    expect((await ask(paid, undefined, stranger)).status).toBe(404)
    expect((await ask('ord_00000000000000000000000000')).status).toBe(404)
  })
})
