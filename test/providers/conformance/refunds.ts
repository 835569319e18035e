/** Giving money back: asked for once, never twice, and never believed without evidence. */
import { expect, test } from 'vitest'
import type { Outcome } from '../../../src/domain/outcome.ts'
import type { FetchPort, QueryAnswer, Refund } from '../../../src/providers/contract.ts'
import type { Call, Field, ProviderKit, RefundQuerySpec, RefundSpec } from '../kit.ts'
import { faultCases } from './faults.ts'
import {
  answering,
  clientOf,
  disbelief,
  fieldOf,
  oneOff,
  paymentOf,
  referenceOf,
  refundOf,
  refusalOf,
  type Subject,
  secretsOf,
  serverOf,
  withField,
  withoutField,
} from './subject.ts'

type Change = (signed: Field[], unsigned: Field[]) => readonly Field[]
const providerReference = '14226990'

export const refundCases = (subject: Subject, refund: NonNullable<ProviderKit['refund']>): void => {
  const { kit } = subject
  const ask = async (
    changes: { says?: RefundSpec['says']; refund?: Refund } = {},
    change?: Change,
  ): Promise<{ outcome: Outcome; calls: Call[] }> => {
    const { says = 'accepted', refund: asked = refundOf(subject) } = changes
    const { fetch, calls } = answering(
      subject,
      refund,
      (call) => ({ says, refund: asked, providerReference, call }),
      change,
    )
    const outcome = await clientOf(subject, fetch).refundPayment?.(asked)
    if (!outcome) throw new Error('the kit has a refund that the provider has not')
    return { outcome, calls }
  }
  const partial = () => refundOf(subject, { amount: 50_000n, isFull: false })
  const every = () => (refund.fullOnly ? [refundOf(subject)] : [refundOf(subject), partial()])

  test('refund: reads an accepted refund as its provider means it', async () => {
    for (const asked of every()) {
      const { merchantReference, amount } = asked
      const { outcome, calls } = await ask({ refund: asked })
      expect(outcome).toMatchObject({ status: refund.acceptedMeans, merchantReference, providerReference })
      if (refund.acceptedMeans === 'refunded') expect(outcome).toMatchObject({ amount })
      else expect(outcome).toMatchObject({ subject: 'refund' })
      expect(calls).toHaveLength(1)
    }
  })

  test('refund: sends the exact amount, and the same reference whenever the same refund is sent', async () => {
    for (const asked of every()) {
      const calls = [...(await ask({ refund: asked })).calls, ...(await ask({ refund: asked })).calls]
      const read = calls.map((call) => refund.read(call))
      expect(read.map(({ amount }) => amount)).toEqual([asked.amount, asked.amount])
      expect(read[0]?.reference).toBe(read[1]?.reference)
      expect(read[0]?.reference).toMatch(/./)
    }
    if (refund.fullOnly) return
    const other = await ask({ refund: refundOf(subject, { merchantReference: referenceOf(subject, 3) }) })
    const [first] = (await ask()).calls.map((call) => refund.read(call))
    expect(other.calls.map((call) => refund.read(call).reference)).not.toContain(first?.reference)
  })

  test('refund: goes out under the reference that its protocol gives it, one for each refund and day', async () => {
    const { refundReference } = clientOf(subject)
    if (!refundReference) return expect(clientOf(subject)).not.toHaveProperty('refundReference')
    const { createdAt } = refundOf(subject)
    const ids = Array.from({ length: 50 }, (_, n) => `rfd${String(n).padStart(26, '0')}`)
    const references = ids.map((id) => refundReference({ id, at: createdAt }))
    expect(new Set(references).size).toBe(50)
    expect(ids.map((id) => refundReference({ id, at: createdAt }))).toEqual(references)
    for (const merchantReference of references) {
      expect(merchantReference).toMatch(/^[A-Za-z0-9._-]{1,100}$/)
      const { calls } = await ask({ refund: refundOf(subject, { merchantReference }) })
      expect(calls.map((call) => refund.read(call).reference)).toEqual([merchantReference])
    }
  })

  test('refund: a refused refund moves no money, an unlisted code stays pending', async () => {
    const refused = await ask({ says: 'refused' }).then(
      ({ outcome }) => outcome.status,
      async () => (await refusalOf(() => ask({ says: 'refused' }), ['rejected'])).kind,
    )
    expect(['failed', 'rejected']).toContain(refused)
    const unlisted = await ask({ says: 'unknown_code' }).then(
      ({ outcome }) => outcome.status,
      async () => (await refusalOf(() => ask({ says: 'unknown_code' }), ['unknown'])).kind,
    )
    expect(['pending', 'unknown']).toContain(unlisted)
  })

  if (refund.fullOnly) {
    test('refund: refuses a part of a payment, and sends nothing', async () => {
      const { fetch, calls } = serverOf(() => Response.json({}))
      await refusalOf(async () => clientOf(subject, fetch).refundPayment?.(partial()), ['rejected'])
      expect(calls).toEqual([])
    })
  }

  test('refund: refuses an amount that is not above 0 or exceeds the payment, and sends nothing', async () => {
    for (const amount of [0n, -1n, 150_001n, 10n ** 30n]) {
      const { fetch, calls } = serverOf(() => Response.json({}))
      const asked = refundOf(subject, { amount, isFull: false })
      await refusalOf(async () => clientOf(subject, fetch).refundPayment?.(asked), ['rejected'], `amount ${amount}`)
      expect(calls).toEqual([])
    }
  })

  test('refund: any reason and any name are sent soundly, and no secret with them', async () => {
    for (const text of [
      '',
      '|',
      'a|b',
      '&amount=1',
      '"}{',
      '\u0000',
      'Hồ sơ bị từ chối '.repeat(300),
      '🎋',
      '\ud800',
    ]) {
      const { calls } = await ask({ refund: refundOf(subject, { reason: text, requestedBy: text }) })
      expect(calls.map((call) => refund.read(call).amount)).toEqual([150_000n])
      for (const call of calls) {
        const all = JSON.stringify([call.url, call.body, [...call.headers]])
        for (const secret of secretsOf(subject)) expect(all).not.toContain(secret)
      }
    }
  })

  const { signatureField } = refund
  if (signatureField) {
    test('refund: settles nothing by an altered, unsigned or foreign answer', async () => {
      for (const name of refund.signedFields) {
        const change: Change = (signed) => withField(signed, name, oneOff(fieldOf(signed, name), 0))
        await refusalOf(() => ask({}, change), disbelief, `${name} changed`)
      }
      const kinds = ['unknown', ...disbelief] as const
      for (const says of ['accepted', 'refused'] as const) {
        await refusalOf(() => ask({ says }, (signed) => withoutField(signed, signatureField)), kinds, 'unsigned')
        const other: Change = (_, unsigned) => refund.sign(unsigned, kit.accountWithOtherSecrets)
        await refusalOf(() => ask({ says }, other), ['forged'], 'another key')
      }
    })
  }

  const { referenceField } = refund
  if (referenceField) {
    test('refund: does not believe an answer about another payment', async () => {
      const change: Change = (_, unsigned) =>
        refund.sign(withField(unsigned, referenceField, referenceOf(subject, 9)), kit.account)
      await refusalOf(() => ask({}, change), [...disbelief, 'unknown', 'rejected'])
    })
  }

  faultCases(
    subject,
    'refund',
    (fetch: FetchPort) => async () => clientOf(subject, fetch).refundPayment?.(refundOf(subject)),
  )
}

export const refundQueryCases = (subject: Subject, query: NonNullable<ProviderKit['refundQuery']>): void => {
  const { kit } = subject
  /** `told` is the refund of which the provider speaks; `asked` the one that we asked for. */
  const ask = async (
    says: RefundQuerySpec['says'],
    { asked = refundOf(subject), told = asked, change }: { asked?: Refund; told?: Refund; change?: Change } = {},
  ): Promise<QueryAnswer> => {
    const { fetch } = answering(subject, query, (call) => ({ says, refund: told, providerReference, call }), change)
    const answer = await clientOf(subject, fetch).queryRefund?.(asked)
    if (!answer) throw new Error('the kit has a refund query that the provider has not')
    return answer
  }

  test('refund query: reads money that was returned, waits and refused', async () => {
    for (const asked of [refundOf(subject), refundOf(subject, { amount: 50_000n, isFull: false })]) {
      const { merchantReference, amount } = asked
      const { known, outcomes } = await ask('refunded', { asked })
      expect(known).toBe(true)
      expect(outcomes).toMatchObject([{ status: 'refunded', merchantReference, amount }])
      expect((await ask('failed', { asked })).outcomes).toMatchObject([
        { status: 'failed', subject: 'refund', merchantReference },
      ])
      expect((await ask('pending', { asked })).outcomes).toMatchObject([{ status: 'pending', subject: 'refund' }])
    }
  })

  const { asksFor } = query
  if (asksFor) {
    test('refund query: asks for this refund by its own reference', async () => {
      const asked = [refundOf(subject), refundOf(subject, { merchantReference: referenceOf(subject, 3) })]
      for (const refund of asked) {
        const { fetch, calls } = answering(subject, query, (call) => ({
          ...{ says: 'refunded' as const, refund, providerReference, call },
        }))
        await clientOf(subject, fetch).queryRefund?.(refund)
        expect(calls.map(asksFor)).toEqual([refund.merchantReference])
      }
    })
  } else recordCases(subject, ask)

  const { denial } = query
  if (denial) {
    test('refund query: learns nothing of the refund from a provider that denies the payment it captured', async () => {
      for (const asked of [refundOf(subject), refundOf(subject, { amount: 50_000n, isFull: false })]) {
        const message = { ...query, fields: denial }
        const { fetch } = answering(subject, message, (call) => ({ refund: asked, providerReference, call }))
        await refusalOf(async () => clientOf(subject, fetch).queryRefund?.(asked), ['unknown'])
      }
    })
  }

  if (query.signatureField) {
    test('refund query: settles nothing by an altered or foreign answer', async () => {
      for (const name of query.signedFields) {
        const change: Change = (signed) => withField(signed, name, oneOff(fieldOf(signed, name), 0))
        await refusalOf(() => ask('refunded', { change }), disbelief, `${name} changed`)
      }
      const change: Change = (_, unsigned) => query.sign(unsigned, kit.accountWithOtherSecrets)
      await refusalOf(() => ask('refunded', { change }), ['forged'])
    })
  }

  faultCases(
    subject,
    'refund query',
    (fetch: FetchPort) => async () => clientOf(subject, fetch).queryRefund?.(refundOf(subject)),
  )
}

type Ask = (says: RefundQuerySpec['says'], tale: { asked: Refund; told: Refund }) => Promise<QueryAnswer>

/** Answers that come with a record of some refund: it must be this one's. */
const recordCases = (subject: Subject, ask: Ask): void => {
  const earlier = { merchantReference: referenceOf(subject, 3), createdAt: new Date('2026-11-22T09:30:00+07:00') }
  const isOf = (asked: Refund) => (outcome: Outcome) => outcome.merchantReference === asked.merchantReference

  test('refund query: does not take a refund of another amount or another payment for this one', async () => {
    const payment = paymentOf(subject, { merchantReference: referenceOf(subject, 9) })
    const partial = refundOf(subject, { amount: 50_000n, isFull: false })
    const tales = [
      { asked: partial, told: refundOf(subject, { amount: 40_000n, isFull: false }) },
      { asked: partial, told: refundOf(subject) },
      { asked: refundOf(subject), told: partial },
      { asked: partial, told: refundOf(subject, { payment, amount: 50_000n, isFull: false, merchantReference: 'R9' }) },
    ]
    for (const tale of tales) {
      const answer = await ask('refunded', tale).catch(() => null)
      for (const outcome of answer?.outcomes ?? []) {
        if (outcome.merchantReference !== tale.asked.merchantReference || outcome.status !== 'refunded') continue
        expect(outcome.amount).not.toBe(tale.asked.amount)
      }
    }
  })

  test('refund query: ends no refund by the refusal of an earlier one', async () => {
    for (const changes of [{}, { amount: 50_000n, isFull: false }]) {
      const asked = refundOf(subject, changes)
      const told = refundOf(subject, { ...changes, ...earlier })
      expect((await ask('failed', { asked, told })).outcomes.filter(isOf(asked))).toMatchObject([{ status: 'pending' }])
    }
  })

  test('refund query: does not take the record of another refund of the same amount for that of this one', async () => {
    const asked = refundOf(subject, { amount: 50_000n, isFull: false })
    const other = { amount: 50_000n, isFull: false, merchantReference: referenceOf(subject, 3) }
    // Asked for seconds before this one, so that only its number or its reference tells.
    const recent = refundOf(subject, { ...other, createdAt: new Date(asked.createdAt.getTime() - 10_000) })
    const tales = [
      { asked, told: refundOf(subject, { ...other, ...earlier }) },
      { asked: { ...asked, takenReferences: [providerReference] }, told: recent },
      { asked: { ...asked, providerReference: '14226991' }, told: recent },
    ]
    for (const tale of tales) {
      for (const says of ['refunded', 'failed'] as const)
        expect((await ask(says, tale)).outcomes.filter(isOf(asked)), says).toMatchObject([{ status: 'pending' }])
    }
  })
}
