/** The lists of hosts that bind an agency: its own and those of the agencies above it. All of them must allow an address. */
import { codesAbove } from '../domain/agency-scope.ts'
import type { HostList } from '../domain/outgoing-hosts.ts'
import { findBindingLists } from '../store/outgoing-hosts.ts'
import type { Deps } from './deps.ts'

export const findHostLists = (deps: Pick<Deps, 'db'>, agencyCode: string): Promise<readonly HostList[]> =>
  findBindingLists(deps.db, [...codesAbove(agencyCode), agencyCode])
