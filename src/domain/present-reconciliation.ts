/** How statements, reconciliations, their items and discrepancies look on the wire: snake_case, whole đồng, times with the offset of Vietnam. */
import { businessDay, toRfc3339 } from '../lib/time.ts'
import { presentHistory } from './history.ts'
import { feeSplit, type ProviderTariff } from './provider-fee.ts'
import { type ItemClass, itemClasses } from './reconciliation-classes.ts'
import { workingDaysBetween } from './working-days.ts'

const time = (instant: Date | null): string | null => (instant ? toRfc3339(instant) : null)

type StatementRow = {
  id: string
  merchantAccountId: string
  status: string
  source: string
  format: string | null
  fileName: string
  sha256: string
  totalBytes: bigint
  readBytes: bigint
  lines: number
  accepted: number
  problems: readonly { line: number; column?: string; message: string }[]
  problemCount: number
  openingBalance: bigint | null
  closingBalance: bigint | null
  credits: bigint
  debits: bigint
  closes: boolean | null
  account: string | null
  currency: string | null
  fromDay: string | null
  toDay: string | null
  reason: string | null
  createdAt: Date
  importedAt: Date | null
  erasedAt: Date | null
}

/** `readBytesMax`: what whoever answers can read of a file at most. */
export const presentStatement = (statement: StatementRow, readBytesMax?: number) => ({
  ...presentStatementHead(statement, readBytesMax),
  problems: statement.problems,
})

/** Without the problems of its rows: a list of statements would be nothing but those. */
export const presentStatementHead = (statement: Omit<StatementRow, 'problems'>, readBytesMax?: number) => ({
  id: statement.id,
  status: statement.status,
  waits_for: waitsFor(statement, readBytesMax),
  merchant_account: statement.merchantAccountId,
  source: statement.source,
  format: statement.format,
  file_name: statement.fileName,
  sha256: statement.sha256,
  progress: { bytes: statement.readBytes, total_bytes: statement.totalBytes, lines: statement.lines },
  lines: statement.lines,
  accepted: statement.accepted,
  problem_count: statement.problemCount,
  opening_balance: statement.openingBalance,
  closing_balance: statement.closingBalance,
  credits: statement.credits,
  debits: statement.debits,
  closes: statement.closes,
  account: statement.account,
  currency: statement.currency,
  from: statement.fromDay,
  to: statement.toDay,
  reason: statement.reason,
  created_at: time(statement.createdAt),
  imported_at: time(statement.importedAt),
  erased_at: time(statement.erasedAt),
})

const waitsFor = ({ status, totalBytes }: Pick<StatementRow, 'status' | 'totalBytes'>, readBytesMax?: number) =>
  readBytesMax !== undefined && totalBytes > readBytesMax && ['queued', 'processing'].includes(status)
    ? 'larger_process'
    : null

type ReconciliationRow = {
  id: string
  merchantAccountId: string
  fromDay: string
  toDay: string
  status: string
  progress: { phase?: string; items?: number; healed?: number; calendar?: string; certainty?: string }
  summary: Partial<Record<ItemClass, { count: number; amount_here: number; amount_there: number }>>
  failure: string | null
  createdAt: Date
  completedAt: Date | null
}

/** A summary counts each class, also what did not come. */
const nothing: Record<ItemClass, { count: number; amount_here: number; amount_there: number }> = Object.fromEntries(
  (['matched', ...itemClasses] as const).map((name) => [name, { count: 0, amount_here: 0, amount_there: 0 }]),
) as Record<ItemClass, { count: number; amount_here: number; amount_there: number }>

export const presentReconciliation = (run: ReconciliationRow) => ({
  id: run.id,
  status: run.status,
  merchant_account: run.merchantAccountId,
  from: run.fromDay,
  to: run.toDay,
  progress: {
    phase: run.progress.phase ?? 'matching',
    items: run.progress.items ?? 0,
    healed: run.progress.healed ?? 0,
  },
  calendar_version: run.progress.calendar ?? null,
  calendar_certainty: run.progress.certainty ?? null,
  summary: run.status === 'completed' ? { ...nothing, ...run.summary } : run.summary,
  failure: run.failure,
  created_at: time(run.createdAt),
  completed_at: time(run.completedAt),
})

type ItemRow = {
  id: string
  class: ItemClass
  source: string
  statementId: string | null
  line: number | null
  attemptId: string | null
  refundId: string | null
  orderId: string | null
  merchantReference: string | null
  providerReference: string | null
  payoutReference: string | null
  amountHere: bigint | null
  amountThere: bigint | null
  providerFeeHere: bigint | null
  providerFeeThere: bigint | null
  businessDay: string | null
  valueDate: string | null
  expectedOn: string | null
  candidates: readonly string[]
  captureReference: string | null
  bankReference: string | null
  payoutReferences: readonly string[]
  proof: StoredProof
}

/** What is stored beside the item's own columns. */
type StoredProof = {
  rule: string
  hashes: readonly string[]
  status?: { here: string | null; there: string }
  business_day_here?: string | null
  due_before?: string
  payouts?: readonly PayoutProof[]
  team?: { lines: number; paid: number; net: number }
}

/** What a bank item's proof says of a payout: store/reconcile/classify-bank.ts. */
export type PayoutProof = {
  reference: string
  part: 'net' | 'fee'
  lines: number
  gross: number
  fee: number
  net: number
  expected_on: string
  hash: string
}

/** `tariff` is the contract's as the run had it: by it a provider fee is told from the VAT on it. */
export const presentItem = (item: ItemRow, tariff: ProviderTariff | null = null) => ({
  id: item.id,
  class: item.class,
  source: item.source,
  statement_line: item.statementId ? { statement: item.statementId, line: item.line } : null,
  order: item.orderId,
  attempt: item.attemptId,
  refund: item.refundId,
  merchant_reference: item.merchantReference,
  provider_reference: item.providerReference,
  payout_reference: item.payoutReference,
  bank_reference: item.bankReference,
  payout_references: [...item.payoutReferences],
  amount_here: item.amountHere,
  amount_there: item.amountThere,
  provider_fee_here: item.providerFeeHere,
  provider_fee_there: item.providerFeeThere,
  business_day: item.businessDay,
  value_date: item.valueDate,
  expected_on: item.expectedOn,
  candidates: [...item.candidates],
  proof: item.source === 'bank' ? presentBankProof(item) : presentProof(item, tariff),
})

/** Both sides of a bank line, and how each payout's net comes about: an auditor can work it out again from the two files. */
const presentBankProof = (item: ItemRow) => {
  const { rule, hashes, payouts = [], team } = item.proof
  const named = payouts.map((payout) => payout.reference)
  const sides = {
    reference: [item.captureReference ?? (named.length > 0 ? named : null), item.bankReference],
    amount: [item.amountHere, item.amountThere],
    value_date: [
      payouts.length > 0 ? payouts.map((payout) => payout.expected_on) : null,
      item.statementId ? item.valueDate : null,
    ],
  }
  return {
    rule,
    fields: fieldsOf(sides),
    hashes: [...hashes],
    ...(payouts.length > 0
      ? { arithmetic: payouts.map(({ gross, fee, net }) => `${gross} - ${fee} = ${net}`).join('; ') }
      : {}),
    ...(payouts.length > 0 ? { payouts: [...payouts] } : {}),
    ...(team ? { team } : {}),
  }
}

const fieldsOf = (sides: Record<string, unknown[]>) => {
  const fields = Object.entries(sides).flatMap(([name, [here, there]]) => {
    const found = { ...(here == null ? {} : { here }), ...(there == null ? {} : { there }) }
    return Object.keys(found).length === 0 ? [] : [[name, found]]
  })
  return Object.fromEntries(fields) as Record<string, { here?: unknown; there?: unknown }>
}

/** Both sides of everything that was compared, put together from the item and what was stored with it. A side that has nothing is left out. */
const presentProof = (item: ItemRow, tariff: ProviderTariff | null) => {
  const { rule, hashes, status, business_day_here: dayHere = item.businessDay, due_before: dueBefore } = item.proof
  const isLinked = item.attemptId !== null
  const isListed = item.statementId !== null
  const sides = {
    // What nobody listed has one side: the item's reference is then what we know.
    reference: isListed ? [item.captureReference, item.providerReference] : [item.providerReference, null],
    amount: [item.amountHere, item.amountThere],
    provider_fee: [item.providerFeeHere, item.providerFeeThere],
    status: [status?.here ?? null, status?.there ?? null],
    business_day: [isLinked ? dayHere : null, isListed ? item.businessDay : null],
  }
  const arithmetic = item.amountThere === null || !carriesNet(item) ? {} : arithmeticOf(item, item.amountThere, tariff)
  return {
    rule,
    fields: fieldsOf(sides),
    hashes: [...hashes],
    ...arithmetic,
    ...(dueBefore ? { due_before: toRfc3339(new Date(dueBefore)) } : {}),
  }
}

/** Whether the line adds its amount less its fee to a payout: not where it is listed twice, has not succeeded, or says a net of its own kind. */
const carriesNet = ({ class: name, proof: { rule, status } }: ItemRow): boolean =>
  name !== 'duplicate_line' && rule !== 'fee' && rule !== 'adjustment' && (status?.there ?? 'success') === 'success'

/** Money out: also a line that is linked to no refund of ours. */
const isRefundLine = ({ class: name, refundId, candidates }: ItemRow): boolean =>
  refundId !== null || name === 'refund_mismatch' || candidates.some((id) => id.startsWith('rfd_'))

/** `gross − provider fee − VAT = net`; the VAT is told apart where the provider fee is what the run's tariff gives. */
const arithmeticOf = (item: ItemRow, amount: bigint, tariff: ProviderTariff | null) => {
  const charged = item.providerFeeThere ?? 0n
  if (isRefundLine(item)) return { arithmetic: `0 - ${amount} - ${charged} = ${-amount - charged}` }
  const { fee, vat } = feeSplit(tariff, amount, charged)
  const net = amount - fee - vat
  const arithmetic = `${[amount, fee, ...(vat === 0n ? [] : [vat])].join(' - ')} = ${net}`
  return tariff ? { arithmetic, sums: { gross: amount, provider_fee: fee, vat, net } } : { arithmetic }
}

type DiscrepancyRow = {
  id: string
  agencyCode: string
  class: string
  status: string
  source: string
  merchantAccountId: string | null
  orderId: string | null
  attemptId: string | null
  refundId: string | null
  reconciliationId: string | null
  itemId: string | null
  amount: bigint
  difference: bigint
  holdsDifference: boolean
  owner: string | null
  policy: string
  dueOn: string | null
  resolution: string | null
  note: string | null
  proposedBy: string | null
  proposedAt: Date | null
  openedAt: Date
  resolvedAt: Date | null
  resolvedBy: string | null
  reopeningBy: string | null
  reopeningAt: Date | null
  reopeningNote: string | null
  history: readonly string[]
}

/** `now` says how old it is: in working days, until it was resolved. */
export const presentDiscrepancy = (discrepancy: DiscrepancyRow, now: Date) => ({
  id: discrepancy.id,
  class: discrepancy.class,
  status: discrepancy.status,
  source: discrepancy.source,
  agency_code: discrepancy.agencyCode,
  merchant_account: discrepancy.merchantAccountId,
  order: discrepancy.orderId,
  attempt: discrepancy.attemptId,
  refund: discrepancy.refundId,
  item: discrepancy.itemId,
  reconciliation: discrepancy.reconciliationId,
  amount: discrepancy.amount,
  // What an asset gains the other side of the entry loses: suspense is negative for money that is held for somebody.
  in_suspense: discrepancy.holdsDifference ? -discrepancy.difference : 0n,
  owner: discrepancy.owner,
  opened_at: time(discrepancy.openedAt),
  due_on: discrepancy.dueOn,
  age_working_days: workingDaysBetween(businessDay(discrepancy.openedAt), businessDay(discrepancy.resolvedAt ?? now)),
  overdue: discrepancy.status !== 'resolved' && discrepancy.dueOn !== null && discrepancy.dueOn < businessDay(now),
  policy: discrepancy.policy,
  resolution: discrepancy.resolution,
  note: discrepancy.note,
  proposed_by: discrepancy.proposedBy,
  proposed_at: time(discrepancy.proposedAt),
  resolved_at: time(discrepancy.resolvedAt),
  resolved_by: discrepancy.resolvedBy,
  reopening:
    discrepancy.reopeningBy === null
      ? null
      : {
          proposed_by: discrepancy.reopeningBy,
          proposed_at: time(discrepancy.reopeningAt),
          note: discrepancy.reopeningNote,
        },
  version: discrepancy.history.length,
  history: presentHistory(discrepancy.history),
})
