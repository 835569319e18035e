/** The programs that call the gateway, as a file names them. A secret exists once: it is handed on before the next program is added. */
import type { Scope } from '../../domain/access.ts'
import { type Change, type Fault, type Placed, repeated, type Step, stepOf } from '../../domain/set-up/step.ts'
import { listAgencies } from '../../store/agencies.ts'
import { listClients } from '../../store/clients.ts'
import { addClient } from '../add-client.ts'
import type { Deps } from '../deps.ts'
import { writeAudit } from '../write-audit.ts'
import { entriesMax, operator } from './operator.ts'

export type ClientEntry = { name: string; agencyCode: string; scopes: readonly Scope[]; expiresAt: Date | null }
export type NewSecret = { name: string; agency_code: string; client_id: string; client_secret: string }

type ClientsFile = {
  file: string
  rows: readonly Placed<ClientEntry>[]
  isDry: boolean
  coming?: readonly string[]
  keep: (secret: NewSecret) => Promise<void>
}

export const enterClients = async (
  deps: Deps,
  { file, rows, isDry, coming = [], keep }: ClientsFile,
): Promise<Step> => {
  const agencies = await listAgencies(deps.db, operator, { after: null, limit: entriesMax })
  const codes = new Set([...agencies.map(({ agencyCode }) => agencyCode), ...coming])
  const clients = (await listClients(deps.db, operator, { after: null, limit: entriesMax })).filter(
    ({ revokedAt }) => revokedAt === null,
  )
  const keyOf = ({ agencyCode, name }: Pick<ClientEntry, 'agencyCode' | 'name'>) => `${agencyCode} ${name}`
  const known = new Map(clients.map((client) => [keyOf(client), client]))
  const fault = (line: number, column: string, reason: string): Fault => ({ file, line, column, reason })
  const faults = [
    ...repeated(rows, keyOf).map(({ line, before }) => fault(line, 'name', `is in line ${before} already`)),
    ...rows.flatMap(({ line, value }) => [
      ...(codes.has(value.agencyCode) ? [] : [fault(line, 'agency_code', 'there is no such agency')]),
      ...(isOther(known.get(keyOf(value))?.scopes, value.scopes)
        ? [
            fault(
              line,
              'scopes',
              'differ from those that the program has: revoke it (DELETE /v1/clients/{client_id}) and add it anew',
            ),
          ]
        : []),
    ]),
  ]
  if (faults.length > 0) return stepOf(file, { faults })
  const added = rows.filter(({ value }) => !known.has(keyOf(value)))
  for (const { value } of isDry ? [] : added) await add(deps, value, keep)
  const changes = added.map(
    ({ value }): Change => ({ what: 'add', name: keyOf(value), detail: value.scopes.join(' ') }),
  )
  return stepOf(file, { changes, unchanged: rows.length - added.length })
}

const isOther = (was: readonly string[] | undefined, is: readonly string[]): boolean =>
  was !== undefined && was.toSorted().join() !== is.toSorted().join()

const add = async (deps: Deps, entry: ClientEntry, keep: ClientsFile['keep']): Promise<void> => {
  const { body } = await addClient(deps, operator, { ...entry, jwks: null, key: null, body: {} })
  const { client_id, client_secret } = JSON.parse(body) as { client_id: string; client_secret: string }
  await keep({ name: entry.name, agency_code: entry.agencyCode, client_id, client_secret })
  // Whoever has this machine needs no token, but what is let in is on record all the same.
  await writeAudit(deps, {
    ...{
      scope: operator.agency,
      actor: operator.clientId,
      action: 'client.added',
      requestId: 'cli',
      clientAddress: '',
    },
    agencyCode: entry.agencyCode,
    object: { id: client_id, kind: null },
  })
}
