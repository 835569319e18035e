// How an amount is shared over fee lines: nothing is lost, no line gives more than it has, and the order of the lines decides only ties.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderLine, Refund, RefundLine } from '../../src/domain/order-facts.ts'
import { chooseLines, leftOfLines, shareOver, sumOf, takenOf } from '../../src/domain/refund-lines.ts'
import { bareAttempt, bareOrder, bareRefund } from '../kit/order-facts.ts'

const line = (lineNo: number, amount: bigint, feeCode: string | null = null): OrderLine => ({
  lineNo,
  feeCode,
  kind: lineNo % 2 ? 'phi' : 'le_phi',
  description: 'x',
  unitAmount: amount,
  quantity: 1,
  amount,
  budgetItem: null,
  exemption: null,
})
const part = (lineNo: number, amount: bigint): RefundLine => ({ lineNo, feeCode: null, kind: 'phi', amount })
const order = (...lines: OrderLine[]) =>
  bareOrder({ lines, amount: lines.reduce((sum, { amount }) => sum + amount, 0n) })
const refund = (more: Partial<Refund>): Refund => bareRefund('1', bareAttempt('1'), more)

const dong = fc.bigInt({ min: 0n, max: 999_999_999_999n })
const held = fc
  .array(dong, { minLength: 1, maxLength: 8 })
  .map((amounts) => amounts.map((amount, i) => part(i + 1, amount)))

describe('an amount shared over lines', () => {
  it('adds up to it, and takes of no line more than it holds', () => {
    fc.assert(
      fc.property(held, fc.bigInt({ min: 0n, max: 10_000n }), (lines, share) => {
        const amount = (sumOf(lines) * share) / 10_000n
        const shared = shareOver(lines, amount)
        expect(sumOf(shared)).toBe(amount)
        for (const { lineNo, amount: taken } of shared)
          expect(taken).toBeLessThanOrEqual(lines[lineNo - 1]?.amount ?? 0n)
      }),
    )
  })

  it('gives the last đồng to the largest remainder, of equal ones to the earlier line', () => {
    expect(shareOver([part(1, 10n), part(2, 20n), part(3, 10n)], 3n).map(({ amount }) => amount)).toEqual([1n, 1n, 1n])
    expect(shareOver([part(1, 1n), part(2, 1n)], 1n)).toEqual([part(1, 1n)])
  })

  it('is exact over ten thousand lines of fifteen digits', () => {
    const lines = Array.from({ length: 10_000 }, (_, at) => part(at + 1, 999_999_999_999_999n - BigInt(at % 7)))
    const amount = sumOf(lines) - 1n
    expect(amount > 2n ** 63n - 1n).toBe(true)
    const shared = shareOver(lines, amount)
    expect([sumOf(shared), shared.filter(({ amount: taken }) => taken > 999_999_999_999_999n)]).toEqual([amount, []])
    expect(sumOf(takenOf(refund({ lines, status: 'succeeded', amountRefunded: amount })))).toBe(amount)
  })

  it('is what went back once that is known, spread so that it adds up', () => {
    fc.assert(
      fc.property(held, dong, (lines, amountRefunded) => {
        fc.pre(sumOf(lines) > 0n)
        expect(sumOf(takenOf(refund({ lines, status: 'succeeded', amountRefunded })))).toBe(amountRefunded)
      }),
    )
  })
})

describe('what is left of a line', () => {
  const lines = [line(1, 100n), line(2, 50n)]
  it('is less what is under way and what went back, not what was refused', () => {
    const refunds = [
      refund({ lines: [part(1, 40n)], status: 'pending' }),
      refund({ lines: [part(1, 20n), part(2, 20n)], status: 'succeeded', amountRefunded: 20n }),
      refund({ lines: [part(2, 30n)], status: 'rejected' }),
    ]
    expect(leftOfLines({ order: order(...lines), refunds }).map(({ amount }) => amount)).toEqual([50n, 40n])
  })

  it('is never below nothing', () => {
    const refunds = [refund({ lines: [part(1, 100n)], status: 'succeeded', amountRefunded: 120n })]
    expect(leftOfLines({ order: order(...lines), refunds })[0]?.amount).toBe(0n)
  })
})

describe('named lines', () => {
  const facts = { order: order(line(1, 100n, 'P'), line(2, 50n, 'L'), line(3, 5n, 'P')), refunds: [] }
  it('are found by number or fee code, and come to all that is left of them', () => {
    expect(
      chooseLines(
        facts,
        [
          { line: 'L', amount: null },
          { line: 1, amount: 7n },
        ],
        null,
      ),
    ).toMatchObject([
      { lineNo: 1, amount: 7n },
      { lineNo: 2, amount: 50n },
    ])
  })

  it('are refused by name', () => {
    const cases = [
      [[{ line: 4, amount: null }], null, 'invalid_input', '/lines/0/line'],
      [[{ line: 'P', amount: null }], null, 'invalid_input', '/lines/0/line'],
      [
        [
          { line: 2, amount: 1n },
          { line: 'L', amount: 1n },
        ],
        null,
        'invalid_input',
        '/lines/1/line',
      ],
      [[{ line: 2, amount: 51n }], null, 'refund_exceeds_captured', '/lines/0/amount'],
      [[{ line: 2, amount: 10n }], 11n, 'invalid_input', '/amount'],
    ] as const
    for (const [wanted, amount, code, pointer] of cases) {
      let refused: unknown
      try {
        chooseLines(facts, wanted, amount)
      } catch (error) {
        refused = error
      }
      expect(refused).toMatchObject({ code, errors: [{ pointer }] })
    }
  })
})
