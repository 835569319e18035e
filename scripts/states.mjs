// `npm run states` writes docs/states.md and docs/vi/states.md from the tables of moves and rules that the code runs; with --check it only says which committed file is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundle, root } from './bundle.mjs'
import { english, vietnamese } from './states-words.mjs'

const load = async (entry) => import(pathToFileURL(await bundle(entry)).href)
const { orderMoves, attemptMoves, refundMoves } = await load('src/domain/states.ts')
const { doorGuards } = await load('src/domain/door-guards.ts')
const { orderGuards } = await load('src/domain/order-guards.ts')
const { refundGuards } = await load('src/domain/refund-guards.ts')
const { extensionGuards } = await load('src/domain/order-deadline.ts')

const machines = {
  order: { moves: orderMoves, begins: ['open', 'waived'] },
  attempt: { moves: attemptMoves, begins: ['created'] },
  refund: { moves: refundMoves, begins: ['proposed', 'requested', 'approved'] },
}
const rules = [
  ['src/domain/door-guards.ts', doorGuards],
  ['src/domain/order-guards.ts', orderGuards],
  ['src/domain/order-deadline.ts', { extend: extensionGuards }],
  ['src/domain/refund-guards.ts', refundGuards],
]
const pages = [
  ['docs/states.md', english],
  ['docs/vi/states.md', vietnamese(await load('src/pages/console/terms.ts'))],
].map(([path, words]) => ({ path, text: write(words, '../'.repeat(path.split('/').length - 1)) }))

if (process.argv.includes('--check')) {
  const stale = pages.filter(
    ({ path, text }) => !existsSync(fileOf(path)) || readFileSync(fileOf(path), 'utf8') !== text,
  )
  if (stale.length > 0)
    fail(`stale: ${stale.map(({ path }) => path).join(', ')}. Run "npm run states" and commit what it writes`)
  console.log(`up to date: ${pages.map(({ path }) => path).join(', ')}`)
} else {
  for (const { path, text } of pages) {
    writeFileSync(fileOf(path), text)
    console.log(`wrote ${path}`)
  }
}

function fileOf(path) {
  return join(root, path)
}

/** The page in these words; `up` leads from it to the project's root. */
function write(words, up) {
  return `<!-- Generated from the tables in src/domain by \`npm run states\`. Edit the tables, not this file. -->
${words.head}

${Object.keys(machines)
  .map((name) => draw(name, words))
  .join('\n\n')}

${words.rules}

${rules.map(([file, tables]) => listRules(file, tables, up)).join('\n')}
`
}

function draw(name, { titles, names, events: said }) {
  const { moves, begins } = machines[name]
  const named = names
    ? Object.keys(moves).map((state) => `  state "${wordOf(names, name, state)} (${state})" as ${state}`)
    : []
  const edges = Object.entries(moves).flatMap(([from, row]) => {
    const byTarget = Map.groupBy(Object.entries(row), ([, to]) => to)
    return [...byTarget].map(
      ([to, events]) => `  ${from} --> ${to}: ${events.map(([event]) => wordOf(said, name, event)).join(', ')}`,
    )
  })
  const ends = Object.entries(moves).flatMap(([state, row]) =>
    Object.keys(row).length === 0 ? [`  ${state} --> [*]`] : [],
  )
  const lines = ['stateDiagram-v2', ...named, ...begins.map((state) => `  [*] --> ${state}`), ...edges, ...ends]
  return `## ${titles[name]}\n\n\`\`\`mermaid\n${lines.join('\n')}\n\`\`\``
}

function wordOf(words, name, code) {
  return (
    words[name][code] ?? fail(`there are no words for ${code} of ${name}: give it some in scripts/states-words.mjs`)
  )
}

function listRules(file, tables, up) {
  const rows = Object.entries(tables).map(([table, rules]) => `  - ${table}: ${Object.keys(rules).join(', ')}`)
  return `- [${file}](${up}${file})\n${rows.join('\n')}`
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
