/** Callbacks that nobody genuine sent, and genuine ones whose content must be refused. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type IncomingRequest, ProviderError } from '../../../src/providers/contract.ts'
import type { Field, Said } from '../kit.ts'
import {
  callbackOf,
  clientOf,
  disbelief,
  expectHeard,
  fieldOf,
  oneOff,
  referenceOf,
  refusalOf,
  type Subject,
  specOf,
  withField,
  withoutField,
} from './subject.ts'

type Change = (fields: Field[]) => Field[]

export const forgeryCases = (subject: Subject): void => {
  const { kit } = subject
  const { signatureField, signedFields, textField, optionalField, accountField } = kit.callback
  const read = (request: IncomingRequest) => clientOf(subject).readCallback(request)
  const genuine = () => kit.callback.sign(kit.callback.fields(specOf(subject)), kit.account)
  const refuses = (signed: Change, what: string, kinds = disbelief) =>
    refusalOf(() => read(callbackOf(subject, specOf(subject), { signed })), kinds, what)

  test('refuses a callback in which any one character of a signed field was changed', async () => {
    expect(signedFields.length).toBeGreaterThan(0)
    for (const name of signedFields) {
      const value = fieldOf(genuine(), name)
      for (let at = 0; at < value.length; at++) {
        await refuses((fields) => withField(fields, name, oneOff(value, at)), `${name} changed at ${at}`)
      }
    }
  })

  test('refuses a callback from which a signed field was taken away', async () => {
    for (const name of signedFields) await refuses((fields) => withoutField(fields, name), `without ${name}`)
  })

  test('refuses a failure that was rewritten as a capture', async () => {
    const isProven = kit.callback.tellsFailure && kit.callback.proves !== 'reference'
    if (!isProven) return expect(isProven).toBe(false)
    const captured = kit.callback.fields(specOf(subject))
    const signed: Change = (fields) =>
      fields.map(([name, value]) => [name, captured.find(([each]) => each === name)?.[1] ?? value])
    await refusalOf(() => read(callbackOf(subject, specOf(subject, { says: 'failed' }), { signed })), ['forged'])
  })

  test('refuses a missing, an empty and a repeated signature', async () => {
    await refuses((fields) => withoutField(fields, signatureField), 'no signature', ['forged'])
    await refuses((fields) => withField(fields, signatureField, ''), 'an empty signature', ['forged'])
    if (!kit.callback.canRepeat) return
    await refuses((fields) => [...fields, [signatureField, fieldOf(fields, signatureField)]], 'twice', ['forged'])
    await refuses((fields) => [[signatureField, 'x'], ...fields], 'another one first', ['forged'])
  })

  test('refuses a signature that is cut, longer, padded, of one character only, or changed anywhere', async () => {
    const signature = fieldOf(genuine(), signatureField)
    const wrong = [signature.slice(0, -1), signature.slice(0, -2), `${signature}0`, `${signature}${signature}`]
    wrong.push('0'.repeat(signature.length), 'null', 'undefined', '*')
    if (!kit.callback.signatureIsHeader) wrong.push(` ${signature}`, `${signature}\n`, `${signature}\u0000`)
    for (let at = 0; at < signature.length; at++) wrong.push(oneOff(signature, at))
    for (const each of wrong) await refuses((fields) => withField(fields, signatureField, each), `signature ${each}`)
  })

  test('refuses a signature made with the secrets of another account', async () => {
    const account = kit.accountWithOtherSecrets
    await refusalOf(() => read(callbackOf(subject, specOf(subject), { account })), ['forged'])
    const other = clientOf(subject, undefined, account)
    await refusalOf(() => other.readCallback(callbackOf(subject, specOf(subject))), ['forged'])
  })

  test('takes the letter case of a signature as its protocol does', async () => {
    const other: Change = (fields) => {
      const signature = fieldOf(fields, signatureField)
      const upper = signature.toUpperCase()
      return withField(fields, signatureField, upper === signature ? signature.toLowerCase() : upper)
    }
    if (kit.callback.signatureCase === 'exact') await refuses(other, 'other letter case')
    else expectHeard(subject, await read(callbackOf(subject, specOf(subject), { signed: other })))
  })

  test('is not led astray by what it refused before, nor by what it accepted', async () => {
    const client = clientOf(subject)
    const good = callbackOf(subject, specOf(subject))
    const signed: Change = (fields) => withField(fields, kit.callback.referenceField, referenceOf(subject, 9))
    const bad = callbackOf(subject, specOf(subject), { signed })
    const first = await client.readCallback(good)
    await refusalOf(() => client.readCallback(bad), ['forged'])
    expect(await client.readCallback(good)).toEqual(first)
    await refusalOf(() => client.readCallback(bad), ['forged'])
  })

  if (accountField) {
    test('does not believe a genuine callback in the name of another merchant', async () => {
      const unsigned: Change = (fields) => withField(fields, accountField, oneOff(fieldOf(fields, accountField), 0))
      const request = callbackOf(subject, specOf(subject), { unsigned })
      await refusalOf(() => read(request), ['rejected', 'forged', 'malformed'])
    })
  }

  if (kit.callback.canRepeat) {
    test('refuses a parameter that occurs twice, in either order and even with one value', async () => {
      for (const name of signedFields) {
        const value = fieldOf(genuine(), name)
        for (const twin of [oneOff(value, 0), value, '']) {
          await refuses((fields) => [...fields, [name, twin]], `${name} again at the end`)
          await refuses((fields) => [[name, twin], ...fields], `${name} again at the start`)
        }
      }
    })
  }

  const { unsignedFields = [] } = kit.callback
  if (unsignedFields.length > 0) {
    test('believes nothing that is written into an unsigned field', async () => {
      const written = async (says: Said, name: string, value: string) => {
        const signed: Change = (fields) => withField(fields, name, value)
        return read(callbackOf(subject, specOf(subject, { says }), { signed })).catch((error: unknown) => {
          if (error instanceof ProviderError) return null
          throw error
        })
      }
      for (const says of kit.callback.tellsFailure ? (['captured', 'failed'] as const) : (['captured'] as const)) {
        const genuine = await read(callbackOf(subject, specOf(subject, { says })))
        for (const { name, values } of unsignedFields) {
          for (const value of values) {
            const reading = await written(says, name, value)
            // Refused, asked about, or read exactly as before.
            if (reading) expect(reading.outcomes, `${name} as ${value}`).toEqual(genuine.outcomes)
            if (kit.callback.proves === 'reference') expect(reading?.outcomes ?? []).toEqual([])
          }
        }
      }
    })
  }

  if (kit.callback.isOrderFree) {
    test('reads the fields in any order alike', async () => {
      const expected = await read(callbackOf(subject, specOf(subject)))
      for (const order of [(f: Field[]) => f.toReversed(), (f: Field[]) => [...f.slice(5), ...f.slice(0, 5)]]) {
        expect(await read(callbackOf(subject, specOf(subject), { signed: order }))).toEqual(expected)
      }
    })
  }

  if (textField) textCases(subject, textField)
  if (optionalField) {
    test('tells an empty field from an absent one exactly as the protocol signs them', async () => {
      const unsigned: Change = (fields) => withField(fields, optionalField.name, '')
      expectHeard(subject, await read(callbackOf(subject, specOf(subject), { unsigned })))
      const signed: Change = (fields) => withoutField(fields, optionalField.name)
      const absent = callbackOf(subject, specOf(subject), { unsigned, signed })
      if (optionalField.emptySignsAsAbsent) expectHeard(subject, await read(absent))
      else await refusalOf(() => read(absent), disbelief)
    })
  }
}

const textCases = (subject: Subject, textField: string): void => {
  const withText = (text: string, sent = text) =>
    clientOf(subject).readCallback(
      callbackOf(subject, specOf(subject), {
        unsigned: (fields) => withField(fields, textField, text),
        signed: (fields) => withField(fields, textField, sent),
      }),
    )

  const hears = async (text: string) => {
    if (!subject.kit.callback.textRefuses?.some((each) => text.includes(each)))
      expectHeard(subject, await withText(text), {}, text)
    else await refusalOf(() => withText(text), ['malformed'], text)
  }

  test('verifies Vietnamese text as it was sent, composed or not, and never normalises it', async () => {
    const text = 'Lệ phí đăng ký đất đai, hồ sơ số 7'
    const [composed, decomposed] = [text.normalize('NFC'), text.normalize('NFD')]
    expectHeard(subject, await withText(composed))
    expectHeard(subject, await withText(decomposed))
    await refusalOf(() => withText(composed, decomposed), ['forged'])
    await refusalOf(() => withText(decomposed, composed), ['forged'])
  })

  test('verifies text with + & % = | and spaces, decoding it once', async () => {
    const texts = [
      'Phi A+B & C 100% = D',
      '%2B%26',
      '%252B',
      "a'b(c)*~!",
      'a|b',
      ' x ',
      '#?/:;@,.',
      '日本 🎋',
      '"quoted" \\ and \t',
    ]
    for (const text of texts) await hears(text)
    await refusalOf(() => withText('a+b', 'a b'), ['forged'])
    await refusalOf(() => withText('%2B', '+'), ['forged'])
  })

  test('verifies any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), async (text) => {
        await hears(text)
      }),
      { numRuns: 200, seed: 20261122 },
    )
  })
}
