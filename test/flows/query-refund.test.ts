// A refund that was sent, or may have been, is settled by asking and never sent again.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { amount, type DueWork, hour, inSeconds, minute, openDueWork } from '../kit/due-work.ts'
import { addAttempt } from '../kit/orders.ts'
import { captured, notKnown, silent } from '../kit/scripted-provider.ts'

let files: Awaited<ReturnType<typeof openDueWork>>
let work: DueWork

beforeAll(async () => {
  files = await openDueWork()
})
afterAll(() => files.close())
beforeEach(async () => {
  work = await files.begin()
})

const askRefunds = () => work.run('settle_refunds')

describe('a refund without an end', () => {
  const refundDue = async (status: string, merchantAccountId = work.account) => {
    const attempt = await addAttempt(work.deps, await work.place(), merchantAccountId)
    await applyOutcome(work.deps, {
      merchantAccountId,
      outcome: captured(attempt.merchantReference, amount),
      source: 'callback',
    })
    const id = work.deps.newId('rfd')
    const row = {
      id,
      agencyCode: attempt.agencyCode,
      orderId: attempt.orderId,
      attemptId: attempt.id,
      merchantAccountId,
      provider: attempt.provider,
      merchantReference: id.replace('_', ''),
      source: 'order',
      status,
      amount,
      reason: 'Nộp trùng',
      madeBy: 'cli_maker',
      createdAt: work.deps.now(),
      sentAt: work.deps.now(),
      nextQueryAt: inSeconds(minute),
    }
    await work.sql`insert into refunds ${work.sql(row)}`
    work.deps.clock.advance(minute)
    return row
  }
  const refundNow = async (id: string) => {
    const [row] =
      await work.sql`select status, next_query_at, amount_refunded, failure_code from refunds where id = ${id}`
    return row
  }
  const refundedSays = (merchantReference: string) => ({
    known: true,
    outcomes: [
      {
        status: 'refunded' as const,
        merchantReference,
        providerReference: `R${merchantReference.slice(-8)}`,
        amount,
        occurredAt: null,
        code: '00',
      },
    ],
  })

  it.each(['sending', 'pending', 'unknown'])('is settled by asking when it is %s', async (status) => {
    work.script.refund = refundedSays
    const refund = await refundDue(status)
    await askRefunds()
    expect(work.script.asked).toEqual([refund.merchantReference])
    expect(await refundNow(refund.id)).toMatchObject({ status: 'succeeded', amountRefunded: amount, nextQueryAt: null })
  })

  it.each([
    ['silence', silent('unknown')],
    ['a dead line', silent('unreachable')],
  ])('stays unknown through %s and is asked about again', async (_, says) => {
    work.script.refund = says
    const refund = await refundDue('unknown')
    await askRefunds()
    expect(await refundNow(refund.id)).toMatchObject({ status: 'unknown', nextQueryAt: inSeconds(5 * minute) })
  })

  it('has failed when the provider says after an hour that it never took it, and not before', async () => {
    work.script.refund = notKnown
    const refund = await refundDue('unknown')
    work.deps.clock.set(inSeconds(hour - 1))
    await askRefunds()
    expect(await refundNow(refund.id)).toMatchObject({ status: 'unknown', nextQueryAt: inSeconds(hour) })
    work.deps.clock.set(inSeconds(hour))
    await askRefunds()
    expect(await refundNow(refund.id)).toMatchObject({
      status: 'failed',
      failureCode: 'not_known_at_provider',
      nextQueryAt: null,
    })
  })

  it('is handed to the provider a minute after its approval when the process that approved it has ended', async () => {
    const refund = await refundDue('approved')
    await work.sql`update refunds set next_query_at = null, sent_at = null where id = ${refund.id}`
    await askRefunds()
    expect(await refundNow(refund.id)).toMatchObject({ status: 'approved', nextQueryAt: inSeconds(2 * minute) })
    work.deps.clock.advance(minute)
    await askRefunds()
    // This provider takes no refunds, so being handed over means that somebody returns the money by hand.
    expect(await refundNow(refund.id)).toMatchObject({ status: 'pending', nextQueryAt: null })
    expect(work.script.asked).toEqual([])
  })

  it('is left to the statements when its provider cannot be asked', async () => {
    const refund = await refundDue('pending', work.mute)
    await askRefunds()
    expect(await refundNow(refund.id)).toMatchObject({ status: 'pending', nextQueryAt: null })
  })

  it('is settled by what the provider says of the payment where refunds have no question of their own', async () => {
    const refund = await refundDue('pending', work.paymentsOnly)
    work.script.payment = () => refundedSays(refund.merchantReference)
    await askRefunds()
    expect(await refundNow(refund.id)).toMatchObject({ status: 'succeeded' })
  })
})
