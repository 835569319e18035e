/**
 * What a match promises, as predicates over the rows themselves: whoever reads the stored files again can see whether each link still holds. Nothing here shares a
 * line with store/reconcile, which made the links in SQL.
 */
import { foldReference } from '../lib/text.ts'
import { businessDay } from '../lib/time.ts'
import {
  captureHashes,
  type HiddenFact,
  hidesMoney,
  type KnownFact,
  type MatchedItem,
  type MatchRow,
  refundHashes,
  transferHashes,
} from './match-evidence.ts'
import type { PayoutProof } from './present-reconciliation.ts'
import { expectedProviderFee, feeSplit, type ProviderTariff } from './provider-fee.ts'
import { holdsName, holdsNumber, holdsPart, isAmongWords, isPart, isSameNumber, wordsOf } from './row-texts.ts'
import { expectedOn, type SettlementCalendar } from './settlement-due.ts'
import { workingDaysBetween } from './working-days.ts'

/** Everything that a matched item is about, read anew. */
export type MatchEvidence = {
  item: MatchedItem
  /** The row of the file. */
  row: MatchRow
  /** Our references of the attempt and of the refund; null where the item names none, or it is gone. */
  attemptReference: string | null
  refundReference: string | null
  attemptAmount: bigint | null
  /** What sources of truth have told of the attempt, in order of arrival. */
  facts: readonly KnownFact[]
  /** Of an item without money of ours: what there is of its attempt or refund, and of what its row names. */
  hidden: readonly HiddenFact[]
  /** By which the run worked out when a line was due; null when that is not known any more. */
  settlement: SettlementCalendar | null
  /** By which the run priced its lines; null when the contract's tariff was not known. */
  tariff: ProviderTariff | null
  /** Of a fee line: what that tariff gives for the captures of its payout in the files. */
  contractFees: bigint
  /** Of a row that names nothing: how many such rows its day and amount have, and whether another payment of ours could be meant. */
  alike: { rows: number; hasOther: boolean }
}

type Rule = { promise: string; holds: (evidence: MatchEvidence) => boolean }

/** Why a row and what we know belong together, by the proof's rule without `+amount`. */
export const linkRules: Readonly<Record<string, Rule>> = {
  reference: {
    promise: 'the row carries our reference',
    holds: ({ item, row, attemptReference, refundReference }) =>
      item.source === 'bank'
        ? attemptReference !== null &&
          wordsOf(row).some((word) => word.toLowerCase() === attemptReference.toLowerCase())
        : row.merchantReference !== null &&
          row.merchantReference === (item.refundId ? refundReference : attemptReference),
  },
  'reference~normalised': {
    promise: 'what is left of our reference without case, marks and signs is what the row says',
    holds: (evidence) => {
      const [said, ours] = [
        foldReference(evidence.row.merchantReference ?? ''),
        foldReference(ownReference(evidence) ?? ''),
      ]
      return ours !== '' && said === ours
    },
  },
  'reference~truncated': {
    promise: 'the row says the head or the tail of our reference',
    holds: (evidence) => {
      const [said, ours] = [
        foldReference(evidence.row.merchantReference ?? ''),
        foldReference(ownReference(evidence) ?? ''),
      ]
      return isPart(said, ours)
    },
  },
  'reference~embedded': {
    promise: 'our reference stands among other words of the row',
    holds: (evidence) =>
      isAmongWords(evidence.row.merchantReference ?? evidence.row.providerReference, ownReference(evidence)),
  },
  'provider_reference~normalised': {
    promise: 'what is left of the provider’s reference without case, marks and signs is what the row says',
    holds: (evidence) => {
      const [said, theirs] = [
        foldReference(evidence.row.providerReference ?? ''),
        foldReference(theirReference(evidence) ?? ''),
      ]
      return evidence.row.merchantReference === null && theirs !== '' && said === theirs
    },
  },
  'provider_reference~truncated': {
    promise: 'the row says the head or the tail of the provider’s reference',
    holds: (evidence) => {
      const [said, theirs] = [
        foldReference(evidence.row.providerReference ?? ''),
        foldReference(theirReference(evidence) ?? ''),
      ]
      return evidence.row.merchantReference === null && isPart(said, theirs)
    },
  },
  'provider_reference~embedded': {
    promise: 'the provider’s reference stands among other words of the row',
    holds: (evidence) =>
      evidence.row.merchantReference === null && isAmongWords(evidence.row.providerReference, theirReference(evidence)),
  },
  provider_reference: {
    promise: 'the row carries the provider’s reference, and no other of ours',
    holds: ({ item, row, attemptReference }) =>
      item.captureReference !== null &&
      (item.source === 'bank'
        ? row.bankReference === item.captureReference
        : row.providerReference === item.captureReference &&
          (row.merchantReference === null || (item.refundId !== null && row.merchantReference === attemptReference))),
  },
  payment_reference: {
    promise: 'the row carries our reference of the payment that is refunded',
    holds: ({ item, row, attemptReference }) => item.refundId !== null && row.merchantReference === attemptReference,
  },
  day: {
    promise: 'the row has no reference, and the only payment of its day and amount is this one',
    holds: ({ row, alike }) =>
      row.merchantReference === null && row.providerReference === null && alike.rows <= 1 && !alike.hasOther,
  },
  fee: {
    promise: 'the row is the provider fees that the contract gives, and nothing else',
    holds: ({ row, contractFees }) => row.lineType === 'fee' && (isIdle(row) || absolute(row.amount) === contractFees),
  },
  adjustment: { promise: 'the row moves nothing', holds: ({ row }) => row.lineType === 'adjustment' && isIdle(row) },
  none: {
    promise: 'neither side saw money',
    holds: (evidence) =>
      evidence.item.source === 'provider' &&
      evidence.item.amountHere === null &&
      evidence.row.status !== 'success' &&
      !isHiding(evidence),
  },
  payout_reference: {
    promise: 'the row names each payout: one of them as it is written',
    holds: ({ item, row }) =>
      item.payoutReferences.some((name) => row.bankReference === name || wordsOf(row).includes(name)) &&
      item.payoutReferences.every((name) => holdsName(row, name)),
  },
  'payout_reference~normalised': {
    promise: 'what is left of each payout’s reference without case, marks and signs stands in the row',
    holds: ({ item, row }) =>
      item.payoutReferences.length > 0 && item.payoutReferences.every((name) => holdsName(row, name)),
  },
  'payout_reference~embedded': {
    promise: 'the payout’s reference stands inside a longer text of the row',
    holds: ({ item, row }) =>
      item.payoutReferences.length === 1 && item.payoutReferences.every((name) => holdsName(row, name)),
  },
  'payout_reference~truncated': {
    promise: 'the head or the tail of the payout’s reference stands in the row',
    holds: ({ item, row }) =>
      item.payoutReferences.length === 1 && item.payoutReferences.every((name) => holdsPart(row, name)),
  },
  transfer: {
    promise: 'the row carries the number of a refund by hand, or of one that the bank gave back',
    holds: ({ item, row }) =>
      item.proof.transfer !== undefined &&
      (isSameNumber(row.bankReference ?? '', item.proof.transfer) || holdsNumber(row, item.proof.transfer)),
  },
  window: {
    promise: 'the row comes within the payout’s days',
    holds: ({ item, row }) => item.proof.payouts?.length === 1 && isInWindow(item.proof.payouts, row),
  },
  'window+sum': {
    promise: 'the row comes within the days of each of its payouts',
    holds: ({ item, row }) => (item.proof.payouts?.length ?? 0) > 0 && isInWindow(item.proof.payouts, row),
  },
}

/** The first promise of a matched item that its row, or what we know, does not keep; null when all hold. */
export const brokenPromise = (evidence: MatchEvidence): string | null => {
  const { item, row } = evidence
  const changed = changedField(item, row)
  if (changed) return `${changed} is not what the file has`
  const due = dueOf(evidence)
  if (due !== undefined && item.expectedOn !== due) return `it was due on ${due}, the item has ${item.expectedOn}`
  if (item.proof.hashes[0] !== row.rowHash) return 'the hash of the proof is not that of the row'
  const [rule, isAmountEqual] = readRule(item.proof.rule)
  const link = Object.hasOwn(linkRules, rule) ? linkRules[rule] : undefined
  if (!link) return `there is no rule ${item.proof.rule}`
  if (!link.holds(evidence)) return `it is not so that ${link.promise}`
  if (isAmountEqual && (item.amountHere === null || item.amountHere !== row.amount))
    return `the amounts are ${item.amountHere} here and ${row.amount} there`
  return item.source === 'bank' ? brokenOfBank(evidence) : brokenOfProvider(evidence)
}

/** When the provider owed it: a payout with its last line, a line by the contract. Undefined when nothing says it. */
const dueOf = ({ item, row, settlement }: MatchEvidence): string | null | undefined => {
  if (item.source === 'bank')
    return (
      item.proof.payouts
        ?.map(({ expected_on }) => expected_on)
        .toSorted()
        .at(-1) ?? null
    )
  if (!settlement) return undefined
  return row.occurredAt ? expectedOn(settlement, row.occurredAt) : null
}

const readRule = (text: string): [string, boolean] =>
  text.endsWith('+amount') ? [text.slice(0, -'+amount'.length), true] : [text, false]

/** Members of the item that were copied from the row, or follow from the others. */
type Copied = readonly (readonly [
  string,
  (item: MatchedItem) => unknown,
  (row: MatchRow, item: MatchedItem) => unknown,
])[]
const copied: Copied = [
  ['amount_there', (item) => item.amountThere, (row) => row.amount],
  ['business_day', (item) => item.businessDay, (row) => row.businessDay],
  ['value_date', (item) => item.valueDate, (row) => row.valueDate],
]
const copiedFromProvider: Copied = [
  ['merchant_reference', (item) => item.merchantReference, (row) => row.merchantReference],
  ['provider_reference', (item) => item.providerReference, (row) => row.providerReference],
  ['payout_reference', (item) => item.payoutReference, (row) => row.payoutReference],
  ['bank_reference', (item) => item.bankReference, () => null],
  ['payout_references', (item) => item.payoutReferences.length, () => 0],
]
const copiedFromBank: Copied = [
  ['bank_reference', (item) => item.bankReference, (row) => row.bankReference],
  ['provider_reference', (item) => item.providerReference, (_, item) => item.captureReference],
  [
    'payout_reference',
    (item) => item.payoutReference,
    (_, { payoutReferences: [first, ...more] }) => (more.length === 0 ? (first ?? null) : null),
  ],
]

const changedField = (item: MatchedItem, row: MatchRow): string | null =>
  [...copied, ...(item.source === 'bank' ? copiedFromBank : copiedFromProvider)].find(
    ([, ofItem, shouldBe]) => ofItem(item) !== shouldBe(row, item),
  )?.[0] ?? null

const brokenOfProvider = (evidence: MatchEvidence): string | null => {
  const { item, row, tariff } = evidence
  if (row.lineType === 'fee' || row.lineType === 'adjustment') return brokenOther(evidence)
  if (row.lineType === 'refund') return brokenRefund(evidence)
  if (item.amountHere === null) return brokenNothing(evidence, 'the file says that money came')
  if (row.status !== 'success') return `the row is ${row.status}`
  const ours = ourSide(evidence, captureHashes)
  if (ours) return ours
  const { providerFeeHere, providerFeeThere } = item
  const listed = row.providerFee ?? (row.netAmount === null ? null : row.amount - row.netAmount)
  if (providerFeeThere !== listed) return `the provider fee is ${listed} in the file, ${providerFeeThere} in the item`
  const expected = tariff && expectedProviderFee(tariff, row.amount)
  if (providerFeeHere !== expected) return `the contract’s provider fee is ${expected}, the item has ${providerFeeHere}`
  if (listed !== null && expected !== null && listed !== expected)
    return `the provider fee is ${expected} by the contract and ${listed} in the file`
  return brokenArithmetic(row, tariff)
}

/** Of a fee or an adjustment nothing of ours is the other side, but what the contract gives. */
const brokenOther = ({ item, row, contractFees }: MatchEvidence): string | null => {
  if (item.attemptId !== null || item.refundId !== null || item.amountHere !== null) return 'it is no payment of ours'
  const [here, there] = row.lineType === 'fee' ? [contractFees, absolute(row.amount)] : [null, null]
  if (item.providerFeeThere !== there)
    return `the provider fee is ${there} in the file, ${item.providerFeeThere} in the item`
  // What an idle line says of the contract's fees was once those of its own days alone.
  const isFree = row.lineType === 'fee' && isIdle(row)
  return isFree || item.providerFeeHere === here
    ? null
    : `the contract’s provider fee is ${here}, the item has ${item.providerFeeHere}`
}

/** `gross − fee − VAT = net`, where the file has a net. */
const brokenArithmetic = (row: MatchRow, tariff: ProviderTariff | null): string | null => {
  if (row.netAmount === null || row.providerFee === null) return null
  const { fee, vat } = feeSplit(tariff, row.amount, row.providerFee)
  if (row.amount - fee - vat === row.netAmount) return null
  if (tariff?.netted !== true && row.netAmount === row.amount) return null
  return `${row.amount} - ${fee} - ${vat} is not ${row.netAmount}`
}

const brokenRefund = (evidence: MatchEvidence): string | null => {
  const { item, row } = evidence
  if (item.amountHere === null) return brokenNothing(evidence, 'the file says that money went back')
  if (row.status !== 'success') return `the row is ${row.status}`
  if ((row.providerFee ?? 0n) !== 0n) return 'a refund carries no provider fee'
  if (item.providerFeeThere !== 0n || item.providerFeeHere !== 0n)
    return `a refund carries no provider fee, the item has ${item.providerFeeThere} and ${item.providerFeeHere}`
  if (row.netAmount !== null && row.netAmount !== -row.amount) return `0 - ${row.amount} is not ${row.netAmount}`
  return ourSide(evidence, refundHashes)
}

/** What we knew: some state of the facts has the hash of the proof, and was on the day of the row. */
const ourSide = (evidence: MatchEvidence, hashes: typeof captureHashes): string | null => {
  const { item, row } = evidence
  const hash = item.proof.hashes[1]
  const known = hashes(evidence).find((each) => each.hash === hash)
  if (!known) return 'the facts about our money give another hash'
  if (item.source === 'provider' && known.reference !== item.captureReference)
    return `the facts say ${known.reference}, the item has ${item.captureReference}`
  if (known.amount !== item.amountHere) return `the facts say ${known.amount}, the item has ${item.amountHere}`
  const day = businessDay(known.occurredAt)
  return item.source === 'provider' && day !== row.businessDay
    ? `the money moved on ${day}, the row is of ${row.businessDay}`
    : null
}

const brokenOfBank = (evidence: MatchEvidence): string | null => {
  const { item, row } = evidence
  const { payouts = [], hashes, team } = item.proof
  if (item.providerFeeHere !== null || item.providerFeeThere !== null) return 'a row of the bank has no provider fee'
  if (item.proof.transfer !== undefined)
    return item.refundId !== null && item.merchantReference !== evidence.refundReference
      ? `our reference is ${evidence.refundReference}, the item has ${item.merchantReference}`
      : ourSide(evidence, transferHashes)
  const ours = payouts.length === 0 ? evidence.attemptReference : null
  if (item.merchantReference !== ours) return `our reference is ${ours}, the item has ${item.merchantReference}`
  if (payouts.length === 0) return item.captureReference === null ? 'it pays nothing' : ourSide(evidence, captureHashes)
  if (item.captureReference !== null || item.attemptId !== null) return 'it is a payout and a payment at once'
  const names = [...new Set(payouts.map(({ reference }) => reference))].toSorted()
  if (names.join('\n') !== item.payoutReferences.toSorted().join('\n'))
    return 'the payouts of the proof are others than the item’s'
  if (payouts.some((payout, index) => payout.hash !== hashes[index + 1]) || hashes.length !== payouts.length + 1)
    return 'the hashes of the payouts are not those of the proof'
  for (const { reference, gross, fee, net } of payouts)
    if (BigInt(gross) - BigInt(fee) !== BigInt(net)) return `${gross} - ${fee} is not ${net} for ${reference}`
  const owed = payouts.reduce((sum, { net }) => sum + BigInt(net), 0n)
  if (!team) return owed === row.amount ? null : `the payouts come to ${owed}, the row is ${row.amount}`
  return team.paid === team.net ? null : `the rows together are ${team.paid}, the payouts ${team.net}`
}

/** Neither side saw money: the row says so, and whatever of ours it could be about had not been told when the run read both. */
const brokenNothing = (evidence: MatchEvidence, said: string): string | null => {
  const { item, row, tariff } = evidence
  if (row.status === 'success') return said
  if (isHiding(evidence)) return 'the facts tell of money that the item does not have'
  const [here, there] = row.lineType === 'refund' ? [0n, row.providerFee ?? 0n] : [tariff ? 0n : null, row.providerFee]
  return item.providerFeeHere === here && item.providerFeeThere === there
    ? null
    : `the provider fee is ${there} in the file and ${here} by the contract, the item has ${item.providerFeeThere} and ${item.providerFeeHere}`
}

const isHiding = ({ hidden, row, attemptReference }: MatchEvidence): boolean =>
  hidesMoney(hidden, { row, ours: attemptReference ?? row.merchantReference })

const ownReference = ({ item, attemptReference, refundReference }: MatchEvidence): string | null =>
  item.refundId ? refundReference : attemptReference

const theirReference = ({ item }: MatchEvidence): string | null => item.captureReference

const isIdle = ({ status, amount }: MatchRow): boolean => status !== 'success' || amount === 0n
const absolute = (amount: bigint): bigint => (amount < 0n ? -amount : amount)

/** Working days around a payout's expected day: those of domain/unreferenced-links.ts. */
const daysBefore = 2
const daysAfter = 10
export const isInWindow = (payouts: readonly PayoutProof[] | undefined, { valueDate }: MatchRow): boolean =>
  (payouts ?? []).every(
    ({ expected_on }) =>
      valueDate !== null &&
      workingDaysBetween(expected_on, valueDate) <= daysAfter &&
      workingDaysBetween(valueDate, expected_on) <= daysBefore,
  )
