/** Whoever has the machine and its keys: the caller of what an installation is made with. */
import type { Caller } from '../../domain/access.ts'
import { systemScope } from '../../domain/agency-scope.ts'

export const operator: Caller = { clientId: 'cli', agency: systemScope, scopes: ['admin'], tokenId: 'cli' }

/** Everything that one installation has of a kind: a file cannot name more. */
export const entriesMax = 20_000
