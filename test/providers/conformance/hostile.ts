/**
 * Callbacks that are not the protocol at all, and genuinely signed ones with absurd content. None may end in anything
 * but a ProviderError.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IncomingRequest } from '../../../src/providers/contract.ts'
import { callbackOf, clientOf, disbelief, expectHeard, refusalOf, type Subject, specOf, withField } from './subject.ts'

const searches = [
  '',
  '%',
  '%ff=%fe',
  'a=%E1%ZZ',
  '=&=&&&===',
  '?'.repeat(50),
  '__proto__=1&constructor=2',
  'a[b]=1&a[c]=2',
  'a'.repeat(1_000_000),
  'a=1&'.repeat(200_000),
]
const bodies = [
  '',
  ' ',
  '{',
  '{}',
  '[]',
  'null',
  '0',
  '"text"',
  '<!doctype html><html></html>',
  '{"__proto__":{"polluted":true}}',
  '['.repeat(200_000),
  `{"a":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`,
  'a'.repeat(1_000_000),
]
const broken = [new Uint8Array([0xff, 0xfe, 0x00]), new Uint8Array([0x7b, 0xc3, 0x28, 0x7d]), new Uint8Array(1_000_000)]

/** Money on the agency's account that names no payment. */
const unattributed = { merchantReference: null, outcomes: [], credit: { amount: 150_000n } }

export const hostileCases = (subject: Subject): void => {
  const { kit, provider } = subject
  const genuine = (): IncomingRequest => callbackOf(subject, specOf(subject))
  const isQuery = genuine().search !== ''
  const read = (request: IncomingRequest) => clientOf(subject).readCallback(request)
  const refuses = (changes: Partial<IncomingRequest>, what: string) =>
    refusalOf(() => read({ ...genuine(), ...changes }), disbelief, what)

  test('refuses queries and bodies that are not the protocol, and never fails in another way', async () => {
    const encoder = new TextEncoder()
    const messages = isQuery ? searches : bodies
    for (const text of messages) {
      await refuses(isQuery ? { search: text } : { body: encoder.encode(text) }, text.slice(0, 40))
    }
    if (!isQuery) for (const body of broken) await refuses({ body }, `bytes ${body.slice(0, 4).join(' ')}`)
  })

  test('refuses a genuine callback that is cut off or has something before or after it', async () => {
    const { search, body } = genuine()
    const text = isQuery ? search : new TextDecoder().decode(body)
    const wrong = [text.slice(0, -1), text.slice(1), text.slice(0, text.length / 2), `${text}x`, `x${text}`]
    for (const each of wrong) {
      await refuses(isQuery ? { search: each } : { body: new TextEncoder().encode(each) }, each.slice(0, 20))
    }
  })

  test('refuses a genuine callback without its query and body', async () => {
    await refuses({ search: '', body: new Uint8Array(), headers: new Headers() }, 'nothing')
  })

  test('refuses random bytes', async () => {
    const message = fc.record({ search: fc.string({ maxLength: 300 }), body: fc.uint8Array({ maxLength: 300 }) })
    await fc.assert(
      fc.asyncProperty(message, async (changes) => {
        await refuses(changes, 'random bytes')
      }),
      { numRuns: 200, seed: 20261122 },
    )
  })

  test('claims nothing that is not text from such messages, and never fails over them', () => {
    for (const search of searches) {
      const claimed = provider.claimedReference?.({ ...genuine(), search, body: new TextEncoder().encode(search) })
      expect(claimed === null || claimed === undefined || claimed.length <= 200).toBe(true)
    }
    for (const text of bodies) {
      const claimed = provider.claimedReference?.({ ...genuine(), search: '', body: new TextEncoder().encode(text) })
      expect(claimed ?? null).toBeNull()
    }
    for (const body of broken)
      expect(provider.claimedReference?.({ ...genuine(), search: '', body }) ?? null).toBeNull()
  })

  test('refuses genuinely signed amounts that are no amount of money', async () => {
    const endless = '9'.repeat(40)
    for (const amount of ['0', '-1', '-15000000', '1.5', '150000.5', endless, '', ...kit.callback.badAmounts]) {
      const request = callbackOf(subject, specOf(subject), {
        unsigned: (fields) => withField(fields, kit.callback.amountField, amount),
      })
      if (kit.callback.negativeLeaves && /^-[1-9][0-9]*$/.test(amount))
        expect(await read(request)).toEqual({ merchantReference: null, outcomes: [] })
      else await refusalOf(() => read(request), disbelief, `amount "${amount}"`)
    }
  })

  test('takes a genuinely signed callback without a reference for no payment of ours', async () => {
    const request = callbackOf(subject, specOf(subject), {
      unsigned: (fields) => withField(fields, kit.callback.referenceField, ''),
    })
    if (kit.callback.findsReference) expect(await read(request)).toMatchObject(unattributed)
    else await refusalOf(() => read(request), disbelief)
  })

  test('is not harmed by references and fields that are named like members of an object', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const spec = specOf(subject, { merchantReference: name })
      const result = await read(callbackOf(subject, spec)).catch((error: Error) => error)
      // Either read as the plain text that it is, or refused; a lookup that finds an inherited member is neither.
      if (result instanceof Error) await refusalOf(() => read(callbackOf(subject, spec)), disbelief, name)
      else if (kit.callback.findsReference) expect(result).toMatchObject(unattributed)
      else expectHeard(subject, result, { merchantReference: name })
      await read(callbackOf(subject, specOf(subject), { signed: (fields) => [...fields, [name, 'x']] })).catch(() => {})
    }
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted')
    expect({}).not.toHaveProperty('polluted')
  })

  test('does not change what it is given', async () => {
    const request = Object.freeze(genuine())
    const account = Object.freeze({ ...kit.account })
    const before = [...request.body]
    expectHeard(subject, await clientOf(subject, undefined, account).readCallback(request))
    expect([...request.body]).toEqual(before)
  })
}
