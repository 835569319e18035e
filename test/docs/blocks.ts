// The blocks of a page: what a reader types, and what it says is printed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { packageRoot } from '../../src/node/migrations.ts'

export type Block = { language: string; text: string }

/** The fenced blocks of a page in their order. */
export const blocksOf = (page: string): Block[] =>
  [...readFileSync(join(packageRoot(), page), 'utf8').matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', text = '']) => ({ language, text }),
  )

/** All blocks of one language, one after the other. */
export const joined = (blocks: readonly Block[], language: string): string =>
  blocks
    .filter((block) => block.language === language)
    .map((block) => block.text)
    .join('')

export type Ran = { code: number | null; out: string; error: string }

/** Runs a script as one session of bash that ends at the first command that fails, and answers what it printed. */
export const runInBash = async (
  script: string,
  { cwd, env = {}, timeoutMs }: { cwd: string; env?: Record<string, string>; timeoutMs: number },
): Promise<Ran> => {
  const shell = spawn('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.timeout(timeoutMs),
  })
  const [out, error, [code]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')])
  return { code: typeof code === 'number' ? code : null, out, error }
}
