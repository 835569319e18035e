/**
 * Which fee lines a refund of an order's money returns, and how much of each. A refund without named lines is shared over what is left of them by the method of
 * the largest remainder, so that phí and lệ phí stay apart whatever is returned; a refund of surplus returns no line, since surplus paid for none.
 */
import type { OrderFacts, OrderLine, Refund, RefundLine } from './order-facts.ts'
import { Refusal } from './refusal.ts'
import { openRefunds } from './states.ts'

/** A line as a caller names it: by its number in the order, from 1, or by its fee code. `amount` null is all that is left of it. */
export type WantedLine = { line: number | string; amount: bigint | null }

/** What a refund takes of each of its lines: as asked, or, once it is known what went back, that amount spread over them. */
export const takenOf = (refund: Refund): RefundLine[] => {
  if (refund.status === 'succeeded') return spread(refund.lines, refund.amountRefunded)
  return openRefunds.includes(refund.status) ? [...refund.lines] : []
}

/** What may still be returned of each line of the order, in đồng, 0 for a line of which nothing is left. */
export const leftOfLines = ({ order, refunds }: Pick<OrderFacts, 'order' | 'refunds'>): RefundLine[] => {
  const taken = refunds.flatMap(takenOf)
  return order.lines.map(({ lineNo, feeCode, kind, amount }) => {
    const held = taken.reduce((total, line) => (line.lineNo === lineNo ? total + line.amount : total), 0n)
    return { lineNo, feeCode, kind, amount: amount > held ? amount - held : 0n }
  })
}

/**
 * An amount shared over lines in proportion to theirs: each its whole part, and what remains one đồng each by the largest remainder, the earlier line first.
 * Of lines that hold at least the amount together, none gives more than it holds.
 */
export const shareOver = (lines: readonly RefundLine[], amount: bigint): RefundLine[] => {
  const total = sumOf(lines)
  if (total === 0n || amount === 0n) return []
  const parts = lines.map((line) => ({
    line,
    whole: (line.amount * amount) / total,
    rest: (line.amount * amount) % total,
  }))
  const missing = Number(amount - parts.reduce((sum, { whole }) => sum + whole, 0n))
  const first = parts.toSorted((a, b) => (a.rest === b.rest ? a.line.lineNo - b.line.lineNo : a.rest > b.rest ? -1 : 1))
  const raised = new Set(first.slice(0, missing))
  return parts
    .map((part) => ({ ...part.line, amount: part.whole + (raised.has(part) ? 1n : 0n) }))
    .filter((line) => line.amount > 0n)
}

/** Cumulated and rounded half up, as the view refund_line_amounts does it: for what went back, which may be another amount than was asked. */
const spread = (lines: readonly RefundLine[], amount: bigint): RefundLine[] => {
  const total = sumOf(lines)
  const upTo = (part: bigint) => (2n * part * amount + total) / (2n * total)
  let before = 0n
  return lines.map((line) => {
    const share = upTo(before + line.amount) - upTo(before)
    before += line.amount
    return { ...line, amount: share }
  })
}

/**
 * The named lines as a refund takes them. Throws Refusal `invalid_input` for a line that the order does not have, that is named twice, or amounts that do
 * not add up to `amount`, and `refund_exceeds_captured` where less is left of a line.
 */
export const chooseLines = (
  facts: Pick<OrderFacts, 'order' | 'refunds'>,
  wanted: readonly WantedLine[],
  amount: bigint | null,
): RefundLine[] => {
  const left = leftOfLines(facts)
  const chosen = wanted.map(({ line: name, amount: asked }, index) => {
    const line = findLine(facts.order.lines, name, `/lines/${index}/line`)
    const room = left.find((each) => each.lineNo === line.lineNo)?.amount ?? 0n
    if (room === 0n || (asked ?? 0n) > room) throw tooMuchOf(line, { room, pointer: `/lines/${index}/amount` })
    return { lineNo: line.lineNo, feeCode: line.feeCode, kind: line.kind, amount: asked ?? room }
  })
  chosen.forEach((line, index) => {
    if (chosen.findIndex((other) => other.lineNo === line.lineNo) < index)
      throw wrong(`/lines/${index}/line`, 'names a line that is named before')
  })
  if (amount !== null && amount !== sumOf(chosen))
    throw wrong('/amount', `must be the sum of the lines, ${sumOf(chosen)}`)
  return chosen.toSorted((a, b) => a.lineNo - b.lineNo)
}

const findLine = (lines: readonly OrderLine[], name: number | string, pointer: string): OrderLine => {
  const found = lines.filter((line) => (typeof name === 'number' ? line.lineNo === name : line.feeCode === name))
  const [line] = found
  if (!line) throw wrong(pointer, 'names no line of this order')
  if (found.length > 1) throw wrong(pointer, 'names more than one line: give its number')
  return line
}

const tooMuchOf = (line: OrderLine, { room, pointer }: { room: bigint; pointer: string }): Refusal =>
  new Refusal('refund_exceeds_captured', `At most ${room} đ of line ${line.lineNo} can still be refunded.`, {
    errors: [{ pointer, message: `must be at most ${room}` }],
  })

const wrong = (pointer: string, message: string): Refusal =>
  new Refusal('invalid_input', `${pointer} ${message}.`, { errors: [{ pointer, message }] })

export const sumOf = (lines: readonly RefundLine[]): bigint => lines.reduce((total, line) => total + line.amount, 0n)
