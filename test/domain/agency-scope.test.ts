import { expect, it } from 'vitest'
import { covers } from '../../src/domain/agency-scope.ts'

it.each([
  ['H56.12', 'H56.12', true],
  ['H56.12', 'H56.12.03', true],
  ['H56', 'H56.12.03', true],
  ['*', 'H56.12.03', true],
  ['*', 'H01', true],
  ['H56.12.03', 'H56.12', false],
  ['H56.12', 'H56.123', false],
  ['H56.12', 'H56.13', false],
  ['H56', 'H57', false],
  ['H56.', 'H56.12', false],
  ['H56.*', 'H56.12', false],
  ['h56', 'H56.12', false],
  ['', 'H56', false],
  ['', '', false],
  ['*', '', false],
])('the scope "%s" of the agency "%s": %s', (scope, agency, covered) => {
  expect(covers(scope, agency)).toBe(covered)
})
