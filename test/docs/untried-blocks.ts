// The blocks of the pages that no test runs: drawings, which are no commands. Each with what is looked at in place of a run. Every command is run, where need be on a server of stand-ins
// (test/docs/stood-in.test.ts).
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

export const untried: readonly Untried[] = [
  { page: 'ARCHITECTURE.md', words: 'accountant', why: 'a drawing', faults: plan },
  { page: 'SECURITY.md', words: 'flowchart', why: 'a drawing', faults: mermaid },
  { page: 'docs/states.md', words: 'waived', why: drawnFrom, faults: mermaid },
  { page: 'docs/states.md', words: 'unknown to its provider', why: drawnFrom, faults: mermaid },
  { page: 'docs/states.md', words: 'withdrawn', why: drawnFrom, faults: mermaid },
  { page: 'docs/vi/states.md', words: 'waived', why: drawnFrom, faults: mermaid },
  { page: 'docs/vi/states.md', words: 'captured', why: drawnFrom, faults: mermaid },
  { page: 'docs/vi/states.md', words: 'withdrawn', why: drawnFrom, faults: mermaid },
]
