import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonMember, jsonParts } from '../../src/lib/json-parts.ts'

describe('the parts of JSON', () => {
  it('are what is written between the outermost commas', () => {
    expect(jsonParts('[1, "a,]b" ,{"c":[2,3]},[]]')).toEqual(['1', '"a,]b"', '{"c":[2,3]}', '[]'])
    expect(jsonParts('{"10":1,"2":"\\"}"}')).toEqual(['"10":1', '"2":"\\"}"'])
    for (const empty of ['[]', '{ }', '1', '"a,b"', 'null']) expect(jsonParts(empty)).toEqual([])
  })

  it('make the same text again, whatever it is', () =>
    fc.assert(
      fc.property(fc.array(fc.json()), fc.constantFrom('', ' ', '\n\t'), (items, space) => {
        expect(jsonParts(`[${items.join(`${space},${space}`)}]`)).toEqual(items.map((item) => item.trim()))
      }),
    ))

  it('have members by name, to the byte', () =>
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.json(), (names, value) => {
        const json = `{${names.map((name) => `${JSON.stringify(name)} : ${value}`).join(',')}}`
        for (const name of names) expect(jsonMember(json, name)).toBe(value.trim())
        expect(jsonMember(json, `${names.join('')}?`)).toBeNull()
      }),
    ))
})
