// Receipts that follow a payment at once: one after another in each process, behind the answer to whoever brought the money.
import type { SealedBox } from '../lib/sealed-box.ts'
import type { Database } from '../store/database.ts'
import type { Deps } from './deps.ts'
import { issueReceipts } from './issue-receipts.ts'

/** What is asked for beyond this is left to the jobs. */
const lineMax = 200

/** Those whose receipts wait, by the connections that they are issued on. */
const lines = new WeakMap<Database, Map<string, Deps>>()

/**
 * Issues after the answer, one order at a time: a series' numbers are taken under one lock, and a hundred who wait for it together hold the connections that the next payments
 * need. What fails, and what finds the line full, is done by the jobs.
 */
export const issueReceiptsLater = (deps: Deps, orderId: string): void => {
  const waiting = lines.get(deps.db)
  if (waiting && waiting.size >= lineMax) return
  markExpected(deps, orderId)
  if (waiting) {
    waiting.set(orderId, deps)
    return
  }
  const line = new Map([[orderId, deps]])
  lines.set(deps.db, line)
  deps.defer(issueInLine(deps.db, line))
}

const issueInLine = async (db: Database, line: Map<string, Deps>): Promise<void> => {
  // Visits those too who come meanwhile.
  for (const [orderId, deps] of line) {
    await issueReceipts(deps, orderId).catch((error: unknown) =>
      deps.log.error({ order: orderId, error }, 'receipt not issued'),
    )
    line.delete(orderId)
    expected.get(deps.box)?.delete(orderId)
  }
  lines.delete(db)
}

/** When each came, by process: background work has connections, and so a line, of its own. */
const expected = new WeakMap<SealedBox, Map<string, number>>()
/** A line that stands still, or that a runtime ended with its request, is not waited for any longer. Who is tried by both has one receipt all the same. */
const patienceMs = 10_000
const expectedMax = 1_000

const markExpected = ({ box, now }: Deps, orderId: string): void => {
  const known = expected.get(box) ?? new Map<string, number>()
  expected.set(box, known)
  if (known.size >= expectedMax) known.clear()
  known.set(orderId, now().getTime())
}

/** Whether this process is about to issue an order's receipts anyway. */
export const isAboutToIssue = ({ box, now }: Deps, orderId: string): boolean => {
  const cameAt = expected.get(box)?.get(orderId)
  return cameAt !== undefined && Math.abs(now().getTime() - cameAt) < patienceMs
}
