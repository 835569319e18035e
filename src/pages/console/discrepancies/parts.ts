/** What every part of one discrepancy's page is given. */
import type { People } from '../people.tsx'
import type { Choice } from '../pick.ts'
import type { Visit } from '../screen.ts'
import type { Discrepancy, Policy } from './shapes.ts'

export type Parts = {
  visit: Visit
  found: Discrepancy
  policy: Policy | null
  people: People
  accounts: readonly Choice[]
}
