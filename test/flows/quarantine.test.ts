// Genuine callbacks about money that belongs to no payment of ours: kept once, suggested to a person, and never counted twice.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dismissQuarantine } from '../../src/flows/decide-quarantine.ts'
import { due } from '../kit/house.ts'
import { accountant, expectAtRest, type Inbox, openInbox } from '../kit/inbox.ts'
import { seedMerchantAccount } from '../kit/orders.ts'

let inbox: Inbox
beforeEach(async () => {
  inbox = await openInbox()
})
afterEach(() => inbox.close())

describe('an unknown reference', () => {
  it('is kept with what was told of it, answered as unknown, and books nothing', async () => {
    const outcomes = [inbox.captured('NOSUCHREFERENCE01', { providerReference: 'P77' })]
    expect(await inbox.hear({ outcomes })).toBe('unknown_order')
    const [entry] = await inbox.entries()
    expect(entry).toMatchObject({
      kind: 'unknown_reference',
      status: 'open',
      outcome: 'captured',
      agencyCode: 'H56',
      merchantAccountId: inbox.account,
      provider: 'test',
      merchantReference: 'NOSUCHREFERENCE01',
      providerReference: 'P77',
      amount: due,
      entryId: null,
      discrepancyId: null,
    })
    const [evidence] = await inbox.sql`select id, verdict from callbacks`
    expect(evidence).toEqual({ id: entry?.callbackId, verdict: 'unknown_order' })
    expect(await inbox.counts()).toMatchObject({ facts: 0, entries: 0, discrepancies: 0 })
    await expectAtRest(inbox)
  })

  it('is kept once however often it comes, and anew for another type or reference', async () => {
    const tell = (more: object) => inbox.hear({ outcomes: [inbox.captured('NOSUCHREFERENCE01', more)] })
    await Promise.all(Array.from({ length: 20 }, () => tell({ providerReference: 'P1' })))
    await tell({ providerReference: 'P1', status: 'reversed' })
    await tell({ providerReference: 'P1', status: 'refunded' })
    await tell({ providerReference: 'P2' })
    await tell({ providerReference: null })
    expect((await inbox.entries()).map(({ outcome, reference }) => [outcome, reference])).toEqual([
      ['captured', 'P1'],
      ['reversed', 'P1'],
      ['refunded', 'P1'],
      ['captured', 'P2'],
      ['captured', 'NOSUCHREFERENCE01'],
    ])
    await expectAtRest(inbox)
  })

  it.each(['failed', 'pending'] as const)('is not kept where it tells of no money: %s', async (status) => {
    expect(await inbox.hear({ outcomes: [inbox.quiet('NOSUCHREFERENCE01', status, 'payment')] })).toBe('unknown_order')
    expect(await inbox.entries()).toEqual([])
    const [evidence] = await inbox.sql`select verdict from callbacks`
    expect(evidence?.verdict).toBe('unknown_order')
  })

  it('is an entry of the merchant account that was told, though another account has that reference', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    const other = await seedMerchantAccount(inbox.deps, inbox.sql, { provider: 'test', agencyCode: 'H56.14' })
    expect(await inbox.hear({ outcomes: [inbox.captured(attempt.merchantReference)] }, other)).toBe('unknown_order')
    const [entry] = await inbox.entries()
    expect(entry).toMatchObject({ merchantAccountId: other, agencyCode: 'H56.14', candidates: [] })
    expect((await inbox.read(attempt.orderId)).order.status).toBe('open')
  })

  it('names the attempts that it might be about, and links none', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    const spelt = attempt.merchantReference.toUpperCase()
    await inbox.hear({ outcomes: [inbox.captured(spelt)] })
    const [entry] = await inbox.entries()
    expect(entry?.candidates).toMatchObject([
      {
        attempt: attempt.id,
        order: attempt.orderId,
        score: 120,
        reasons: ['reference_spelling', 'same_amount', 'near_in_time'],
      },
    ])
    expect((await inbox.read(attempt.orderId)).order.status).toBe('open')
  })

  it('of a capture is about attempts without money, of a reversal about those with it, of a refund about none', async () => {
    const [paid, open] = [await inbox.attempt(await inbox.place()), await inbox.attempt(await inbox.place())]
    await inbox.hear({ outcomes: [inbox.captured(paid.merchantReference)] })
    for (const status of ['captured', 'reversed', 'refunded'])
      await inbox.hear({ outcomes: [inbox.captured('NOSUCHREFERENCE01', { status, providerReference: 'P9' })] })
    const attempts = (await inbox.entries()).map(({ candidates }) =>
      candidates.map(({ attempt }: { attempt: string }) => attempt),
    )
    expect(attempts).toEqual([[open.id], [paid.id], []])
  })

  it('of a reversal takes the money back from the attempt that it is attributed to', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    await inbox.hear({ outcomes: [inbox.captured(attempt.merchantReference)] })
    await inbox.hear({
      outcomes: [inbox.captured('NOSUCHREFERENCE01', { status: 'reversed', providerReference: 'R1' })],
    })
    expect((await inbox.attribute(attempt)).verdict).toBe('accepted')
    expect((await inbox.read(attempt.orderId)).sums).toEqual({})
    expect(await inbox.balance('provider_receivable')).toBe(0n)
    await expectAtRest(inbox)
  })

  it('is taken through the door where a person attributes it', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    await inbox.hear({ outcomes: [inbox.captured('NOSUCHREFERENCE01', { providerReference: 'P77' })] })
    const { entry, verdict } = await inbox.attribute(attempt)
    expect(verdict).toBe('accepted')
    expect(entry).toMatchObject({
      status: 'attributed',
      attemptId: attempt.id,
      decidedBy: 'cli_accountant',
      note: 'asked the bank',
    })
    const { order, sums, money } = await inbox.read(attempt.orderId)
    expect(order).toMatchObject({ status: 'paid', paidBy: attempt.id })
    expect(money).toMatchObject([{ source: 'person', reference: 'P77', amount: due }])
    expect(sums).toEqual({ provider_receivable: due, collected: -due })
    await expectAtRest(inbox)
  })

  it('is found by itself once the same money is told under a reference of ours', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    await inbox.hear({ outcomes: [inbox.captured('NOSUCHREFERENCE01', { providerReference: 'P77' })] })
    await inbox.hear({ outcomes: [inbox.captured(attempt.merchantReference, { providerReference: 'P77' })] })
    expect(await inbox.entries()).toMatchObject([
      { status: 'attributed', attemptId: attempt.id, decidedBy: 'lephi', returnEntryId: null },
    ])
    await expectAtRest(inbox)
  })

  it('of another amount than the attempt is a mismatch like any other', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    await inbox.hear({ outcomes: [inbox.captured('NOSUCHREFERENCE01', { amount: 149_999n })] })
    expect(await inbox.attribute(attempt)).toMatchObject({
      verdict: 'amount_mismatch',
      entry: { status: 'attributed' },
    })
    const { order, sums, open } = await inbox.read(attempt.orderId)
    expect(order.status).toBe('open')
    expect(sums).toEqual({ provider_receivable: 149_999n, suspense: -149_999n })
    expect(open).toEqual([['amount_mismatch', 149_999n]])
    await expectAtRest(inbox)
  })

  it('of a refund is not attributed', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    await inbox.hear({ outcomes: [inbox.captured('NOSUCHREFERENCE01', { status: 'refunded' })] })
    await expect(inbox.attribute(attempt)).rejects.toMatchObject({
      code: 'invalid_input',
      errors: [{ pointer: '/attempt' }],
    })
  })
})

describe('an unknown credit', () => {
  const credit = { reference: 'FT26326123456789', text: 'NGUYEN VAN A nop le phi' }

  it('is booked to suspense at once, with a discrepancy, an event and an entry', async () => {
    expect(await inbox.hear({ credit })).toBe('accepted')
    expect([await inbox.balance('provider_receivable'), await inbox.balance('suspense')]).toEqual([due, -due])
    const [entry] = await inbox.entries()
    expect(entry).toMatchObject({
      kind: 'unknown_credit',
      status: 'open',
      reference: credit.reference,
      text: credit.text,
      amount: due,
    })
    const [found] = await inbox.sql`select * from discrepancies`
    expect(found).toMatchObject({
      id: entry?.discrepancyId,
      class: 'unknown_credit',
      source: 'door',
      status: 'open',
      orderId: null,
      merchantAccountId: inbox.account,
      amount: due,
      policy: 'person_decides',
      dueOn: '2026-11-24',
    })
    const events = await inbox.sql`select type, agency_code, order_id, subject_id, data from events`
    expect(events).toMatchObject([
      {
        type: 'discrepancy.opened',
        agencyCode: 'H56',
        orderId: null,
        subjectId: found?.id,
        data: { class: 'unknown_credit', amount: 150_000, order: null },
      },
    ])
    const [evidence] = await inbox.sql`select verdict from callbacks`
    expect(evidence?.verdict).toBe('accepted')
    await expectAtRest(inbox)
  })

  it('is booked once, whoever tells it and however often at once', async () => {
    const copies = Array.from({ length: 50 }, (_, n) => inbox.hear({ credit: { ...credit, text: `service ${n}` } }))
    const verdicts = await Promise.all(copies)
    expect(verdicts.filter((verdict) => verdict === 'accepted')).toHaveLength(1)
    expect(verdicts.filter((verdict) => verdict === 'already_confirmed')).toHaveLength(49)
    expect(await inbox.balance('suspense')).toBe(-due)
    expect(await inbox.counts()).toMatchObject({ entries: 1, quarantine: 1, discrepancies: 1 })
    await expectAtRest(inbox)
  })

  it('is booked where its text names a reference that is not ours, and not kept a second time', async () => {
    expect(
      await inbox.hear({ outcomes: [inbox.captured('LP9999', { providerReference: credit.reference })], credit }),
    ).toBe('accepted')
    expect(await inbox.entries()).toMatchObject([{ kind: 'unknown_credit', merchantReference: 'LP9999' }])
    await expectAtRest(inbox)
  })

  it('under a booked reference with another amount is a discrepancy, and not booked', async () => {
    await inbox.hear({ credit })
    expect(await inbox.hear({ credit: { ...credit, amount: due + 1n } })).toBe('amount_mismatch')
    expect(await inbox.hear({ credit: { ...credit, amount: due + 1n } })).toBe('amount_mismatch')
    expect(await inbox.balance('suspense')).toBe(-due)
    const found = await inbox.sql`select class, amount from discrepancies order by id`
    expect(found).toEqual([
      { class: 'unknown_credit', amount: due },
      { class: 'amount_mismatch', amount: due + 1n },
    ])
    await expectAtRest(inbox)
  })

  it('is not booked where an attempt has its money', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    const outcomes = [inbox.captured(attempt.merchantReference, { providerReference: credit.reference })]
    expect(await inbox.hear({ outcomes, credit })).toBe('accepted')
    // A second service tells the same credit, and its copy of the text has lost the reference.
    expect(await inbox.hear({ credit })).toBe('already_confirmed')
    expect(await inbox.entries()).toEqual([])
    expect(await inbox.balance('provider_receivable')).toBe(due)
    expect(await inbox.hear({ credit: { ...credit, amount: 1n } })).toBe('amount_mismatch')
    expect(await inbox.balance('provider_receivable')).toBe(due)
    await expectAtRest(inbox)
  })

  it('of a wrong amount for its reference is the attempt’s, and booked once', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    const outcomes = [
      inbox.captured(attempt.merchantReference, { providerReference: credit.reference, amount: 1_000n }),
    ]
    expect(await inbox.hear({ outcomes, credit: { ...credit, amount: 1_000n } })).toBe('amount_mismatch')
    expect(await inbox.entries()).toEqual([])
    expect(await inbox.balance('suspense')).toBe(-1_000n)
    await expectAtRest(inbox)
  })

  it('is booked whatever the payer wrote, and what can be kept of that is kept', async () => {
    expect(await inbox.hear({ credit: { ...credit, text: `a\0b${'ệ😀'.repeat(1_000)}` } })).toBe('accepted')
    const [entry] = await inbox.entries()
    expect(entry?.text.startsWith('abệ😀')).toBe(true)
    expect(Array.from(entry?.text)).toHaveLength(500)
    expect(await inbox.balance('suspense')).toBe(-due)
  })

  it('leaves suspense by itself when its money is told again with the reference of a payment', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    await inbox.hear({ credit })
    const outcomes = [inbox.captured(attempt.merchantReference, { providerReference: credit.reference })]
    expect(await inbox.hear({ outcomes, credit })).toBe('accepted')
    expect(await inbox.entries()).toMatchObject([{ status: 'attributed', attemptId: attempt.id, decidedBy: 'lephi' }])
    expect([
      await inbox.balance('suspense'),
      await inbox.balance('collected'),
      await inbox.balance('provider_receivable'),
    ]).toEqual([0n, -due, due])
    await expectAtRest(inbox)
  })

  it('leaves suspense by itself also after it was dismissed', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    await inbox.hear({ credit })
    const [{ id = '' } = {}] = await inbox.entries()
    await dismissQuarantine(inbox.deps, accountant, { id, note: 'nobody knows' })
    await inbox.hear({
      outcomes: [inbox.captured(attempt.merchantReference, { providerReference: credit.reference })],
      credit,
    })
    expect(await inbox.entries()).toMatchObject([{ status: 'attributed', attemptId: attempt.id }])
    expect([await inbox.balance('suspense'), await inbox.balance('provider_receivable')]).toEqual([0n, due])
    await expectAtRest(inbox)
  })

  it('stays where its reference is told with another amount for a payment: a person must say which is right', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    await inbox.hear({ credit: { ...credit, amount: 1_000n } })
    await inbox.tell(inbox.captured(attempt.merchantReference, { providerReference: credit.reference }))
    expect(await inbox.entries()).toMatchObject([{ status: 'open', amount: 1_000n }])
    // The amount that is due is the money of two claims under one reference; attributing the other adds nothing.
    await inbox.attribute(attempt)
    expect([await inbox.balance('suspense'), await inbox.balance('provider_receivable')]).toEqual([0n, due])
    await expectAtRest(inbox)
  })

  it('ends in one place when both are told at once, whichever comes first', async () => {
    for (let n = 0; n < 10; n += 1) {
      const attempt = await inbox.attempt(await inbox.place())
      const one = { ...credit, reference: `FT${n}` }
      const outcomes = [inbox.captured(attempt.merchantReference, { providerReference: one.reference })]
      const tales = [{ credit: one }, { outcomes, credit: one }, { credit: one }, { outcomes, credit: one }]
      await Promise.all((n % 2 === 0 ? tales : tales.toReversed()).map((tale) => inbox.hear(tale)))
      expect((await inbox.read(attempt.orderId)).order.status).toBe('paid')
    }
    expect([await inbox.balance('suspense'), await inbox.balance('collected')]).toEqual([0n, -10n * due])
    await expectAtRest(inbox)
  })
})
