/** What the pipeline does for a route that declares `audit`: before the answer leaves, it is on record who gets it. */
import type { Caller } from '../domain/access.ts'
import { covers } from '../domain/agency-scope.ts'
import { type AuditAction, isPerson } from '../domain/audit.ts'
import { writeAudit } from '../flows/write-audit.ts'
import { isAuditedKind } from '../store/audit-log.ts'
import type { Answer, Circumstances, Received, Route } from './route.ts'

const jsonType = 'application/json'

/** Does nothing where nothing is declared, nothing left, or nobody has to be named. Throws what the database throws: then there is no answer. */
export const auditAnswer = async (
  route: Route,
  { received, around, caller, answer }: { received: Received; around: Circumstances; caller: Caller; answer: Answer },
): Promise<void> => {
  if (!route.audit || answer.status >= 400) return
  const format = formatOf(answer)
  const action = actionOf(route.audit, { isFile: format !== jsonType, caller })
  if (!action) return
  const { deps, requestId, clientAddress } = around
  const { object: name } = route.audit
  const kind = name === undefined ? undefined : route.objects?.[name]
  const id = name === undefined ? undefined : received.params[name]
  const { [name ?? '']: _, ...places } = received.params
  const asked = received.query.agency_code
  await writeAudit(deps, {
    ...{ scope: caller.agency, actor: caller.clientId, action, requestId, clientAddress },
    ...(id === undefined ? {} : { object: { id, kind: isAuditedKind(kind) ? kind : null } }),
    ...(asked !== undefined && covers(caller.agency, asked) ? { agencyCode: asked } : {}),
    ...(format === jsonType ? listed(answer, id === undefined) : { format }),
    query: { ...received.query, ...places },
  })
}

const actionOf = (
  { read, file, everybody }: NonNullable<Route['audit']>,
  { isFile, caller }: { isFile: boolean; caller: Caller },
): AuditAction | undefined => {
  if (isFile) return file
  return everybody || isPerson(caller.clientId) ? read : undefined
}

const formatOf = (answer: Answer): string => {
  if (!(answer instanceof Response)) return jsonType
  const [type = ''] = (answer.headers.get('content-type') ?? '').split(';')
  return type.trim().toLowerCase()
}

/** What a page showed, or what was made, by id. An answer that was written before is text, and is opened only here. */
const listed = (answer: Answer, isUnnamed: boolean): { shown?: string[]; rows?: number } => {
  if (answer instanceof Response) return {}
  const body: unknown = 'text' in answer ? JSON.parse(answer.text) : answer.json
  const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : null
  if (!Array.isArray(data)) return isUnnamed ? made(body) : {}
  const ids = data.flatMap((row: unknown) =>
    typeof row === 'object' && row !== null && 'id' in row && typeof row.id === 'string' ? [row.id] : [],
  )
  return { shown: ids, rows: data.length }
}

const made = (body: unknown): { shown?: string[] } => {
  const { id, client_id: client } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const name = client ?? id
  return typeof name === 'string' ? { shown: [name] } : {}
}
