import { describe, expect, it } from 'vitest'
import { chooseType } from '../../src/api/accept.ts'

const choose = (header: string | null) => chooseType(header, ['application/json', 'application/jose', 'text/csv'])

it.each([
  [null, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['application/*', 'application/json'],
  ['text/*', 'text/csv'],
  ['application/jose', 'application/jose'],
  ['APPLICATION/JOSE', 'application/jose'],
  ['text/csv;q=0.5, application/jose;q=0.9', 'application/jose'],
  ['application/json;q=0.1, */*;q=0.5', 'application/jose'],
  ['application/json;q=0, */*', 'application/jose'],
  ['text/csv; header=present; q=0.3, image/png', 'text/csv'],
  ['application/json;q=nonsense', 'application/json'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/json'],
])('takes of %j %s', (header, type) => expect(choose(header)).toBe(type))

describe('refuses', () => {
  it.each(['image/png', 'application/json;q=0', '*/*;q=0', 'json'])('%j', (header) =>
    expect(() => choose(header)).toThrow('This is available as'),
  )

  it('a header without end', () => {
    expect(() => choose(`${'x/y,'.repeat(100_000)}application/json`)).toThrow('This is available as')
  })
})
