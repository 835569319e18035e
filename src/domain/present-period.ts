/** Periods as callers see them. */
import { addDays, toRfc3339 } from '../lib/time.ts'
import type { CarriedLine, Hindrance, OpenLine } from './period.ts'

type Close = {
  id: string
  day: string
  fromDay: string | null
  version: number
  documentHash: string
  closedBy: string
  closedAt: Date
  countersignedBy: string | null
  countersignedAt: Date | null
}

type WholeClose = Close & {
  merchantAccountId: string
  document: string
  signature: string
  countersignature: string | null
  reopenedBy: string | null
  reopenedAt: Date | null
  reopenReason: string | null
}

/** The period of a day, from the closes that cover it, the one that holds or else the newest first. */
export const presentPeriod = (name: { merchantAccountId: string; day: string }, closes: readonly WholeClose[]) => {
  const [close] = closes
  const isClosed = close !== undefined && close.reopenedAt === null
  return {
    merchant_account: name.merchantAccountId,
    day: name.day,
    status: isClosed ? 'closed' : 'open',
    close: close ? presentClose(close) : null,
    versions: closes.map((each) => ({ id: each.id, ...head(each), ...reopening(each) })),
  }
}

const presentClose = (close: WholeClose) => ({
  id: close.id,
  covers: { from: close.fromDay, to: close.day },
  ...head(close),
  ...reopening(close),
  document: JSON.parse(close.document),
  signature: close.signature,
  countersignature: close.countersignature,
})

const head = (close: Close) => ({
  version: close.version,
  sha256: close.documentHash,
  closed_by: close.closedBy,
  closed_at: toRfc3339(close.closedAt),
  countersigned_by: close.countersignedBy,
  countersigned_at: close.countersignedAt && toRfc3339(close.countersignedAt),
})

const reopening = (close: Pick<WholeClose, 'reopenedBy' | 'reopenedAt' | 'reopenReason'>) => ({
  reopened_by: close.reopenedBy,
  reopened_at: close.reopenedAt && toRfc3339(close.reopenedAt),
  reopen_reason: close.reopenReason,
})

/** One row for each day, whether it is closed, and by which close; `closes` are those that hold, in order. */
export const presentDays = (
  { from, to }: { from: string; to: string },
  closes: readonly Close[],
  reopenedDays: readonly string[],
) => {
  const rows = []
  for (let day = from; day <= to; day = addDays(day, 1)) {
    const close = closes.find((each) => each.day >= day && (each.fromDay === null || each.fromDay <= day))
    rows.push({
      day,
      status: close ? 'closed' : 'open',
      reopened: !close && reopenedDays.includes(day),
      close: close ? { id: close.id, day: close.day, ...head(close) } : null,
    })
  }
  return rows
}

type Gate = {
  covers: { from: string | null; to: string }
  hindrances: readonly Hindrance[]
  lines: {
    count: number
    first: readonly OpenLine[]
    carried: readonly OpenLine[]
    notDue: { count: number; amount: bigint }
  }
  former: ReadonlyMap<string, Pick<CarriedLine, 'reason' | 'carriedBy' | 'since'>>
  /** The orders of the lines that have one. */
  orders: ReadonlyMap<string, string>
  sums: { entries: number; totals: Readonly<Record<string, bigint>> }
}

/** What keeps a day open; null is the gate of a day that is closed. */
export const presentGate = (
  { merchantAccountId, day, ended }: { merchantAccountId: string; day: string; ended: boolean },
  gate: Gate | null,
) => ({
  merchant_account: merchantAccountId,
  day,
  status: gate ? 'open' : 'closed',
  ended,
  closable: gate !== null && ended && gate.hindrances.length + gate.lines.count === 0,
  covers: gate?.covers ?? null,
  hindrances: [...(gate?.hindrances ?? [])],
  open_lines: gate?.lines.count ?? 0,
  lines: (gate?.lines.first ?? []).map((line) => ({ ...line, order: gate?.orders.get(line.id) ?? null })),
  carried: (gate?.lines.carried ?? []).flatMap((line) => {
    const said = gate?.former.get(line.id)
    const order = gate?.orders.get(line.id) ?? null
    return said ? [{ ...line, order, reason: said.reason, carried_by: said.carriedBy, since: said.since }] : []
  }),
  not_due: gate?.lines.notDue ?? { count: 0, amount: 0n },
  ledger: gate?.sums ?? { entries: 0, totals: {} },
})
