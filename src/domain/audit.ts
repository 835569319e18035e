/**
 * What is written down about reading: who saw whose data, and what left as a file. Deeds have their own records (events, histories); this one is of what leaves no other
 * trace. A portal's own client that reads an order is no reading by anybody: the portal has its own record of who looked. A person of an issuer is, whatever the role;
 * what leaves as a file, programs and addresses that are let in to data, catalogues that are imported, the raw evidence of a payment, who gets a refund by hand and this record itself are written down whoever asks (purpose and minimum of personal data: Luật 91/2025/QH15).
 */

/** Names are kept in rows for ever: they are added to, never changed. */
export const auditActions = [
  'order.read',
  'orders.found',
  'bill.read',
  'timeline.read',
  'events.read',
  'evidence.read',
  'refund.read',
  'refunds.found',
  'refund_payee.read',
  'discrepancy.read',
  'discrepancies.found',
  'dispute.read',
  'disputes.found',
  'receipt.read',
  'receipt.exported',
  'receipts.found',
  'tracing.read',
  'quarantine.read',
  'quarantine.found',
  'report.read',
  'report.exported',
  'statement_problems.exported',
  'statement_draft.read',
  'reconciliation_item.read',
  'period.exported',
  'ledger_seals.exported',
  'audit.read',
  'audit.exported',
  'hold.placed',
  'hold.released',
  'client.added',
  'catalogue.imported',
  'webhook_endpoint.added',
  'session.opened',
  'session.refused',
  'session.ended',
] as const

export type AuditAction = (typeof auditActions)[number]

/** Somebody whom an issuer told us of has a subject, as `issuer#subject`; our own clients have none. */
export const isPerson = (actor: string): boolean => actor.includes('#')

/** As much of an address as tells one network from another, and no more: /24 of IPv4, /48 of IPv6. */
export const maskAddress = (address: string): string | null => {
  const [, v4] = /^(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/i.exec(address) ?? []
  if (v4) return `${v4}.0`
  if (!/^[0-9a-f:]{2,39}$/i.test(address) || !address.includes(':')) return null
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  return `${[...groups, ...Array.from({ length: Math.max(0, missing) }, () => '0')].slice(0, 3).join(':')}::`
}

/** Parameters of a search that are themselves personal data: that they were given is kept, and not what they were. */
const personalParameters = ['payer_name']
const parameterMax = 100

/** What was asked for, as far as it may be kept; cursors say nothing. */
export const auditedQuery = (query: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(query)
      .filter(([name]) => name !== 'cursor' && name !== 'limit')
      .map(([name, value]) => [name, personalParameters.includes(name) ? '•••' : value.slice(0, parameterMax)]),
  )
