import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson, stringifyMoney, stringifySorted } from '../../src/lib/json.ts'

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        const text = JSON.stringify(value)
        const read = parseJson(text)
        // fast-check also makes doubles such as 1e+300, which are integers beyond the safe range.
        if (read.ok) expect(read.value).toEqual(JSON.parse(text))
        else expect(text).toMatch(/\d{16}|e\+/)
      }),
    )
  })

  it.each([
    '0',
    '-0',
    '999999999999',
    '9007199254740991',
    '-9007199254740991',
    '1.5',
    '0.1',
    '1e3',
    '12.500',
    '1.0000000000000000000',
    '"9007199254740993"',
    '"1e999"',
  ])('accepts %s', (text) => expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) }))

  it.each([
    '9007199254740993',
    '{"amount": 9007199254740992}',
    '[1e400]',
    '-1e400',
    '1e20',
    '0.99999999999999999999',
    '999999999999.9999999',
    '1.00000000000000000001',
    '100000000000000000000',
  ])('refuses the number in %s, which a double would change', (text) =>
    expect(parseJson(text)).toMatchObject({ ok: false, message: 'a number is too large or too precise' }),
  )

  it.each(['', ' ', '{', '{"a":1,}', "{'a':1}", 'NaN', '01', '+1', '[1] x', '\ufeff1', '"\u0000"', '/**/1'])(
    'refuses %j as not JSON',
    (text) => expect(parseJson(text)).toMatchObject({ ok: false, message: 'not JSON' }),
  )

  it('says where, and repeats nothing of the text', () => {
    const read = parseJson('{"name": "Nguyễn Thị Lan", x}')
    expect(read).toEqual({ ok: false, message: 'not JSON', position: 27 })
    expect(JSON.stringify(parseJson('Nguyễn'))).not.toContain('Ng')
  })

  it('lets the last of two equal keys win', () => {
    expect(parseJson('{"a":1,"a":2}')).toEqual({ ok: true, value: { a: 2 } })
  })

  it('refuses deep nesting, however long, and not brackets in strings', () => {
    expect(parseJson('['.repeat(64) + ']'.repeat(64)).ok).toBe(true)
    expect(parseJson('['.repeat(65) + ']'.repeat(65))).toEqual({
      ok: false,
      message: 'nested deeper than 64',
      position: 64,
    })
    expect(parseJson('{"a":'.repeat(500_000)).ok).toBe(false)
    expect(parseJson(JSON.stringify(`\\"${'['.repeat(100)}`)).ok).toBe(true)
  })
})

describe('stringifyMoney', () => {
  it('writes bigint as a plain integer wherever it is', () => {
    expect(stringifyMoney({ amount: 150_000n, lines: [{ unit_amount: 0n }], name: 'Phí' })).toBe(
      '{"amount":150000,"lines":[{"unit_amount":0}],"name":"Phí"}',
    )
  })

  it('refuses what readers could not hold', () => {
    expect(stringifyMoney(9_007_199_254_740_991n)).toBe('9007199254740991')
    expect(() => stringifyMoney({ amount: 9_007_199_254_740_992n })).toThrow('"amount"')
    expect(() => stringifyMoney({ rate: Number.NaN })).toThrow('"rate"')
    expect(() => stringifyMoney(undefined)).toThrow(TypeError)
  })
})

describe('stringifySorted', () => {
  it('gives the same text for the same content in another order', () => {
    expect(stringifySorted({ b: [{ d: 1n, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}')
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse())
        expect(stringifySorted(reversed)).toBe(stringifySorted(value))
      }),
    )
  })
})
