/** What a genuine callback means, and how each verdict is worded. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Verdict } from '../../../src/providers/contract.ts'
import type { Field } from '../kit.ts'
import {
  callbackOf,
  clientOf,
  expectHeard,
  fieldOf,
  inNewYork,
  inspect,
  now,
  oneOff,
  paymentOf,
  referenceOf,
  refusalOf,
  type Subject,
  secretsOf,
  specOf,
  withField,
  withoutField,
} from './subject.ts'

const verdicts: Record<Verdict, true> = {
  accepted: true,
  already_confirmed: true,
  amount_mismatch: true,
  unknown_order: true,
  unknown_account: true,
  forged: true,
  malformed: true,
  try_again: true,
}

export const callbackCases = (subject: Subject): void => {
  const { kit, provider } = subject
  const read = (...args: [spec: Parameters<typeof callbackOf>[1], change?: Parameters<typeof callbackOf>[2]]) =>
    clientOf(subject).readCallback(callbackOf(subject, ...args), storedAs([args[0]]))
  /** What is stored under these references: payments of just these amounts. */
  const storedAs = (specs: readonly Parameters<typeof callbackOf>[1][]) => ({
    findPayment: async (merchantReference: string) => {
      const spec = specs.find((each) => each.merchantReference === merchantReference)
      return spec ? paymentOf(subject, { merchantReference, amount: spec.amount }) : null
    },
  })

  test('reads a captured callback with its exact reference, amount and evidence', async () => {
    const spec = specOf(subject)
    const reading = await read(spec)
    const number = kit.callback.providerReference
    expect(reading.merchantReference).toBe(spec.merchantReference)
    expectHeard(subject, reading, {
      status: 'captured',
      merchantReference: spec.merchantReference,
      amount: spec.amount,
      providerReference: number ? number(spec) : spec.providerReference,
      code: expect.stringMatching(/./),
      ...(kit.callback.tellsTime ? { occurredAt: spec.occurredAt } : {}),
    })
  })

  const provesMoney = kit.callback.proves !== 'reference'

  if (provesMoney && kit.callback.tellsTime) {
    test('reads a captured callback whose time cannot be as one that tells no time', async () => {
      for (const text of ['1900-01-01T00:00:00+07:00', '1970-01-01T07:00:00+07:00', '9999-12-31T00:00:00+07:00']) {
        const { outcomes } = await read(specOf(subject, { occurredAt: new Date(text) }))
        expect(outcomes, text).toMatchObject([{ status: 'captured', amount: 150_000n, occurredAt: null }])
      }
    })
  }

  if (provesMoney) {
    test('reads every amount within the limits exactly', async () => {
      const { minimum, maximum } = provider.limits
      await fc.assert(
        fc.asyncProperty(fc.bigInt({ min: minimum, max: maximum }), async (amount) => {
          expect((await read(specOf(subject, { amount }))).outcomes[0]).toMatchObject({ status: 'captured', amount })
        }),
        { numRuns: 100, seed: 20261122, examples: [[minimum], [maximum]] },
      )
    })

    test('reads an amount that is a hundred times too large or small as it is, and never mends it', async () => {
      for (const amount of [15_000_000n, 1_500n]) {
        const { amountField, amountScale } = kit.callback
        const wire = String(amount * amountScale)
        const change = { unsigned: (fields: Field[]) => withField(fields, amountField, wire) }
        if (kit.callback.isUnseparated && wire.startsWith(String(specOf(subject).amount))) {
          await refusalOf(() => read(specOf(subject), change), ['malformed'])
          continue
        }
        const reading = await read(specOf(subject), change)
        if (kit.callback.provesStoredAmount) expect(reading).toMatchObject({ outcomes: [], ask: true })
        else expect(reading.outcomes[0]).toMatchObject({ status: 'captured', amount })
      }
    })
  }

  if (provesMoney && kit.callback.tellsFailure) {
    test('reads a failure as a failure without money', async () => {
      const { outcomes } = await read(specOf(subject, { says: 'failed' }))
      expect(outcomes).toMatchObject([
        { status: 'failed', subject: 'payment', merchantReference: referenceOf(subject) },
      ])
      expect(outcomes[0]).not.toHaveProperty('amount')
    })

    test('reads a waiting payment as pending', async () => {
      expect((await read(specOf(subject, { says: 'pending' }))).outcomes).toMatchObject([{ status: 'pending' }])
    })

    test('reads a code that nobody listed as pending, and keeps the code', async () => {
      const [outcome] = (await read(specOf(subject, { says: 'unknown_code' }))).outcomes
      expect(outcome).toMatchObject({ status: 'pending', subject: 'payment', code: expect.stringMatching(/./) })
      const [listed] = (await read(specOf(subject, { says: 'pending' }))).outcomes
      expect(outcome?.code).not.toBe(listed?.code)
    })
  }

  if (provesMoney && kit.callback.tellsTime) {
    test('reads the seconds around midnight in Vietnam, whatever the zone of the process', async () => {
      await inNewYork(async () => {
        for (const time of ['2026-12-31T23:59:59+07:00', '2027-01-01T00:00:00+07:00', '2028-02-29T12:00:00+07:00']) {
          const occurredAt = new Date(time)
          expect((await read(specOf(subject, { occurredAt }))).outcomes[0]).toMatchObject({ occurredAt })
        }
      })
    })
  }

  test('reads the same callback the same way twice', async () => {
    const client = clientOf(subject)
    const request = callbackOf(subject, specOf(subject))
    expect(await client.readCallback(request)).toEqual(await client.readCallback(request))
  })

  test('keeps nothing between callbacks: twenty at once each say their own', async () => {
    const client = clientOf(subject)
    const specs = Array.from({ length: 20 }, (_, n) =>
      specOf(subject, {
        merchantReference: referenceOf(subject, n + 1),
        // What signs the stored amount only knows that one.
        amount: provesMoney ? 150_000n + BigInt(n) : 150_000n,
      }),
    )
    const readings = await Promise.all(
      specs.map((spec) => client.readCallback(callbackOf(subject, spec), storedAs(specs))),
    )
    expect(readings.map(({ merchantReference }) => merchantReference)).toEqual(
      specs.map((spec) => spec.merchantReference),
    )
    for (const [n, reading] of readings.entries()) expectHeard(subject, reading, { amount: specs[n]?.amount })
  })

  test('words every verdict as the provider expects it', async () => {
    const client = clientOf(subject)
    const request = callbackOf(subject, specOf(subject))
    for (const verdict of Object.keys(verdicts) as Verdict[]) {
      const isStranger = verdict === 'unknown_account'
      const answer = await (isStranger
        ? provider.answerStranger(verdict, request, () => now)
        : client.answerCallback(verdict, request))
      const expected = kit.answers[verdict]
      const account = isStranger ? null : kit.account
      const wanted = typeof expected === 'function' ? expected({ request, account, now }) : expected
      expect({ verdict, status: answer.status, body: await answer.text() }).toEqual({ verdict, ...wanted })
    }
  })

  test('words every verdict, without an account and for bytes that are no message, and never fails', async () => {
    const headers = new Headers({ 'content-type': 'application/json' })
    const bodies = ['', '{', '[]', 'null', '{"data":{}}', 'a=1&a=2', '\u0000']
    for (const body of bodies) {
      const request = { method: 'POST', search: '', headers, body: new TextEncoder().encode(body) }
      for (const verdict of Object.keys(verdicts) as Verdict[]) {
        expect((await provider.answerStranger(verdict, request, () => now)).status).toBeLessThan(600)
        expect((await clientOf(subject).answerCallback(verdict, request)).status).toBeLessThan(600)
      }
    }
  })

  test('claims the reference of an unverified callback, so that its evidence is found again', () => {
    if (!provider.claimedReference) return expect(provider).not.toHaveProperty('claimedReference')
    expect(provider.claimedReference(callbackOf(subject, specOf(subject)))).toBe(referenceOf(subject))
  })

  test('names the members to be masked wherever messages are shown', () => {
    expect(provider.redact).toEqual(expect.arrayContaining([...kit.personalFields]))
    expect(inspect(callbackOf(subject, specOf(subject)))).not.toContain(secretsOf(subject)[0] ?? 'no secret')
  })

  if (kit.returning) returnCases(subject, kit.returning)
}

const returnCases = (subject: Subject, returning: NonNullable<Subject['kit']['returning']>): void => {
  const { kit } = subject
  test('reads the reference of a return, and proves nothing more by it', async () => {
    const client = clientOf(subject)
    const signed = returning.sign(returning.fields(specOf(subject)), kit.account)
    expect(await client.readReturn?.(returning.send(signed))).toBe(referenceOf(subject))
  })

  test('reads no reference from a return that is altered, unsigned or empty', async () => {
    const client = clientOf(subject)
    expect(await client.readReturn?.(returning.send([]))).toBeNull()
    if (returning.knownField !== undefined) return refusesStrangers(subject, returning, returning.knownField)
    if (returning.signatureField === null) return
    const fields = returning.fields(specOf(subject))
    const signed = returning.sign(fields, kit.account)
    const other = returning.sign(fields, kit.accountWithOtherSecrets)
    const altered = withField(signed, returning.referenceField, referenceOf(subject, 9))
    for (const each of [altered, fields, other]) expect(await client.readReturn?.(returning.send(each))).toBeNull()
  })
}

/** A return without what only the payer knows, with anything else in its place, or of a payment that is not stored. */
const refusesStrangers = async (
  subject: Subject,
  returning: NonNullable<Subject['kit']['returning']>,
  name: string,
): Promise<void> => {
  const client = clientOf(subject)
  const fields = returning.fields(specOf(subject))
  const known = fieldOf(fields, name)
  const others = ['', 'x', oneOff(known, 0), `${known}0`].map((value) => withField(fields, name, value))
  for (const each of [withoutField(fields, name), ...others])
    expect(await client.readReturn?.(returning.send(each))).toBeNull()
  const nothingStored = { findPayment: async () => null }
  expect(await client.readReturn?.(returning.send(fields), nothingStored)).toBeNull()
}
