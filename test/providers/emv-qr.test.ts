/** Every row of the transfer QR's vectors, what its rules refuse beyond them, and what two libraries of others read in our codes. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { QrParams } from '../../src/domain/transfer-qr.ts'
import { buildVietQr, cleanPurpose, readVietQr } from '../../src/providers/emv-qr.ts'
import { readByEmvqr, readByVietnamQrPay } from './emv-qr.readers.ts'

type Vector = {
  name: string
  params: QrParams & { input: string }
  payload: string
  reason?: string
  valid: boolean
  signature: string
}
const rows: readonly (Vector & { kind: string })[] = JSON.parse(
  readFileSync(new URL('../vectors/vietqr.json', import.meta.url), 'utf8'),
)
const vectorsOf = (kind: string) => rows.filter((row) => row.kind === kind)

describe('the vectors', () => {
  test('are all there', () => {
    const kinds = Object.groupBy(rows, ({ kind }) => kind)
    const counted = Object.entries(kinds).map(([kind, each]) => [kind, each?.length])
    expect(Object.fromEntries(counted)).toEqual({ build: 14, parse: 16, 'build-reject': 9, 'normalize-purpose': 3 })
  })

  test.each(vectorsOf('build'))('builds and reads back: $name', ({ params, payload, signature }) => {
    expect(buildVietQr(params)).toEqual({ ok: true, payload })
    expect(payload.slice(-4)).toBe(signature)
    expect(readVietQr(payload)).toEqual({
      ok: true,
      bankBin: params.bankBin,
      account: params.account,
      amount: params.amount === undefined ? null : BigInt(params.amount),
      purpose: params.purpose === undefined ? null : cleanPurpose(params.purpose),
    })
  })

  test.each(vectorsOf('parse'))('reads or refuses: $name', ({ params, payload, valid, reason }) => {
    const { bankBin, account, amount, purpose } = params ?? {}
    const expected = valid ? { bankBin, account, amount: BigInt(amount ?? 0), purpose } : { reason }
    expect(readVietQr(payload)).toEqual({ ok: valid, ...expected })
  })

  test.each(vectorsOf('build-reject'))('refuses to build: $name', ({ params, reason }) => {
    expect(buildVietQr(params)).toEqual({ ok: false, reason })
  })

  test.each(vectorsOf('normalize-purpose'))('cleans: $name', ({ params, payload }) => {
    expect(cleanPurpose(params.input)).toBe(payload)
  })
})

const fee = { bankBin: '970415', account: '113366668888', amount: 79_000n, purpose: 'LP2611220001' }
const crc16 = (text: string): string => {
  let crc = 0xffff
  for (const byte of Buffer.from(text))
    for (let bit = 7; bit >= 0; bit--) {
      const carry = ((crc >> 15) ^ (byte >> bit)) & 1
      crc = ((crc << 1) & 0xffff) ^ (carry ? 0x1021 : 0)
    }
  return crc.toString(16).toUpperCase().padStart(4, '0')
}
const closed = (text: string): string => `${text}6304${crc16(`${text}6304`)}`
const beneficiary = '0126000697041501121133666688880208QRIBFTTA'
const head = '00020101021238560010A000000727'

describe('refuses', () => {
  test.each<[string, Partial<Record<keyof QrParams, string>>]>([
    ['text', { merchantName: 'N'.repeat(26) }],
    ['text', { merchantCity: 'C'.repeat(16) }],
    ['text', { postalCode: '1'.repeat(11) }],
    ['text', { billNumber: 'B'.repeat(26) }],
    ['text', { mcc: '93991' }],
    ['account', { account: '1133 6666' }],
    ['account', { account: '' }],
    ['bin', { bankBin: '97041é' }],
    ['amount', { amount: '' }],
    ['amount', { amount: '٥٠٠٠٠' }],
    ['amount', { amount: '-1' }],
  ])('to build with a wrong field: %s, %j', (reason, changes) => {
    expect(buildVietQr({ ...fee, ...changes } as QrParams)).toEqual({ ok: false, reason })
  })

  test.each([
    ['tlv', ''],
    ['tlv', '0002010102'],
    ['tlv', closed('000202010212')],
    ['tlv', closed('0102120002015303704')],
    ['tlv', closed(`${head}${beneficiary}5303704540579000540058`)],
    ['tlv', closed(`${head}${beneficiary}53037045405790005802VN62050899LP`)],
    ['tlv', `${closed(`${head}${beneficiary}5303704`)}6304ABCD`],
    ['tlv', closed(`00020159${'9'.repeat(520)}`)],
    ['tlv', closed(`${head}${beneficiary}530370454057900059011\ud800`)],
    ['not-vietqr', closed('0002010102115303704')],
    ['not-vietqr', closed('0002010102113814' + '0010' + '0000000000' + '5303704')],
    ['not-vietqr', closed('00020101021138140010A0000007275303704')],
    ['not-vietqr', closed('00020101021138560010A0000007270126000697041501121133666688880208QRIBFTTX5303704')],
    ['not-vietqr', closed('00020101021138560010A00000072701260006970415011211336666 8880208QRIBFTTA5303704')],
    ['duplicate-tag', closed(`${head}${beneficiary}530370454057900062180801A0801B0802CC`.replace('6218', '6216'))],
    ['currency', closed(`${head}${beneficiary}5405790005802VN`)],
    ['amount', closed(`${head}${beneficiary}53037045406500.505802VN`)],
    ['amount', closed(`${head}${beneficiary}530370454050500058`.slice(0, -2))],
  ])('to read: %s: %s', (reason, text) => expect(readVietQr(text)).toEqual({ ok: false, reason }))

  test('any text that differs from a code in one character of another value', () => {
    const built = buildVietQr(fee)
    const payload = built.ok ? built.payload : ''
    for (let at = 0; at < payload.length; at++)
      for (const letter of '0159AZ') {
        const changed = payload.slice(0, at) + letter + payload.slice(at + 1)
        if (changed !== payload) expect(readVietQr(changed).ok, changed).toBe(false)
      }
  })
})

describe('survives', () => {
  test('objects that it does not know, and a code that does not say whether it is for one payment', () => {
    const read = readVietQr(closed(`00020138560010A000000727${beneficiary}270400AB53037045405790005802VN6406001122`))
    expect(read).toEqual({ ok: true, bankBin: '970415', account: '113366668888', amount: 79_000n, purpose: null })
  })

  test('any text whatever, without failing', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 600 }), fc.stringMatching(/^[0-9A]{0,200}$/)),
        (text) => {
          expect(readVietQr(text).ok).toBe(false)
          expect(readVietQr(closed(text)).ok).toBe(false)
        },
      ),
      { seed: 20261122 },
    )
  })
})

test('what is built is read back, by us and by two libraries of others', () => {
  const params = fc.record({
    bankBin: fc.stringMatching(/^[0-9]{6}$/),
    account: fc.stringMatching(/^[0-9A-Za-z]{1,19}$/),
    amount: fc.bigInt({ min: 1n, max: 9_999_999_999_999n }),
    purpose: fc.stringMatching(/^[A-Za-z0-9]{1,25}$/),
  })
  fc.assert(
    fc.property(params, (said) => {
      const built = buildVietQr(said)
      if (!built.ok) return expect.fail(built.reason)
      expect(readVietQr(built.payload)).toEqual({ ok: true, ...said })
      expect(readByVietnamQrPay(built.payload)).toEqual(said)
      expect(readByEmvqr(built.payload)).toEqual(said)
    }),
    { seed: 20261122 },
  )
})
