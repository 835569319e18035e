/** An agency says which hosts its webhook endpoints and merchant accounts, and those of the agencies below it, may name. */
import type { Caller } from '../domain/access.ts'
import { type HostList, hostsMax, readHostPattern } from '../domain/outgoing-hosts.ts'
import { Refusal } from '../domain/refusal.ts'
import { findAgency } from '../store/agencies.ts'
import { addList, type HostListVersion, listVersions } from '../store/outgoing-hosts.ts'
import type { Deps } from './deps.ts'
import { findHostLists } from './find-host-lists.ts'

/** `versions` are the agency's own, the newest first; `binding` is every list in force for it. */
export type OutgoingHosts = { versions: readonly HostListVersion[]; binding: readonly HostList[] }

const versionsMax = 50

/** Throws Refusal `not_found` for an agency that the caller does not cover. */
export const readOutgoingHosts = async (deps: Deps, caller: Caller, code: string): Promise<OutgoingHosts> => {
  if (!(await findAgency(deps.db, caller, code))) throw new Refusal('not_found', 'There is no such agency.')
  const [versions, binding] = await Promise.all([
    listVersions(deps.db, caller, { code, limit: versionsMax }),
    findHostLists(deps, code),
  ])
  return { versions, binding }
}

/**
 * Sets the agency's list; null takes it away, an empty one lets nothing be called. It holds from now on for what is entered, and within 10 s for what is sent: what was
 * entered before and is not on it any more is not called. Throws Refusal `not_found`, `invalid_input` for what is no host, `conflict`.
 */
export const setOutgoingHosts = async (
  deps: Deps,
  caller: Caller,
  { code, hosts }: { code: string; hosts: readonly string[] | null },
): Promise<OutgoingHosts> => {
  if (!(await findAgency(deps.db, caller, code))) throw new Refusal('not_found', 'There is no such agency.')
  const list = hosts && readHosts(hosts)
  const setBy = caller.clientId
  if (!(await addList(deps.db, caller, { agencyCode: code, hosts: list, setBy, setAt: deps.now() })))
    throw new Refusal('conflict', 'The list was changed at the same moment.')
  deps.log.info({ agency: code, by: setBy, hosts: list?.length ?? null }, 'outgoing hosts of an agency set')
  return readOutgoingHosts(deps, caller, code)
}

const readHosts = (hosts: readonly string[]): string[] => {
  if (hosts.length > hostsMax) throw wrong([{ pointer: '/hosts', message: `must name at most ${hostsMax} hosts` }])
  const read = hosts.map(readHostPattern)
  const wrongOnes = read.flatMap((host, index) =>
    host === null
      ? [
          {
            pointer: `/hosts/${index}`,
            message: 'must be a host such as portal.example.vn or *.example.vn, without scheme, port or path',
          },
        ]
      : [],
  )
  if (wrongOnes.length > 0) throw wrong(wrongOnes)
  return [...new Set(read.filter((host) => host !== null))].toSorted()
}

const wrong = (errors: { pointer: string; message: string }[]): Refusal =>
  new Refusal('invalid_input', `${errors[0]?.pointer} ${errors[0]?.message}.`, { errors })
