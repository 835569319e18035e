// A key that somebody put into the database without the master key signs nothing that is believed: no close, no receipt, no token.
import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { proofType } from '../../src/domain/receipt-proof.ts'
import type { Deps } from '../../src/flows/deps.ts'
import { verifyReceipt } from '../../src/flows/prove-receipt.ts'
import { readSigned, signDocument } from '../../src/flows/sign-document.ts'
import { currentSigningKey, publicKeySet, revokeSigningKey, rotateSigningKey } from '../../src/flows/signing-keys.ts'
import { verifyPeriods } from '../../src/flows/verify-periods.ts'
import { sha256Hex } from '../../src/lib/hmac.ts'
import type { CommandContext, Options } from '../../src/node/commands/command.ts'
import { rotateKeyCommand } from '../../src/node/commands/rotate-key.ts'
import { inScope, openDatabase } from '../../src/store/database.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { close } from '../kit/periods.ts'
import { payOrder, reconcile } from '../kit/reconciliation.ts'
import { lineFor, settlementDesk } from '../kit/settlement-desk.ts'

type Forger = { kid: string; key: CryptoKey }
type Sealed = (forged: { kid: string; privateJwk: JWK }) => Promise<Uint8Array>

/** Puts a key into the database as the application may; the newest of all, so that it would sign too. */
const insertKey = async (deps: Deps, sealed: Sealed, named: string | null = null): Promise<Forger> => {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const jwk = (await exportJWK(pair.publicKey)) as Record<string, string>
  const kid = named ?? (await calculateJwkThumbprint(jwk))
  const bytes = await sealed({ kid, privateJwk: await exportJWK(pair.privateKey) })
  const publicJwk = { ...jwk, kid, alg: 'EdDSA', use: 'sig' }
  const createdAt = new Date(deps.now().getTime() + 1_000)
  await inScope(deps.db, '*', (sql) => [
    sql`insert into signing_keys (kid, public_jwk, sealed_private_jwk, created_at) values (${kid}, ${sql.json(publicJwk)}, ${bytes}, ${createdAt})`,
  ])
  return { kid, key: pair.privateKey }
}

const unsealed: Sealed = async () => Uint8Array.of(0)

const signedBy = ({ kid, key }: Forger, text: string, typ = 'JOSE') =>
  new CompactSign(new TextEncoder().encode(text)).setProtectedHeader({ alg: 'EdDSA', kid, typ }).sign(key)

const own = async (deps: Deps): Promise<Forger> => {
  const { kid, openPrivateKey } = await currentSigningKey(deps)
  return { kid, key: await openPrivateKey() }
}

const tokenBy = ({ kid, key }: Forger, { deps }: TestApp, agency: string) =>
  new SignJWT({ scope: 'admin orders:read', agency })
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt' })
    .setIssuer(deps.publicUrl)
    .setAudience(deps.publicUrl)
    .setSubject('cli_forged')
    .setJti(`tok_${kid}`)
    .setIssuedAt(deps.now())
    .setExpirationTime(new Date(deps.now().getTime() + 600_000))
    .sign(key)

describe('a key in the database', () => {
  let gateway: TestApp
  beforeAll(async () => {
    gateway = await startTestApp()
    await currentSigningKey(gateway.deps)
  })
  afterAll(() => gateway.close())

  const proof = JSON.stringify({
    ...{ o: 'ord_1', a: 'H56.12.03', f: 'EBL01', s: 'C26TAA', n: 1, k: 'phi', l: [21_000], t: 21_000 },
    i: 1_790_000_000,
  })

  /** Who believes what the key signs. */
  const believed = async (forger: Forger) => ({
    document: (await readSigned(gateway.deps, await signedBy(forger, '{"a":1}'))) !== null,
    receipt: (await verifyReceipt(gateway.deps, await signedBy(forger, proof, proofType))).ok,
    token: (await gateway.request('/v1/agencies', { token: await tokenBy(forger, gateway, '*') })).status !== 401,
    published: (await publicKeySet(gateway.deps)).keys.some(({ kid }) => kid === forger.kid),
  })

  const everybody = { document: true, receipt: true, token: true, published: true }
  const nobody = { document: false, receipt: false, token: false, published: false }

  test('is believed by all when it is ours, and by those who keep what it signed once it is retired', async () => {
    const genuine = await own(gateway.deps)
    expect(await believed(genuine)).toEqual(everybody)
    await rotateSigningKey(gateway.deps)
    gateway.clock.advance(1_000)
    expect(await believed(genuine)).toEqual({ ...everybody, token: false })
    expect(await believed(await own(gateway.deps))).toEqual(everybody)
  })

  test('is believed by nobody from its revocation on, and the command says so to everybody', async () => {
    const [{ deps }, lost] = [gateway, await own(gateway.deps)]
    const revoke = (options: Options) =>
      rotateKeyCommand.run({
        ...({} as CommandContext),
        options,
        open: async () => ({ deps, background: deps, masterKeys: [], clock: null }),
      })
    await expect(revoke({ revoke: 'nobody' })).rejects.toThrow('there is no key')
    await expect(revoke({ revoke: lost.kid, reason: 'x' })).rejects.toThrow('--reason is one of')
    const told = await revoke({ revoke: lost.kid, reason: 'compromised' })
    const signs = (await own(deps)).kid
    expect([signs === lost.kid, told.json]).toEqual([
      false,
      {
        signs,
        keys: expect.arrayContaining([
          expect.objectContaining({ kid: signs, revoked_at: null }),
          expect.objectContaining({ kid: lost.kid, revoked_reason: 'compromised' }),
        ]),
      },
    ])
    const { keys } = await (await gateway.request('/.well-known/jwks.json')).json()
    const { revoked } = keys.find(({ kid }: { kid: string }) => kid === lost.kid)
    // Every process knows by then: what they signed with it until they did is still theirs.
    expect(revoked.revoked_at - Math.floor(deps.now().getTime() / 1_000)).toBe(120)
    expect((await believed(lost)).document).toBe(true)
    gateway.clock.advance(121)
    expect(await believed(lost)).toEqual({ ...nobody, receipt: true, published: true })
    const text = (i: number) => signedBy(lost, JSON.stringify({ ...JSON.parse(proof), i }), proofType)
    expect(await verifyReceipt(deps, await text(revoked.revoked_at))).toMatchObject({ ok: false, why: 'revoked' })
    const before = await verifyReceipt(deps, await text(revoked.revoked_at - 1))
    expect(before).toMatchObject({ ok: true, revokedAt: revoked.revoked_at, record: { is: 'absent' } })
    // Once for all, and a key that was retired before is revoked at once.
    await revoke({ revoke: lost.kid })
    expect((await publicKeySet(deps)).keys.find(({ kid }) => kid === lost.kid)?.revoked).toEqual(revoked)
  })

  test('that was revoked elsewhere signs no token for a process that signs nothing itself and knew it before', async () => {
    const elsewhere = { ...gateway.deps, box: { ...gateway.deps.box } }
    const lost = await own(gateway.deps)
    const read = async () =>
      (await gateway.request('/v1/agencies', { token: await tokenBy(lost, gateway, '*') })).status
    expect(await read()).not.toBe(401)
    expect(await revokeSigningKey(elsewhere, { kid: lost.kid, reason: 'compromised' })).not.toBeNull()
    gateway.clock.advance(181)
    expect(await read()).toBe(401)
  })

  test('goes on being believed while the database does not answer', async () => {
    const text = await signDocument(gateway.deps, '{"a":1}')
    const gone = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', role: null, max: 1 })
    const askings = vi.spyOn(gone.sql, 'reserve')
    gateway.clock.advance(61)
    for (const _ of [1, 2, 3]) expect(await readSigned({ ...gateway.deps, db: gone }, text)).toBe('{"a":1}')
    expect(askings).toHaveBeenCalledTimes(1)
    await gone.close()
  })

  test('is believed by nobody when its private half is not sealed with the master key for it', async () => {
    const { box } = gateway.deps
    const stranger = await exportJWK((await generateKeyPair('EdDSA', { extractable: true })).privateKey)
    const forgers = [
      await insertKey(gateway.deps, unsealed),
      // Sealed for another key.
      await insertKey(gateway.deps, ({ privateJwk }) => box.seal(JSON.stringify(privateJwk), 'signing_key:other')),
      // Sealed for this one, and the private half of another.
      await insertKey(gateway.deps, ({ kid }) => box.seal(JSON.stringify(stranger), `signing_key:${kid}`)),
      // All of it ours, and named otherwise than by its thumbprint.
      await insertKey(
        gateway.deps,
        ({ kid, privateJwk }) => box.seal(JSON.stringify(privateJwk), `signing_key:${kid}`),
        'k1',
      ),
    ]
    gateway.clock.advance(61)
    for (const forger of forgers) expect(await believed(forger)).toEqual(nobody)
    expect(await believed(await own(gateway.deps))).toEqual(everybody)
    const fresh = await signDocument(gateway.deps, '{"a":1}')
    expect(await readSigned(gateway.deps, fresh)).toBe('{"a":1}')
  })

  test('is retired once, and neither changed nor deleted', async () => {
    const { sql } = gateway
    const { kid } = await own(gateway.deps)
    for (const change of [
      `update signing_keys set public_jwk = '{}' where kid = '${kid}'`,
      `update signing_keys set sealed_private_jwk = '\\x00', retired_at = now() where kid = '${kid}'`,
      'update signing_keys set retired_at = null where retired_at is not null',
      `update signing_keys set retired_at = now() where retired_at is not null`,
      `update signing_keys set revoked_at = now(), revoked_reason = 'x' where retired_at is null`,
      'update signing_keys set revoked_at = null where revoked_at is not null',
      `delete from signing_keys where kid = '${kid}'`,
      'truncate signing_keys',
    ])
      await expect(sql.unsafe(change), change).rejects.toThrow('append-only')
  })
})

describe('a close', () => {
  const desk = settlementDesk()
  beforeEach(() => desk.now().deps.clock.set('2026-11-23T02:00:00Z'))

  test('written anew and signed with an inserted key is found by verify-periods', async () => {
    const { db, deps, account } = desk.now()
    await desk.listed(lineFor(await payOrder(deps, account)))
    deps.clock.set('2026-11-25T02:00:00Z')
    await reconcile(deps, account, { from: '2026-11-23', to: '2026-11-23' })
    const period = await close(deps, account, '2026-11-23')
    expect((await verifyPeriods(deps)).fault).toBeNull()
    const forger = await insertKey(deps, unsealed)
    deps.clock.advance(61)
    const document = period.document.replace('"note":null', '"note":"x"')
    const signature = await signedBy(forger, document)
    await db.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await sql`update periods set ${sql({ document, documentHash: sha256Hex(document), signature })} where id = ${period.id}`
    })
    expect((await verifyPeriods(deps)).fault).toMatchObject({
      id: period.id,
      problem: 'its signature is not one of ours over it',
    })
  })
})
