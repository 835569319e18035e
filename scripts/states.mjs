// `npm run states` writes docs/states.md from the tables of moves and rules that the code runs; with --check it only says whether the committed file is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundle, root } from './bundle.mjs'

const target = join(root, 'docs/states.md')
const load = async (entry) => import(pathToFileURL(await bundle(entry)).href)
const { orderMoves, attemptMoves, refundMoves } = await load('src/domain/states.ts')
const { doorGuards } = await load('src/domain/door-guards.ts')
const { orderGuards } = await load('src/domain/order-guards.ts')
const { refundGuards } = await load('src/domain/refund-guards.ts')
const { extensionGuards } = await load('src/domain/order-deadline.ts')

const machines = [
  {
    title: 'Order',
    moves: orderMoves,
    begins: ['open', 'waived'],
    words: {
      start: 'a citizen begins to pay',
      extend: 'more time',
      capture: 'money that pays it',
      expire: 'deadline',
      cancel: 'taken back by the portal',
    },
  },
  {
    title: 'Attempt',
    moves: attemptMoves,
    begins: ['created'],
    words: {
      accepted: 'started',
      refused: 'start refused',
      silence: 'start unanswered',
      pending: 'pending told',
      failed: 'failed told',
      captured: 'captured told',
      denied: 'unknown to its provider when its time is over',
    },
  },
  {
    title: 'Refund',
    moves: refundMoves,
    begins: ['proposed', 'requested', 'approved'],
    words: {
      approve: 'approved by another person',
      reject: 'rejected',
      withdraw: 'its money is gone',
      send: 'marked, then sent',
      repeat: 'sent once more',
      handOver: 'left to people',
      release: 'the call never left',
      silence: 'call unanswered',
      pending: 'pending told',
      failed: 'failed told',
      refunded: 'money went back',
      bounced: 'the bank gave it back',
    },
  },
]

const text = `<!-- Generated from the tables in src/domain by \`npm run states\`. Edit the tables, not this file. -->
# States

Every legal move of an order, an attempt and a refund, as \`src/domain/states.ts\` has them and as the code runs them. A move that is not drawn is refused, and news of that kind
changes no state. What the rules below say no to does not happen either; \`npm run model\` explores all of it, and [reliability.md](reliability.md#model-check) says how far.

${machines.map(draw).join('\n\n')}

## Rules that say no

Each is a row of a table in the code, run from the top; a test leaves out each in turn and sees an invariant break.

${[
  ['src/domain/door-guards.ts', doorGuards],
  ['src/domain/order-guards.ts', orderGuards],
  ['src/domain/order-deadline.ts', { extend: extensionGuards }],
  ['src/domain/refund-guards.ts', refundGuards],
]
  .map(([file, tables]) => listRules(file, tables))
  .join('\n')}
`

if (process.argv.includes('--check')) {
  if (!existsSync(target) || readFileSync(target, 'utf8') !== text)
    fail('docs/states.md is stale: run "npm run states" and commit it')
  console.log('docs/states.md is up to date')
} else {
  mkdirSync(join(root, 'docs'), { recursive: true })
  writeFileSync(target, text)
  console.log('wrote docs/states.md')
}

function draw({ title, moves, begins, words }) {
  const edges = Object.entries(moves).flatMap(([from, row]) => {
    const byTarget = Map.groupBy(Object.entries(row), ([, to]) => to)
    return [...byTarget].map(
      ([to, events]) => `  ${from} --> ${to}: ${events.map(([event]) => wordsOf(words, event, title)).join(', ')}`,
    )
  })
  const ends = Object.entries(moves).flatMap(([state, row]) =>
    Object.keys(row).length === 0 ? [`  ${state} --> [*]`] : [],
  )
  const lines = ['stateDiagram-v2', ...begins.map((state) => `  [*] --> ${state}`), ...edges, ...ends]
  return `## ${title}\n\n\`\`\`mermaid\n${lines.join('\n')}\n\`\`\``
}

function wordsOf(words, event, title) {
  return words[event] ?? fail(`scripts/states.mjs has no words for the event ${event} of ${title}`)
}

function listRules(file, tables) {
  const rows = Object.entries(tables).map(([table, rules]) => `  - ${table}: ${Object.keys(rules).join(', ')}`)
  return `- [${file}](../${file})\n${rows.join('\n')}`
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
