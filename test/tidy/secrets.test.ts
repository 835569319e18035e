// Signatures are compared in constant time, and nothing of a message chooses the key that it is held against.
import { describe, expect, test } from 'vitest'
import { chosenKeys, unprovenAdapters, unsafeComparisons } from './secrets.ts'
import { loadSources, parseSource } from './source.ts'

const adapters = loadSources('src/providers')

describe('adapters', () => {
  test('compare what proves a message in constant time', () => expect(unsafeComparisons(adapters)).toEqual([]))
  test('compare it at all', () => {
    expect(unprovenAdapters(adapters)).toEqual([])
    expect(adapters.filter(({ path }) => path.endsWith('/index.ts')).length).toBeGreaterThan(10)
  })
  test('hold it against the keys of the account that they were handed', () => expect(chosenKeys(adapters)).toEqual([]))
})

test('constant time is one function of one file', () => {
  const named = loadSources('src').filter(({ text }) => text.includes('timingSafeEqual'))
  expect(named.map(({ path }) => path)).toEqual(['src/lib/hmac.ts'])
})

describe('the rules find', () => {
  const made = `const sign = (text: string, key: string): string => hmacHex('sha256', key, text)\n`
  const found = (text: string) => unsafeComparisons([parseSource('src/providers/one/a.ts', made + text)])

  test.for([
    'const ok = sign(text, key) === signature',
    'const ok = received == sign(text, key)',
    "const ok = hmacHex('sha256', key, text) !== received",
    'const ok = fields.checksum !== other',
    "const ok = fields.get('mac') === other",
    'const expected = sign(text, key)\nconst ok = expected === given',
    'const expected = key ? "sha256=" + sign(text, key) : null\nconst ok = given === expected',
    'const ok = sign(text, key).toLowerCase() === given',
    'const ok = Buffer.compare(a, sign(text, key)) === 0',
    'const ok = [sign(text, key)].length && given.indexOf(sign(text, key)) === 0',
    'const ok = given.startsWith(sign(text, key))',
    'const ok = signature.localeCompare(other) === 0',
    'const ok = Object.is(signature, other)',
    'switch (signature) { default: }',
    'const longer = (a: string): string => "x" + sign(a, a)\nconst ok = longer(text) === given',
  ])('a comparison that stops at the first difference: %s', (text) => expect(found(text)).not.toEqual([]))

  test.for([
    'const ok = equalInConstantTime(sign(text, key), signature)',
    "const ok = signature !== undefined && signature !== ''",
    "const ok = typeof signature === 'string'",
    'const ok = name === hashField',
    'const ok = isSigned(text, signature) === true',
  ])('nothing in %s', (text) => expect(found(text)).toEqual([]))

  test('an adapter that compares nothing', () => {
    const careless = parseSource('src/providers/one/index.ts', 'export const one = defineProvider({})')
    const careful = parseSource('src/providers/two/signature.ts', 'isSameHex({ expected, received })')
    expect(unprovenAdapters([careless, careful])).toEqual(['src/providers/one'])
  })

  test.for([
    'const key = account[message.kid]',
    'const key = context.account[name]',
    'const key = keys[message.app_id]',
    'let last = null',
    'export const seen = new Map<string, string>()',
    'const known = new WeakMap()',
  ])('a key that the message, or what came before, may choose: %s', (text) =>
    expect(chosenKeys([parseSource('src/providers/one/a.ts', text)])).toHaveLength(1),
  )

  test('no choice in a member that is named', () => {
    const text = "const a = account.key2\nconst b = account['key1']\nconst codes: ReadonlySet<string> = new Set(['00'])"
    expect(chosenKeys([parseSource('src/providers/one/a.ts', text)])).toEqual([])
  })
})
