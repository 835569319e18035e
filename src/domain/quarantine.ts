/** Quarantine: what was told genuinely of money that belongs to no payment of ours. */
import { toRfc3339 } from '../lib/time.ts'
import type { Candidate } from './candidates.ts'
import { presentHistory } from './history.ts'

export const quarantineKinds = ['unknown_reference', 'unknown_credit'] as const
export type QuarantineKind = (typeof quarantineKinds)[number]
export const quarantineStatuses = ['open', 'attributed', 'dismissed'] as const
export type QuarantineStatus = (typeof quarantineStatuses)[number]

/** What an entry suggests, as it is stored and shown: `Candidate` with the names and numbers of the wire. */
export type StoredCandidate = {
  attempt: string
  order: string
  dossier_code: string
  merchant_reference: string
  amount: number
  created_at: string
  score: number
  reasons: string[]
}

export type QuarantineEntry = {
  id: string
  agencyCode: string
  merchantAccountId: string
  provider: string
  kind: QuarantineKind
  outcome: 'captured' | 'refunded' | 'reversed'
  callbackId: string
  reference: string
  merchantReference: string | null
  providerReference: string | null
  amount: bigint
  text: string | null
  occurredAt: Date
  status: QuarantineStatus
  candidates: readonly StoredCandidate[]
  openedAt: Date
  entryId: string | null
  returnEntryId: string | null
  discrepancyId: string | null
  attemptId: string | null
  decidedBy: string | null
  decidedAt: Date | null
  note: string | null
  /** JSON texts, oldest first. */
  history: readonly string[]
}

/** Amounts of orders stay below 2^53 (domain/money.ts), so a number holds them. */
export const storeCandidate = (candidate: Candidate): StoredCandidate => ({
  attempt: candidate.attempt,
  order: candidate.order,
  dossier_code: candidate.dossierCode,
  merchant_reference: candidate.merchantReference,
  amount: Number(candidate.amount),
  created_at: toRfc3339(candidate.createdAt),
  score: candidate.score,
  reasons: candidate.reasons,
})

export const presentQuarantine = (entry: QuarantineEntry) => ({
  id: entry.id,
  kind: entry.kind,
  status: entry.status,
  agency_code: entry.agencyCode,
  merchant_account: entry.merchantAccountId,
  provider: entry.provider,
  callback: entry.callbackId,
  outcome: entry.outcome,
  merchant_reference: entry.merchantReference,
  provider_reference: entry.providerReference,
  amount: entry.amount,
  text: entry.text,
  occurred_at: toRfc3339(entry.occurredAt),
  candidates: [...entry.candidates],
  discrepancy: entry.discrepancyId,
  attempt: entry.attemptId,
  opened_at: toRfc3339(entry.openedAt),
  decided_by: entry.decidedBy,
  decided_at: entry.decidedAt ? toRfc3339(entry.decidedAt) : null,
  note: entry.note,
  history: presentHistory(entry.history),
})
