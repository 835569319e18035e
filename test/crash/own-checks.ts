// The gateway's own commands that check the books, run when everything has come to rest.
import { businessDay } from '../../src/lib/time.ts'
import { runCommand } from '../../src/node/commands/run-command.ts'

export type OwnCheck = { command: string; good: boolean; json: Record<string, unknown> }

/** Replays all callbacks, then verifies ledger and matches. `env` is that of the gateways. */
export const runOwnChecks = async (env: Readonly<Record<string, string>>, begun: Date): Promise<OwnCheck[]> => {
  const days = ['--from', businessDay(begun), '--to', businessDay(new Date())]
  const checks: OwnCheck[] = []
  for (const args of [['replay-callbacks', ...days], ['verify-ledger'], ['verify-matches']]) {
    const out: string[] = []
    const errors: string[] = []
    const terminal = { out: (line: string) => void out.push(line), error: (line: string) => void errors.push(line) }
    const code = await runCommand([...args, '--json'], env, terminal)
    checks.push({ command: args[0] ?? '', good: code === 0, json: code === 2 ? { errors } : readJson(out, errors) })
  }
  return checks
}

const readJson = (out: readonly string[], errors: readonly string[]): Record<string, unknown> => {
  try {
    return { ...JSON.parse(out.join('\n')) }
  } catch {
    return { out, errors }
  }
}
