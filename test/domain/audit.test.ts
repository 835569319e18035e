import { expect, it } from 'vitest'
import { auditedQuery, maskAddress } from '../../src/domain/audit.ts'

it.each([
  ['203.0.113.77', '203.0.113.0'],
  ['::ffff:203.0.113.77', '203.0.113.0'],
  ['2001:db8:1234:5678::1', '2001:db8:1234::'],
  ['2001:DB8::1', '2001:db8:0::'],
  ['::1', '0:0:0::'],
  ['unknown', null],
  ['<script>', null],
  ['', null],
])('keeps the network of %s and not the host', (address, kept) => {
  expect(maskAddress(address)).toBe(kept)
})

it('keeps what was asked for, cut, without places in lists and names of people', () => {
  expect(auditedQuery({ status: 'open', cursor: 'x', limit: '5', payer_name: 'Lan', owner: 'y'.repeat(300) })).toEqual({
    status: 'open',
    payer_name: '•••',
    owner: 'y'.repeat(100),
  })
})
