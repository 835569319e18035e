// The blocks of a page: what a reader types, and what it says is printed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { packageRoot } from '../../src/node/migrations.ts'
import type { Account } from '../../src/node/postgres-home.ts'

export type Block = { page: string; line: number; language: string; text: string }

/** The fenced blocks of a page in their order, also those within lists, which stand further to the right. */
export const blocksOf = (page: string): Block[] => {
  const whole = readFileSync(join(packageRoot(), page), 'utf8')
  return [...whole.matchAll(/^( *)```([^\n`]*)\n([\s\S]*?)^\1```$/gm)].map(
    ({ index, 1: indent = '', 2: language = '', 3: text = '' }) => ({
      page,
      line: whole.slice(0, index).split('\n').length,
      language: language.trim(),
      text: text
        .split('\n')
        .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
        .join('\n'),
    }),
  )
}

/** Everything that a page has its reader type, for a test that runs it. test/docs/inventory.test.ts looks for these three by name: what they are asked for counts as tried. */
export const typedOn = (page: string): string => joined(page, 'sh')

/** Everything that a page says is printed, for a test that compares it. */
export const printedOn = (page: string): string => joined(page, 'text')

/** The one block of a page that has these words, for a test that runs it or compares with it. */
export const pageBlock = (page: string, words: string): string => theBlock(page, words).text

export const theBlock = (page: string, words: string): Block => {
  const [found, ...more] = blocksOf(page).filter(({ text }) => text.includes(words))
  if (!found || more.length > 0) throw new Error(`${page} has ${found ? 'several blocks' : 'no block'} with "${words}"`)
  return found
}

const joined = (page: string, language: string): string =>
  blocksOf(page)
    .filter((block) => block.language === language)
    .map((block) => block.text)
    .join('')

export type Ran = { code: number | null; out: string; error: string }

type Session = {
  cwd: string
  env?: Record<string, string>
  timeoutMs: number
  /** Whose session it is; ours unless given. */
  account?: Account | undefined
}

/** Runs a script as one session of bash that ends at the first command that fails, and answers what it printed. */
export const runInBash = async (script: string, { cwd, env = {}, timeoutMs, account }: Session): Promise<Ran> => {
  const shell = spawn('bash', ['-e', '-o', 'pipefail', '-c', script], {
    ...account,
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.timeout(timeoutMs),
  })
  const [out, error, [code]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')])
  return { code: typeof code === 'number' ? code : null, out, error }
}
