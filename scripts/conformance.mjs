// `npm run conformance`: runs the suite that every provider must pass, and the stories told of every simulated one, and prints provider × case. Exit 1 when a case
// fails, or when a provider passes fewer than 40 cases of the suite itself. `·` is a case that a protocol has no place for, for example a refund where there is none.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './bundle.mjs'

const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
const output = join(folder, 'report.json')
const files = ['test/providers/conformance.test.ts', 'test/stories', 'test/fuzz']
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
console.error(`Running ${files.join(', ')} …`)
const run = spawnSync(process.execPath, [vitest, 'run', ...files, '--reporter=json', `--outputFile=${output}`], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
})
const report = JSON.parse(readFileSync(output, 'utf8'))
rmSync(folder, { recursive: true })

const providers = new Set()
const cases = new Map()
const others = []
const suite = new Map()
for (const file of report.testResults) {
  for (const { ancestorTitles, title, status, failureMessages } of file.assertionResults) {
    // A case belongs to the provider that its group, or its title, is named after.
    const named = /^of (\w+): /.exec(title)
    const [group = '', sender] = (ancestorTitles.at(-1) ?? '').split(', told by ')
    const provider = named?.[1] ?? group
    const isOfProvider = named !== null || /^[a-z][a-z0-9]*$/.test(provider)
    if (!isOfProvider) {
      others.push({ title: [...ancestorTitles, title].join(' '), status, failureMessages })
      continue
    }
    providers.add(provider)
    const plain = named ? `${ancestorTitles.join(' ')}: ${title.slice(named[0].length)}` : title
    const name = sender ? `${plain} (told by ${sender})` : plain
    if (status === 'passed' && !sender && file.name.endsWith('conformance.test.ts'))
      suite.set(provider, (suite.get(provider) ?? 0) + 1)
    const row = cases.get(name) ?? new Map()
    row.set(provider, { status, failureMessages })
    cases.set(name, row)
  }
}

const marks = { passed: '✓', failed: '✗' }
const columns = [...providers].sort()
const heights = Math.max(...columns.map((name) => name.length))
for (let line = 0; line < heights; line += 1) console.log(columns.map((name) => name.padStart(heights)[line]).join(' '))
for (const [name, row] of cases)
  console.log(
    `${columns.map((provider) => (row.has(provider) ? (marks[row.get(provider).status] ?? '?') : '·')).join(' ')}  ${name}`,
  )

const failures = [
  ...[...cases].flatMap(([name, row]) =>
    [...row]
      .filter(([, { status }]) => status !== 'passed')
      .map(([provider, one]) => ({ title: `${provider}: ${name}`, ...one })),
  ),
  ...others.filter(({ status }) => status !== 'passed'),
]
for (const { title, failureMessages } of failures)
  console.log(`\nFAILED ${title}\n${(failureMessages[0] ?? '').slice(0, 600)}`)
for (const provider of columns) {
  const has = [...cases.values()].filter((row) => row.has(provider))
  console.log(
    `${provider}: ${has.filter((row) => row.get(provider).status === 'passed').length} of ${has.length} cases passed, ${suite.get(provider) ?? 0} of them in the suite`,
  )
}
console.log(`${cases.size} cases, ${columns.length} providers, ${failures.length} failed`)
const least = Math.min(...columns.map((provider) => suite.get(provider) ?? 0))
process.exitCode = failures.length === 0 && run.status === 0 && least >= 40 ? 0 : 1
