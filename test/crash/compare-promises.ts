// What the gateway has told others against what the database holds: nothing that was acknowledged may be lost, and nothing may be there twice.
import type { Reader } from './books-here.ts'
import type { Promises } from './promises.ts'
import type { WebhookInbox } from './webhook-inbox.ts'

export type Kept = { findings: string[]; counts: Record<string, number> }

/** Each order, attempt, refund, cancellation, approval, file and run that somebody was told of. */
export const comparePromises = async (sql: Reader, promises: Promises): Promise<Kept> => {
  const findings = [...promises.changedAnswers.map((what) => `another answer to the same key: ${what}`)]
  const { orders, attempts, refunds, cancelled, approved, statements, runs } = promises
  const stored = await sql`select id, amount, status, metadata ->> 'key' as key from orders where metadata ? 'key'`
  const byKey = Map.groupBy(stored, (row) => String(row.key))
  for (const [key, told] of orders) {
    const rows = byKey.get(key) ?? []
    if (rows.length !== 1) findings.push(`order of ${key}: there are ${rows.length}`)
    else if (rows[0]?.id !== told.id || rows[0]?.amount !== told.amount)
      findings.push(`order of ${key}: not as it was told`)
  }
  for (const [key, rows] of byKey)
    if (rows.length > 1 && !orders.has(key)) findings.push(`order of ${key}: there are ${rows.length}`)
  const kept = await sql`select id, order_id, merchant_reference from attempts`
  const byAttempt = new Map(kept.map((row) => [String(row.id), `${row.order_id} ${row.merchant_reference}`]))
  for (const [id, { order, reference }] of attempts)
    if (byAttempt.get(id) !== `${order} ${reference}`) findings.push(`attempt ${id}: not as it was told`)
  const asked = Map.groupBy(await sql`select id, reason, status from refunds where source = 'order'`, (row) =>
    String(row.reason),
  )
  for (const [key, id] of refunds)
    if (asked.get(key)?.length !== 1 || asked.get(key)?.[0]?.id !== id)
      findings.push(`${key}: there are ${asked.get(key)?.length ?? 0} refunds`)
  const states = new Map(stored.map((row) => [String(row.id), String(row.status)]))
  for (const order of cancelled)
    if (!['cancelled', 'paid'].includes(states.get(order) ?? ''))
      findings.push(`cancelled ${order} is ${states.get(order)}`)
  const decided = new Set(
    (
      await sql`select id from refunds where decided_by is not null and status not in ('proposed', 'requested', 'rejected')`
    ).map((row) => String(row.id)),
  )
  for (const refund of approved) if (!decided.has(refund)) findings.push(`approved refund ${refund} is not approved`)
  const imported = await sql`select id from statements where status = 'imported'`
  findings.push(...missing(statements, imported, 'statement is not imported'))
  const completed = await sql`select id from reconciliations where status = 'completed'`
  findings.push(...missing(runs, completed, 'reconciliation is not completed'))
  return {
    findings,
    counts: {
      orders: orders.size,
      attempts: attempts.size,
      refunds: refunds.size,
      cancellations: cancelled.size,
      approvals: approved.size,
      statements: statements.size,
      reconciliations: runs.size,
    },
  }
}

const missing = (told: ReadonlySet<string>, rows: readonly { id?: unknown }[], what: string): string[] => {
  const ids = new Set(rows.map(({ id }) => String(id)))
  return [...told].filter((id) => !ids.has(id)).map((id) => `${id}: ${what}`)
}

/** Every event behind the endpoint's beginning was delivered and is in the feed, and nothing else was. */
export const compareWebhooks = async (
  sql: Reader,
  { inbox, feed, known }: { inbox: WebhookInbox; feed: readonly string[]; known: ReadonlySet<string> },
): Promise<Kept> => {
  const later = (ids: readonly string[]) => new Set(ids.filter((id) => !known.has(id)))
  const events = later((await sql`select id from events`).map((row) => String(row.id)))
  const heard = later([...inbox.received.keys()])
  const fed = later(feed)
  const { badSignatures, changed, repeated, messages } = inbox.tally
  const findings = [
    ...without(events, heard).map((id) => `${id}: no webhook came`),
    ...without(heard, events).map((id) => `${id}: a webhook of no event`),
    ...without(events, fed).map((id) => `${id}: is not in the feed`),
    ...without(fed, events).map((id) => `${id}: is in the feed and no event`),
  ]
  if (new Set(feed).size !== feed.length) findings.push('the feed lists an event twice')
  if (badSignatures > 0) findings.push(`${badSignatures} webhooks had a bad signature`)
  if (changed > 0) findings.push(`${changed} webhooks had another body when they came again`)
  return { findings, counts: { events: events.size, webhooks: heard.size, messages, repeated } }
}

const without = (all: ReadonlySet<string>, some: ReadonlySet<string>): string[] =>
  [...all].filter((id) => !some.has(id))
