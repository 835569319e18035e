// Puts the payments of a month into the database as the gateway would have left them, thousands at a time: orders, attempts, refunds, the facts about money and
// the ledger. What the door does more than book, for an order that is paid or told twice, goes through the door.
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import type { Deps } from '../../src/flows/deps.ts'
import type { Sql } from '../../src/store/database.ts'
import { agencies } from './accounts.ts'
import { dayOf } from './calendar.ts'
import { storedTariff } from './tariff.ts'
import type { Account, Payment, Refund, World } from './world.ts'

type Row = Record<string, string | number | boolean | object | null>

export const fillDatabase = async (deps: Deps, sql: Sql, { months, clock }: World & { clock: Date }): Promise<void> => {
  await insert(
    sql,
    'agencies',
    agencies.map((code) => ({
      agency_code: code,
      parent_code: code.includes('.') ? code.slice(0, code.lastIndexOf('.')) : null,
      name: `Cơ quan ${code}`,
      fee_check: 'warn',
      accepts_late_money: true,
      refund_limit: 0,
      created_at: clock,
    })),
  )
  await insert(
    sql,
    'merchant_accounts',
    months.map(({ account }) => accountRow(account, clock)),
  )
  for (const { payments } of months) {
    const twice = new Set(payments.filter(({ again, toldTwice }) => again || toldTwice).map(({ orderId }) => orderId))
    const byDoor = payments.filter(({ orderId }) => twice.has(orderId))
    await fillPayments(sql, deps, payments, twice)
    for (const payment of byDoor) {
      if (payment.toldTwice) await tell(deps, payment, null)
      await tell(deps, payment, payment.providerReference)
    }
  }
  await sql.unsafe('analyze orders, attempts, refunds, money_facts, journal_entries, postings')
}

const accountRow = (account: Account, createdAt: Date): Row => ({
  id: account.id,
  agency_code: account.agencyCode,
  provider: 'test',
  title: account.title,
  settings: {},
  payee_account: { number: '0123456789', bank_bin: '970436', holder: 'KHO BAC' },
  provider_fee: storedTariff(account.tariff),
  cutoff: `${String(Math.floor(account.cutoffMinute / 60)).padStart(2, '0')}:${String(account.cutoffMinute % 60).padStart(2, '0')}`,
  settlement_days: account.settlementDays,
  status: 'active',
  created_at: createdAt,
})

const fillPayments = async (
  sql: Sql,
  { newId }: Deps,
  payments: readonly Payment[],
  twice: ReadonlySet<string>,
): Promise<void> => {
  const isBooked = ({ status, orderId }: Payment) => status === 'captured' && !twice.has(orderId)
  const booked = payments.filter(isBooked)
  const firsts = payments.filter(({ again }) => !again)
  await insert(
    sql,
    'orders',
    firsts.map((payment) => orderRow(payment, isBooked(payment))),
  )
  await insert(sql, 'order_lines', firsts.map(orderLineRow))
  await insert(
    sql,
    'attempts',
    payments.map((payment) => attemptRow(payment, isBooked(payment))),
  )
  const refunds = booked.flatMap((payment) => (payment.refund ? [{ payment, refund: payment.refund }] : []))
  await insert(
    sql,
    'refunds',
    refunds.map(({ payment, refund }) => refundRow(payment, refund)),
  )
  const captures = booked.map((payment) => ({ payment, refund: null, factId: newId('fct'), entryId: newId('jrn') }))
  const returns = refunds.map((each) => ({ ...each, factId: newId('fct'), entryId: newId('jrn') }))
  const moves = [...captures, ...returns]
  await insert(sql, 'money_facts', moves.map(factRow))
  await sql.begin(async (tx) => {
    await insert(tx, 'journal_entries', moves.map(entryRow))
    await insert(tx, 'postings', moves.flatMap(postingRows))
  })
}

type Move = { payment: Payment; refund: Refund | null; factId: string; entryId: string }

const orderRow = ({ orderId, account, dossier, amount, at, attemptId, refund }: Payment, isPaid: boolean): Row => ({
  id: orderId,
  agency_code: account.agencyCode,
  status: isPaid ? 'paid' : 'open',
  dossier_code: dossier,
  amount,
  amount_paid: isPaid ? amount : 0,
  amount_refunded: isPaid ? (refund?.amount ?? 0) : 0,
  payer_name: 'Nguyễn Thị Lan',
  language: 'vi',
  return_url: 'https://portal.example.vn/7',
  metadata: {},
  warnings: [],
  checkout_token: orderId,
  created_by: 'cli_portal',
  paid_by: isPaid ? attemptId : null,
  paid_at: isPaid ? new Date(at) : null,
  created_at: new Date(at - 600_000),
  expires_at: new Date(at + 86_400_000),
  version: 1,
  event_count: 0,
})

const orderLineRow = ({ orderId, account, dossier, amount }: Payment): Row => ({
  order_id: orderId,
  line_no: 1,
  agency_code: account.agencyCode,
  dossier_code: dossier,
  line_key: 'LP-HOTICH-01',
  fee_code: 'LP-HOTICH-01',
  kind: 'le_phi',
  description: 'Lệ phí',
  unit_amount: amount,
  quantity: 1,
  amount,
})

const attemptRow = (
  { orderId, attemptId, account, merchantReference, providerReference, amount, at, status }: Payment,
  isBooked: boolean,
): Row => ({
  id: attemptId,
  agency_code: account.agencyCode,
  order_id: orderId,
  merchant_account_id: account.id,
  provider: 'test',
  merchant_reference: merchantReference,
  status: status === 'captured' && !isBooked ? 'pending' : status,
  amount,
  pays_order: isBooked,
  amount_captured: isBooked ? amount : 0,
  amount_reversed: 0,
  provider_reference: isBooked ? providerReference : null,
  payer_ip: '203.0.113.9',
  memo: {},
  created_at: new Date(at - 300_000),
  expires_at: new Date(at + 900_000),
  captured_at: isBooked ? new Date(at) : null,
  query_count: 0,
})

const refundRow = ({ orderId, attemptId, account }: Payment, refund: Refund): Row => ({
  id: refund.id,
  agency_code: account.agencyCode,
  order_id: orderId,
  attempt_id: attemptId,
  merchant_account_id: account.id,
  provider: 'test',
  merchant_reference: refund.merchantReference,
  source: 'order',
  status: 'succeeded',
  amount: refund.amount,
  amount_refunded: refund.amount,
  reason: 'withdrawn',
  provider_reference: refund.providerReference,
  made_by: 'cli_accountant',
  decided_by: 'cli_checker',
  decided_at: new Date(refund.at - 60_000),
  created_at: new Date(refund.at - 120_000),
  sent_at: new Date(refund.at - 30_000),
  succeeded_at: new Date(refund.at),
  query_count: 0,
})

const about = ({ payment: { account, orderId, attemptId, at }, refund }: Move): Row => ({
  agency_code: account.agencyCode,
  order_id: orderId,
  attempt_id: attemptId,
  refund_id: refund?.id ?? null,
  business_day: dayOf(refund?.at ?? at),
  occurred_at: new Date(refund?.at ?? at),
})

const factRow = (move: Move): Row => ({
  ...about(move),
  id: move.factId,
  merchant_account_id: move.payment.account.id,
  kind: move.refund ? 'refunded' : 'captured',
  reference: (move.refund ?? move.payment).providerReference,
  amount: (move.refund ?? move.payment).amount,
  source: 'callback',
  code: '00',
  received_at: new Date(move.refund?.at ?? move.payment.at),
  is_contested: false,
  sequence: move.refund ? 2 : 1,
})

const entryRow = (move: Move): Row => ({
  ...about(move),
  id: move.entryId,
  kind: move.refund ? 'refund' : 'capture',
  fact_id: move.factId,
  posted_at: new Date(move.refund?.at ?? move.payment.at),
})

const postingRows = (move: Move): Row[] => {
  const amount = move.refund ? -move.refund.amount : move.payment.amount
  const { account, orderId } = move.payment
  const common = {
    entry_id: move.entryId,
    agency_code: account.agencyCode,
    merchant_account_id: account.id,
    order_id: orderId,
    business_day: dayOf(move.refund?.at ?? move.payment.at),
  }
  return [
    { ...common, line_no: 1, account: 'provider_receivable', amount },
    { ...common, line_no: 2, account: 'collected', amount: -amount },
  ]
}

const tell = async (deps: Deps, payment: Payment, providerReference: string | null): Promise<void> => {
  const { account, merchantReference, amount, at } = payment
  const outcome = {
    status: 'captured' as const,
    merchantReference,
    providerReference,
    amount: BigInt(amount),
    occurredAt: new Date(at),
    code: '00',
  }
  await applyOutcome(deps, { merchantAccountId: account.id, outcome, source: 'callback' })
}

/** One statement for all rows, which must have the same members. */
const insert = async (sql: Pick<Sql, 'unsafe'>, table: string, rows: readonly Row[]): Promise<void> => {
  const [first] = rows
  if (!first) return
  const columns = Object.keys(first).join(', ')
  await sql.unsafe(
    `insert into ${table} (${columns}) select ${columns} from json_populate_recordset(null::${table}, $1::text::json)`,
    [JSON.stringify(rows)],
  )
}
