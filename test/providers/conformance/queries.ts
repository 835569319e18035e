/** Asking for the state of a payment: what the answer may and may not make us believe. */
import { expect, test } from 'vitest'
import { movesMoney, outcomeSubject } from '../../../src/domain/outcome.ts'
import type { FetchPort, QueryAnswer } from '../../../src/providers/contract.ts'
import type { Call, Field, ProviderKit, QuerySpec } from '../kit.ts'
import { faultCases } from './faults.ts'
import {
  answering,
  clientOf,
  disbelief,
  fieldOf,
  inspect,
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

type Change = (signed: Field[], unsigned: Field[]) => readonly Field[]

export const queryCases = (subject: Subject, query: NonNullable<ProviderKit['query']>): void => {
  const { kit } = subject
  const payment = paymentOf(subject)
  const ask = async (
    changes: Partial<Omit<QuerySpec, 'payment' | 'call'>> = {},
    change?: Change,
  ): Promise<{ answer: QueryAnswer; calls: Call[] }> => {
    const { fetch, calls } = answering(
      subject,
      query,
      (call) => ({ ...specOf(subject), payment, call, ...changes }),
      change,
    )
    const answer = await clientOf(subject, fetch).queryPayment?.(payment)
    if (!answer) throw new Error('the kit has a query that the provider has not')
    return { answer, calls }
  }
  /** Signed again by the genuine provider: the content alone must give it away. */
  const resigned =
    (name: string, value: (old: string) => string): Change =>
    (_, unsigned) =>
      query.sign(withField(unsigned, name, value(fieldOf(unsigned, name))), kit.account)

  test('query: reads a captured payment with its exact amount and evidence', async () => {
    const { answer, calls } = await ask()
    const { merchantReference, amount, providerReference } = specOf(subject)
    expect(answer.known).toBe(true)
    expect(answer.outcomes).toMatchObject([{ status: 'captured', merchantReference, amount, providerReference }])
    expect(calls).toHaveLength(1)
    expect(calls[0]).toMatchObject({ redirect: 'manual' })
  })

  test('query: reads failed, waiting and unlisted states as failed, pending and pending', async () => {
    const expected = { failed: 'failed', pending: 'pending', unknown_code: 'pending' } as const
    for (const says of ['failed', 'pending', 'unknown_code'] as const) {
      const { answer } = await ask({ says })
      expect(answer.outcomes, says).toMatchObject([{ status: expected[says], subject: 'payment' }])
      expect(answer.outcomes[0], says).not.toHaveProperty('amount')
    }
  })

  const { tellsNotFound = true } = query
  test('query: tells "no such payment" from silence', async () => {
    if (tellsNotFound) expect((await ask({ says: 'not_found' })).answer).toEqual({ known: false, outcomes: [] })
    else await refusalOf(() => ask({ says: 'not_found' }), ['unknown'])
  })

  test('query: asks for this payment, and gives away no secret', async () => {
    const { calls } = await ask()
    const all = inspect(calls.map((call) => [call.url, call.body, [...call.headers]]))
    expect(all).toContain(payment.merchantReference)
    for (const secret of secretsOf(subject)) expect(all).not.toContain(secret)
    expect(all).not.toMatch(/NaN|undefined|\[object/)
  })

  const { referenceField } = query
  if (referenceField) {
    test('query: does not believe an answer about another reference', async () => {
      const change = resigned(referenceField, () => referenceOf(subject, 9))
      const result = await ask({}, change).catch((error: unknown) => error)
      if (result instanceof Error) await refusalOf(() => ask({}, change), [...disbelief, 'unknown', 'rejected'])
      else {
        // What it says of the other payment is no answer to this question, however genuine it is.
        const { outcomes } = (result as Awaited<ReturnType<typeof ask>>).answer
        expect(outcomes.filter((outcome) => outcomeSubject(outcome) === 'payment' && movesMoney(outcome))).toEqual([])
      }
    })
  }

  const { amountField } = query
  if (amountField) {
    test('query: never takes another amount for the one that was asked for', async () => {
      for (const value of [(old: string) => `${old}00`, (old: string) => oneOff(old, 0)]) {
        const result = await ask({}, resigned(amountField, value)).catch(() => null)
        for (const outcome of result?.answer.outcomes ?? []) {
          if ('amount' in outcome) expect(outcome.amount).not.toBe(payment.amount)
        }
      }
      for (const value of ['0', '-15000000', '15000000.5', '9'.repeat(40)]) {
        await refusalOf(
          () =>
            ask(
              {},
              resigned(amountField, () => value),
            ),
          disbelief,
          `amount ${value}`,
        )
      }
    })
  }

  const { accountField, signatureField } = query
  if (accountField) {
    test('query: does not believe an answer about another merchant', async () => {
      await refusalOf(
        () =>
          ask(
            {},
            resigned(accountField, (old) => oneOff(old, 0)),
          ),
        [...disbelief, 'rejected'],
      )
    })
  }

  if (signatureField) {
    test('query: refuses an answer in which any one character of a signed field was changed', async () => {
      for (const name of query.signedFields) {
        const length = fieldOf(query.fields({ ...specOf(subject), payment, call: await callOf() }), name).length
        for (let at = 0; at < length; at++) {
          const change: Change = (signed) => withField(signed, name, oneOff(fieldOf(signed, name), at))
          await refusalOf(() => ask({}, change), disbelief, `${name} changed at ${at}`)
        }
      }
    })

    test('query: settles nothing by an answer without signature or under another key', async () => {
      const isDenied = tellsNotFound && query.denialIsSigned !== false
      for (const says of [...(['captured', 'failed'] as const), ...(isDenied ? (['not_found'] as const) : [])]) {
        const kinds = ['unknown', ...disbelief] as const
        await refusalOf(() => ask({ says }, (signed) => withoutField(signed, signatureField)), kinds, 'unsigned')
        await refusalOf(() => ask({ says }, (signed) => withField(signed, signatureField, '')), kinds, 'empty')
        const other: Change = (_, unsigned) => query.sign(unsigned, kit.accountWithOtherSecrets)
        await refusalOf(() => ask({ says }, other), ['forged'], 'another key')
      }
    })
  }

  const callOf = async (): Promise<Call> => {
    const [call] = (await ask()).calls
    if (!call) throw new Error('the query made no call')
    return call
  }

  faultCases(subject, 'query', (fetch: FetchPort) => async () => clientOf(subject, fetch).queryPayment?.(payment))
}
