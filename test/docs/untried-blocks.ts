// The blocks of the pages that no test runs, each with the reason, and what is looked at in its place.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/node/migrations.ts'
import type { Block } from '../kit/blocks.ts'

export type Untried = {
  page: string
  /** What the block is known by: it stands in no other block of the page. */
  words: string
  why: string
  /** What is wrong with it, as far as it can be told without running it. */
  faults: (block: Block) => string[]
}

/** The shell can read it, and each file of the project that it names is there, but for those that it makes. */
const shell =
  (...makes: string[]) =>
  ({ text }: Block): string[] => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })
    const named = [...text.matchAll(/(?<![\w/.-])(?:deploy|demo|scripts|src|test)\/[\w./@*-]*\w/g)].map(
      ([path]) => path,
    )
    const isThere = (path: string) => makes.includes(path) || existsSync(join(packageRoot(), path.replace(/\*.*$/, '')))
    return [...(status === 0 ? [] : [stderr]), ...named.filter((path) => !isThere(path))]
  }

/** Each room and file of `src` that the drawing of the house names is there. */
const plan = ({ text }: Block): string[] =>
  [...text.matchAll(/([a-z]+\/)(?= )|((?:[a-z]+\/)?[\w-]+\.tsx?)\b/g)].flatMap(([, room, file = '']) => {
    const places = room ? [room] : [file, `flows/${file}`, `store/${file}`]
    return places.some((place) => existsSync(join(packageRoot(), 'src', place))) ? [] : [room ?? file]
  })

/** Every line is one of the kinds that these drawings have; GitHub draws it, and no library of it is worth its size here. */
const mermaid = ({ language, text }: Block): string[] => {
  const node = String.raw`\w+(?:\[\(?"[^"]+"\)?\]|\(\["[^"]+"\]\))?`
  const lines = [
    /^(?:stateDiagram-v2|flowchart LR)$/,
    /^state "[^"]+ \(\w+\)" as \w+$/,
    /^(?:\[\*\]|\w+) --> (?:\[\*\]|\w+)(?:: [^:;]+)?$/,
    new RegExp(`^${node}(?: (?:<?-->|<?-\\.->)(?:\\|"[^"]+"\\|)? ${node})?$`),
    /^subgraph \w+ \["[^"]+"\]$/,
    /^end$/,
  ]
  const strange = text
    .trim()
    .split('\n')
    .filter((line) => !lines.some((kind) => kind.test(line.trim())))
  return language === 'mermaid' ? strange : [`a drawing in ${language}`]
}

const drawnFrom = 'drawn by `npm run states` from the tables that the code runs; npm run check compares'
const root = 'needs root and a server that systemd has started'
const cloud =
  'needs an account of Cloudflare; deploy-workers.test.ts asks wrangler whether it has these commands and options'

export const untried: readonly Untried[] = [
  { page: 'ARCHITECTURE.md', words: 'accountant', why: 'a drawing', faults: plan },
  { page: 'SECURITY.md', words: 'flowchart', why: 'a drawing', faults: mermaid },
  { page: 'docs/states.md', words: 'waived', why: drawnFrom, faults: mermaid },
  { page: 'docs/states.md', words: 'unknown to its provider', why: drawnFrom, faults: mermaid },
  { page: 'docs/states.md', words: 'withdrawn', why: drawnFrom, faults: mermaid },
  { page: 'docs/vi/states.md', words: 'waived', why: drawnFrom, faults: mermaid },
  { page: 'docs/vi/states.md', words: 'captured', why: drawnFrom, faults: mermaid },
  { page: 'docs/vi/states.md', words: 'withdrawn', why: drawnFrom, faults: mermaid },
  {
    page: 'docs/deploy-node.md',
    words: 'docker compose',
    why: 'needs Docker and root; test/deploy/compose.test.ts holds the files against the code',
    faults: shell('deploy/.env'),
  },
  { page: 'docs/deploy-node.md', words: 'npm run build', why: `${root}; npm ci asks the network`, faults: shell() },
  { page: 'docs/deploy-node.md', words: 'systemctl enable', why: root, faults: shell() },
  {
    page: 'docs/deploy-node.md',
    words: 'apt-get install haproxy',
    why: `${root}; test/deploy/front.test.ts runs HAProxy with this file`,
    faults: shell(),
  },
  {
    page: 'docs/deploy-node.md',
    words: 'apt-get install pgbouncer',
    why: `${root}; test/stories/pooled.test.ts runs PgBouncer with its own`,
    faults: shell(),
  },
  { page: 'docs/deploy-workers.md', words: 'hyperdrive create', why: cloud, faults: shell() },
  { page: 'docs/deploy-workers.md', words: 'secret put LEPHI_MASTER_KEY', why: cloud, faults: shell() },
  { page: 'docs/deploy-workers.md', words: 'secret put OTEL_EXPORTER_OTLP_HEADERS', why: cloud, faults: shell() },
  { page: 'docs/deploy-workers.md', words: 'wrangler deploy', why: cloud, faults: shell() },
  { page: 'docs/deploy-workers.md', words: 'rollback', why: cloud, faults: shell() },
]
