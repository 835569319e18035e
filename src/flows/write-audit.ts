/** Writes down who read what. Whoever answers waits for it: nothing leaves that is not on record. */
import { type AuditAction, auditedQuery, maskAddress } from '../domain/audit.ts'
import { type AuditedKind, insertAudit, type NewAuditRow } from '../store/audit-log.ts'
import type { Deps } from './deps.ts'

export type Audited = {
  /** The part of the tree that the actor speaks for. */
  scope: string
  actor: string
  action: AuditAction
  requestId: string
  clientAddress: string
  /** Whose data it is, where no object says so; the actor's own part of the tree unless given. */
  agencyCode?: string
  object?: { id: string; kind: AuditedKind | null }
  shown?: readonly string[]
  rows?: number
  format?: string
  query?: Readonly<Record<string, string>>
}

/** So many of a list's ids are kept: no page is longer. */
const shownMax = 1_000

export const writeAudit = async (deps: Pick<Deps, 'db' | 'now' | 'newId'>, audited: Audited): Promise<void> => {
  await insertAudit(deps.db, audited.scope, auditRow(deps, audited))
}

/** What is written, for who commits more with it. */
export const auditRow = (deps: Pick<Deps, 'now' | 'newId'>, audited: Audited): NewAuditRow => {
  const { scope, actor, action, requestId, clientAddress, object, shown = [] } = audited
  return {
    ...{ id: deps.newId('aud'), at: deps.now(), actor, action, requestId },
    agencyCode: audited.agencyCode ?? scope,
    kind: object?.kind ?? null,
    object: object?.id ?? null,
    shown: shown.slice(0, shownMax),
    rows: audited.rows ?? null,
    format: audited.format ?? null,
    query: auditedQuery(audited.query ?? {}),
    address: maskAddress(clientAddress),
  }
}
