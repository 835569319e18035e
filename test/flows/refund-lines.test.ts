// Refunds of single fee lines: what is kept of them, what the database refuses, and how they are told apart in money.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { takenOf as taken } from '../../src/domain/refund-lines.ts'
import { decideRefund } from '../../src/flows/decide-refund.ts'
import { reportJson } from '../../src/flows/report.ts'
import { type RefundRequest, requestRefund } from '../../src/flows/request-refund.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { openHouse } from '../kit/house.ts'
import { createScript, scriptedProvider } from '../kit/scripted-provider.ts'

const phi = 100_000n
const lePhi = 50_000n
let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  const test = scriptedProvider(createScript(), { query: true, queryRefund: true, refund: true })
  house = await openHouse({ providers: { test } })
})
afterEach(() => house.deps.settled())
afterAll(async () => {
  expect((await verifyLedger(house.deps)).fault).toBeNull()
  await house.database.drop()
})

const line = (feeCode: string, kind: 'phi' | 'le_phi', unitAmount: bigint) => ({
  feeCode,
  kind,
  description: feeCode,
  unitAmount,
  quantity: 1,
  budgetItem: null,
  exemption: null,
})
const paid = async (): Promise<string> => {
  const orderId = await house.place({ lines: [line('PHI-1', 'phi', phi), line('LP-1', 'le_phi', lePhi)] })
  const attempt = await house.attempt(orderId)
  await house.tell(house.captured(attempt, `P${attempt.id.slice(-10)}`))
  await house.deps.settled()
  return orderId
}
type Answered = { id: string; status: string; amount: number; merchant_reference: string; lines: object[] }
let keys = 0
const ask = async (orderId: string, more: Partial<RefundRequest> = {}): Promise<Answered> => {
  const input = { orderId, amount: null, reason: 'Thu thừa', ...more }
  const idempotency = { key: `k${++keys}`, body: {} }
  const answer = await requestRefund(house.deps, { clientId: 'cli_maker', agency: 'H56' }, input, idempotency)
  return JSON.parse(answer.body) as Answered
}
const decide = async (refundId: string, decision: 'approved' | 'rejected') => {
  await decideRefund(house.deps, { clientId: 'cli_checker', agency: 'H56' }, { refundId, decision })
  await house.deps.settled()
}
const goBack = (refund: Answered, amount = BigInt(refund.amount)) =>
  house.tell(
    house.refunded({ merchantReference: refund.merchant_reference }, `R${refund.merchant_reference.slice(-9)}`, amount),
  )
const returned = async (refund: Answered, amount?: bigint) => {
  await decide(refund.id, 'approved')
  await goBack(refund, amount)
}
const takenOf = (id: string) =>
  house.sql`select line_no, kind, taken from refund_line_amounts where refund_id = ${id} order by line_no`

describe('a refund per line', () => {
  it('returns the lines that are named, and shows them', async () => {
    const orderId = await paid()
    const refund = await ask(orderId, { lines: [{ line: 'PHI-1', amount: null }] })
    expect(refund).toMatchObject({
      amount: 100_000,
      lines: [{ line: 1, fee_code: 'PHI-1', kind: 'phi', amount: 100_000 }],
    })
    await returned(refund)
    await expect(ask(orderId, { lines: [{ line: 1, amount: 1n }] })).rejects.toMatchObject({
      code: 'refund_exceeds_captured',
      errors: [{ pointer: '/lines/0/amount' }],
    })
    // Without lines only what is left of them is shared.
    expect(await ask(orderId, { amount: 20_000n })).toMatchObject({
      lines: [{ line: 2, kind: 'le_phi', amount: 20_000 }],
    })
  })

  it('without named lines is shared over them, phí and lệ phí apart', async () => {
    const refund = await ask(await paid(), { amount: 100_000n })
    expect(refund.lines).toMatchObject([
      { line: 1, amount: 66_667 },
      { line: 2, amount: 33_333 },
    ])
  })

  it('counts what went back where that is less than was asked', async () => {
    const orderId = await paid()
    const refund = await ask(orderId, { lines: [{ line: 1, amount: 90_000n }] })
    await returned(refund, 60_000n)
    expect(await takenOf(refund.id)).toMatchObject([{ lineNo: 1, kind: 'phi', taken: 60_000n }])
    expect(await ask(orderId, { lines: [{ line: 1, amount: null }] })).toMatchObject({ amount: 40_000 })
  })

  it('is of no line where it returns a surplus', async () => {
    const orderId = await paid()
    const second = await house.attempt(orderId)
    await house.tell(house.captured(second, 'TWICE'))
    await decide((await house.read(orderId)).refunds[0]?.id ?? '', 'rejected')
    await expect(ask(orderId, { attemptId: second.id, lines: [{ line: 1, amount: null }] })).rejects.toMatchObject({
      code: 'invalid_input',
      errors: [{ pointer: '/lines' }],
    })
    expect((await ask(orderId, { attemptId: second.id })).lines).toEqual([])
  })
})

describe('the report of refunds', () => {
  it('takes what was returned of phí off phí, and turns the sign of what came back', async () => {
    const filter = { from: '2026-11-23', to: '2026-11-23', agencyCode: null, merchantAccountId: null, asOf: null }
    const totals = async () => (await reportJson(house.deps, 'H56', { name: 'refunds', ...filter })).totals
    const before = await totals()
    await returned(await ask(await paid(), { lines: [{ line: 'PHI-1', amount: 70_000n }] }))
    await returned(
      await ask(await paid(), {
        lines: [
          { line: 1, amount: 1n },
          { line: 2, amount: 2n },
        ],
      }),
      2n,
    )
    const after = await totals()
    const gained = Object.fromEntries(Object.entries(after).map(([name, sum]) => [name, sum - (before[name] ?? 0n)]))
    expect(gained).toEqual({ phi: 70_001n, le_phi: 1n, other: 0n, amount: 70_002n })
  })
})

describe('the database', () => {
  const insert = async (orderId: string, status: string, lines: readonly [number, bigint][], attemptId?: string) => {
    const { order, attempts } = await house.read(orderId)
    const attempt = attempts.find(({ id }) => id === (attemptId ?? order.paidBy))
    if (!attempt) throw new Error('no attempt')
    const amount = lines.reduce((sum, [, part]) => sum + part, 0n)
    return house.sql.begin(async (sql) => {
      const id = house.deps.newId('rfd')
      const common = { orderId, agencyCode: order.agencyCode }
      await sql`insert into refunds ${sql({ ...common, id, attemptId: attempt.id, merchantAccountId: attempt.merchantAccountId, provider: 'test', merchantReference: id, source: 'order', status, amount, reason: 'x', madeBy: 'a', createdAt: house.deps.now() } as never)}`
      await sql`insert into refund_lines ${sql(lines.map(([lineNo, part]) => ({ ...common, refundId: id, lineNo, amount: part })) as never)}`
      return id
    })
  }

  it('refuses more of a line than it cost, where the whole would still fit', async () => {
    const orderId = await paid()
    await returned(await ask(orderId, { lines: [{ line: 2, amount: 40_000n }] }))
    await expect(insert(orderId, 'requested', [[2, 10_001n]])).rejects.toMatchObject({
      constraint_name: 'refund_lines_cap',
    })
    await insert(orderId, 'requested', [[2, 10_000n]])
  })

  it('refuses two unfinished refunds of one line, also by two attempts', async () => {
    const orderId = await paid()
    const second = await house.attempt(orderId)
    await house.tell(house.captured(second, `S${second.id.slice(-9)}`))
    await decide((await house.read(orderId)).refunds[0]?.id ?? '', 'rejected')
    await insert(orderId, 'requested', [[1, 1_000n]])
    await expect(insert(orderId, 'requested', [[1, 1_000n]], second.id)).rejects.toMatchObject({
      constraint_name: 'refund_lines_one_open',
    })
    await insert(orderId, 'requested', [[2, 1_000n]], second.id)
  })

  it('spreads what went back as the gateway does, to the last đồng of fifteen digits', async () => {
    const amounts = [519_493_837_081_780n, 480_506_162_918_209n]
    const amount = amounts.reduce((sum, each) => sum + each)
    const orderId = await house.place({ lines: amounts.map((_, at) => line(`L${at}`, 'phi', phi)) })
    const refund = await house.refund(await house.attempt(orderId), {
      status: 'succeeded',
      source: 'surplus',
      amount,
      amountRefunded: 649_822_371_166_298n,
    })
    await house.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      for (const [at, each] of amounts.entries())
        await sql`insert into refund_lines (refund_id, order_id, line_no, agency_code, amount) values (${refund.id}, ${orderId}, ${at + 1}, 'H56.12.03', ${each})`
    })
    const [known] = (await house.read(orderId)).refunds
    expect((await takenOf(refund.id)).map(({ taken }) => taken)).toEqual(
      known && taken(known).map((each) => each.amount),
    )
    expect((await takenOf(refund.id))[0]?.taken).toBe(337_578_717_018_764n)
    await house.sql`update refunds set status = 'failed', amount_refunded = 0 where id = ${refund.id}`
  })

  it('refuses lines that do not add up to their refund, and any change of them', async () => {
    const single = await ask(await paid(), { lines: [{ line: 1, amount: 10n }] })
    await expect(
      house.sql`insert into refund_lines (refund_id, order_id, line_no, agency_code, amount) select refund_id, order_id, 2, agency_code, 1 from refund_lines where refund_id = ${single.id}`,
    ).rejects.toMatchObject({ constraint_name: 'refund_lines_sum' })
    await expect(house.sql`update refund_lines set amount = 1 where refund_id = ${single.id}`).rejects.toMatchObject({
      code: '55000',
    })
  })
})

// Business registration: the fee is not returned when registration is refused; phí for publication may be.
describe('when a dossier is rejected', () => {
  beforeAll(async () => {
    const common = { agencyCode: 'H56.12.03', name: 'x', validFrom: '2026-01-01', createdAt: house.deps.now() }
    for (const [feeCode, kind, unitAmount, refundableWhenRejected] of [
      ['LP-DKKD', 'le_phi', 50_000n, false],
      ['PHI-CBTT', 'phi', 100_000n, true],
    ] as const)
      await house.sql`insert into fee_schedules ${house.sql({ ...common, id: house.deps.newId('fee'), feeCode, kind, unitAmount, refundableWhenRejected })}`
  })
  const registered = async () => {
    const orderId = await house.place({ lines: [line('PHI-CBTT', 'phi', phi), line('LP-DKKD', 'le_phi', lePhi)] })
    const attempt = await house.attempt(orderId)
    await house.tell(house.captured(attempt, `D${attempt.id.slice(-10)}`))
    await house.deps.settled()
    return orderId
  }

  it('a line whose price says so is not returned, and is named', async () => {
    const orderId = await registered()
    const rejected = { reasonCode: 'dossier_rejected' as const }
    await expect(ask(orderId, rejected)).rejects.toMatchObject({
      code: 'line_not_refundable',
      errors: [{ pointer: '/lines/1', message: expect.stringContaining('LP-DKKD') }],
    })
    await expect(ask(orderId, { ...rejected, lines: [{ line: 'LP-DKKD', amount: 1n }] })).rejects.toMatchObject({
      code: 'line_not_refundable',
    })
    expect(await ask(orderId, { ...rejected, lines: [{ line: 'PHI-CBTT', amount: null }] })).toMatchObject({
      amount: 100_000,
      reason_code: 'dossier_rejected',
    })
  })

  it('it is returned for another reason', async () => {
    expect(await ask(await registered(), { reasonCode: 'overcharged' })).toMatchObject({ amount: 150_000 })
  })
})

describe('what an order and its refunds were made of', () => {
  const tamper = (...statements: string[]) =>
    house.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      for (const statement of statements) await sql.unsafe(statement)
    })

  it('differs from its timeline once somebody has rewritten it', async () => {
    const orderId = await paid()
    const { id } = await ask(orderId, { lines: [{ line: 'PHI-1', amount: 5_000n }] })
    const cases: [string, string, string][] = [
      [
        `update refund_lines set line_no = 2 where refund_id = '${id}'`,
        `update refund_lines set line_no = 1 where refund_id = '${id}'`,
        `has another lines in its refund ${id} than when that was asked for`,
      ],
      [
        `update order_lines set kind = 'phi' where order_id = '${orderId}' and line_no = 2`,
        `update order_lines set kind = 'le_phi' where order_id = '${orderId}' and line_no = 2`,
        'has another lines than when it was created',
      ],
      [
        `update orders set payer_name = 'X' || payer_name where id = '${orderId}'`,
        `update orders set payer_name = substr(payer_name, 2) where id = '${orderId}'`,
        'has another payer than when it was created',
      ],
    ]
    for (const [change, back, problem] of cases) {
      await tamper(change)
      expect((await verifyLedger(house.deps)).fault).toEqual({ what: 'order', id: orderId, problem })
      await tamper(back)
    }
  })
})
