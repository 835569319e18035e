// Which things the screens of the console name in their addresses.
import { thing } from './attack.ts'
import type { Holding } from './holding.ts'

/** What the parameters of each screen's path name. */
export const named: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/orders/:id': { id: 'order.paid' },
  '/orders/:id/refund': { id: 'order.paid' },
  '/orders/:id/receipt': { id: 'order.paid' },
  '/orders/:id/evidence': { id: 'order.paid' },
  '/statements/drafts/:id': { id: 'draft' },
  '/statements/:id/problems.csv': { id: 'statement.faulty' },
  '/statements/:id': { id: 'statement' },
  '/reconciliations/:id': { id: 'reconciliation' },
  '/reconciliations/:id/items/:item': { id: 'reconciliation', item: 'item' },
  '/reports/:name': { name: '=collections' },
  '/reports/:name/file': { name: '=collections' },
  '/accounts/:id': { id: 'account' },
  '/agencies/:code': { code: 'agency.child' },
  '/fees/:id': { id: 'fee' },
  '/clients/:id': { id: 'client' },
  '/webhooks/:id': { id: 'endpoint' },
  '/discrepancies/:id': { id: 'discrepancy.toRead' },
  '/quarantine/:id': { id: 'quarantine' },
  '/refunds/:id': { id: 'refund.toApprove' },
  '/disputes/:id': { id: 'dispute.toClose' },
  '/tracing/:id': { id: 'tracing' },
  '/tracing/:id/evidence': { id: 'tracing' },
  '/tracing/:id/evidence.json': { id: 'tracing' },
  '/periods/:account/:day': { account: 'account', day: '=2026-11-19' },
  '/periods/:account/:day/close.jws': { account: 'account', day: '=2026-11-19' },
  '/periods/:account/:day/close.json': { account: 'account', day: '=2026-11-19' },
  '/receipts/:id': { id: 'receipt' },
}
export const pathOf = (path: string, holding: Holding): string =>
  Object.entries(named[path] ?? {}).reduce(
    (text, [name, what]) => text.replace(`:${name}`, what.startsWith('=') ? what.slice(1) : thing(holding, what)),
    path,
  )
