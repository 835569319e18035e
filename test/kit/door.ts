// The one door as a test goes through it: in its own process, or in another gateway that stands before the same database.
import { applyOutcome as applyHere, type DoorAnswer, type OutcomeInput } from '../../src/flows/apply-outcome.ts'
import type { TestDeps } from './deps.ts'
import { otherGateway } from './gateway-under-test.ts'

/** `isCutShort`: the last statement of the commit fails. */
export type Told = Pick<OutcomeInput, 'merchantAccountId' | 'outcome' | 'source'> & { isCutShort?: boolean }
export type Door = (deps: TestDeps, told: Told) => Promise<DoorAnswer>

export const applyOutcome: Door = (deps, told) => (otherGateway()?.door ?? here)(deps, told)

const here: Door = (deps, told) => applyHere(deps, applicationOf(told))

/** As the flow takes it. */
export const applicationOf = ({ isCutShort, ...application }: Told): OutcomeInput =>
  isCutShort ? { ...application, also: (sql) => [sql`select 1 / 0`] } : application
