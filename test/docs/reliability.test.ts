// The counterexample that the page about reliability shows is the one that the model check finds.
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'
import { pageBlock, runInBash } from '../kit/blocks.ts'

test('a rule is left out, and the way to the fault is the one that stands there', { timeout: 120_000 }, async () => {
  const [typed = '', ...shown] = pageBlock('docs/reliability.md', 'npm run model').trim().split('\n')
  const command = typed.replace(/^\$ npm run /, 'npm run --silent ')
  const { code, out } = await runInBash(command, { cwd: packageRoot(), timeoutMs: 100_000 })
  const [world, ...told] = out.trim().split('\n')
  expect([code, world, told.pop()]).toEqual([
    1,
    expect.stringMatching(/^refunding: \d+ states/),
    expect.stringMatching(/1 broken/),
  ])
  expect(told).toEqual(shown)
})
