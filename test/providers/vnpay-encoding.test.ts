// What is signed is encoded as forms are, whichever way is the quicker for it.
import { expect, test } from 'vitest'
import { queryText } from '../../src/providers/vnpay/signature.ts'

/** As a browser writes a form: the platform's own writer. */
const written = (value: string) => new URLSearchParams({ vnp_OrderInfo: value }).toString()

test('every code unit, alone and between others, is written as the platform writes it', () => {
  const differing: string[] = []
  for (let unit = 0; unit <= 0xffff; unit += 1) {
    const one = String.fromCharCode(unit)
    for (const value of [one, `phí ${one}x`, `a${one}`])
      if (queryText([['vnp_OrderInfo', value]]) !== written(value)) differing.push(unit.toString(16))
  }
  expect(differing).toEqual([])
})

test('so are pairs of surrogates, and spaces that end a text', () => {
  for (const value of ['😀', 'Nguyễn Thị Lan ', '  ', '*-._', '~', "'()!"])
    expect(queryText([['vnp_OrderInfo', value]])).toBe(written(value))
})
