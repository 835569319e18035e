// What a receipt's number may be, and what a proof and the published list may say of it.
import { CompactSign, exportJWK, generateKeyPair } from 'jose'
import { expect, test } from 'vitest'
import { receiptNumber } from '../../src/domain/receipt.ts'
import { openProof, proofType, type ReceiptProof, standingOf } from '../../src/domain/receipt-proof.ts'

test('a number stays within the eight digits of its series', () => {
  expect(receiptNumber('26TAA', 1)).toMatchObject({ serial: '26TAA', number: 1 })
  expect(receiptNumber('26TAA', 99_999_999)).toMatchObject({ number: 99_999_999 })
  expect(() => receiptNumber('26TAA', 0)).toThrow(RangeError)
  expect(() => receiptNumber('26TAA', 100_000_000)).toThrow(RangeError)
})

test('the published list says nothing of a receipt from before its beginning, unless it names it', () => {
  const proof: ReceiptProof = { o: 'ord_1', a: 'H56', f: 'EBL01', s: '26TAA', n: 7, k: 'phi', l: [1], t: 1, i: 1_000 }
  const list = {
    at: 5_000,
    since: 1_000,
    replaced: ['H56/26TAA/8'],
    refunded: ['H56/26TAA/9'],
    reversed: ['H56/26TAA/10'],
    noticed: [],
  }
  expect(standingOf(proof, list)).toBe('standing')
  expect(standingOf({ ...proof, i: 999 }, list)).toBe('unknown')
  expect(standingOf({ ...proof, i: 999 }, { ...list, since: null })).toBe('standing')
  expect(standingOf({ ...proof, i: 999, n: 8 }, list)).toBe('replaced')
  expect(standingOf({ ...proof, n: 9 }, list)).toBe('refunded')
  expect(standingOf({ ...proof, n: 10 }, list)).toBe('reversed')
  expect(standingOf(proof, null)).toBe('unknown')
})

test('a proof that demands an extension which nobody here knows is refused (RFC 7515, 4.1.11)', async () => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'k' }]
  const sign = (header: object) =>
    new CompactSign(new TextEncoder().encode('{}'))
      .setProtectedHeader({ alg: 'EdDSA', kid: 'k', typ: proofType, ...header })
      .sign(privateKey, { crit: { [name]: false } })
  const name = 'urn:example:ext'
  expect(await openProof(await sign({}), { keys, type: proofType })).toMatchObject({ ok: true, payload: {} })
  expect(await openProof(await sign({ crit: [name], [name]: 1 }), { keys, type: proofType })).toEqual({
    ok: false,
    why: 'malformed',
  })
})
