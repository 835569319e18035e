// `node scripts/run.mjs test/score/bench-verify.ts [--lines 100000]`: how long verifying every match of one run takes, step by step, and how much memory: a settlement
// file of so many lines against as many payments, and a bank statement that pays them day by day.
import { createReadStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { importStatement } from '../../src/flows/import-statement.ts'
import { receiveStatement, spoolFile } from '../../src/flows/receive-statement.ts'
import { runReconciliation, startReconciliation } from '../../src/flows/reconcile.ts'
import { verifyMatches } from '../../src/flows/verify-matches.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { createClock, createTestDeps } from '../kit/deps.ts'
import { bankFile, importFile } from '../kit/statements.ts'
import { account, fillPayments, period, writeFile } from './bench-town.ts'
import { startScoreServer } from './score-database.ts'

const { values } = parseArgs({ options: { lines: { type: 'string', default: '100000' } } })
const lines = Number(values.lines)
const folder = join(packageRoot(), '.tmp', 'bench')
const path = join(folder, `verify-${lines}.csv`)
await mkdir(folder, { recursive: true })

const server = await startScoreServer()
const { database, sql, drop } = await server.open('bench_verify')
try {
  await fillPayments(sql, lines)
  await writeFile(path, lines)
  const deps = createTestDeps(database, { clock: createClock('2026-12-05T02:00:00Z') })
  const uploader = { scope: account.agencyCode, actor: 'cli_bench' }
  const { size } = await stat(path)
  const spooled = await spoolFile(deps, uploader, {
    fileName: 'settlement.csv',
    body: createReadStream(path),
    maxBytes: size,
  })
  const { id: statement } = await receiveStatement(deps, uploader, {
    spooled,
    form: { source: 'provider', merchantAccountId: account.id },
  })
  await importStatement(deps, statement)
  const payouts =
    await sql`select payout_reference as name, sum(net_amount)::bigint as net, max(value_date) as day from statement_lines group by 1 order by 1`
  await importFile(
    deps,
    account.id,
    bankFile(
      payouts.map(({ name, net, day }) => ({
        amount: BigInt(net),
        text: `TT ${name}`,
        reference: `FT-${name}`,
        valueDate: String(day),
      })),
    ),
    'bank',
  )
  const { id } = await startReconciliation(deps, uploader, { merchantAccountId: account.id, ...period })
  await runReconciliation(deps, id)
  let [peak, begun] = [process.memoryUsage.rss(), performance.now()]
  const rested = peak
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 50)
  const started = performance.now()
  const steps: string[] = []
  const check = await verifyMatches(deps, {
    reconciliation: id,
    onProgress: (text) => {
      const now = performance.now()
      if (now - begun > 1_000) steps.push(`${((now - started) / 1_000).toFixed(1)} s: ${text}`)
      begun = now
    },
  })
  clearInterval(timer)
  const seconds = (performance.now() - started) / 1_000
  for (const step of steps) console.log(step)
  console.log(
    `${lines} lines: ${seconds.toFixed(1)} s, ${Math.round(lines / seconds)} lines/s, peak ${Math.round(peak / 1_048_576)} MiB (${Math.round(rested / 1_048_576)} before)`,
  )
  console.log(JSON.stringify(check))
  if (check.fault) process.exitCode = 1
} finally {
  await drop()
  await server.stop()
  await rm(path, { force: true })
}
