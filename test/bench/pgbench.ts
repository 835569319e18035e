// The floor: pgbench from Debian's postgresql (or DATABASE's own), which does units of SQL with as many clients and nothing around them.
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pgbenchScript, type Turns } from './record.ts'

/** Units a second of all clients together, preparing the statements not counted among them but in the time; throws with what pgbench said when one failed. */
export const runPgbench = async (url: string, turns: Turns): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'lephi-pgbench-'))
  try {
    const script = join(folder, 'script.sql')
    await writeFile(script, pgbenchScript(turns))
    const said = await run([
      '-n',
      '-t',
      '1',
      '-c',
      String(turns.length),
      '-j',
      String(Math.min(turns.length, 2)),
      '-f',
      script,
      url,
    ])
    const [, tps] = /tps = ([\d.]+) \(without initial connection time\)/.exec(said) ?? []
    const units = turns.reduce((count, one) => count + one.length, 0)
    // pgbench counts the whole script of a client as one transaction.
    const seconds = turns.length / Number(tps)
    if (!(seconds > 0) || /failed transactions: [1-9]/.test(said)) throw new Error(`pgbench said:\n${said}`)
    return units / seconds
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const run = async (args: readonly string[]): Promise<string> => {
  const child = spawn('pgbench', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => said.push(bytes))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (cause) => reject(new Error('pgbench is missing: apt-get install postgresql-contrib', { cause })))
    child.on('close', resolve)
  })
  const text = Buffer.concat(said).toString()
  if (code !== 0) throw new Error(`pgbench ended with ${code}:\n${text.slice(0, 4_000)}`)
  return text
}
