// Where the tests' towns stand: on the run's own server, copied from its migrated template.
import { inject } from 'vitest'
import { groundOn } from '../../src/node/commands/simulate/ground.ts'
import type { Ground } from '../../src/simulation/town.ts'

export const testGround = (): Ground => groundOn(inject('testServer'))
