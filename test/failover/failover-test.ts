// `npm run failover-test -- [--kills 10] [--seed N] [--asynchronous]`: three PostgreSQL under Patroni, etcd and HAProxy on this machine, two gateways before them, and the primary is lost under
// load again and again; then everything that anybody was told is looked for. Exit 1 when something is missing, and the folder with the logs is kept.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openTown } from '../crash/town.ts'
import { startCluster } from './cluster.ts'
import { exitCodeOf, reportLines } from './report.ts'
import { runFailoverTest } from './run-failover-test.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    /** Without a standby that confirms commits: what is lost then must be seen. */
    asynchronous: { type: 'boolean', default: false },
  },
})
const [kills, seed] = [Number(values.kills), Number(values.seed)]
const isWhole = (value: number, least: number, most: number) =>
  Number.isSafeInteger(value) && value >= least && value <= most
if (!isWhole(kills, 1, 1_000) || !isWhole(seed, 0, 1_000_000_000)) {
  console.error('usage: npm run failover-test -- [--kills 10] [--seed 1] [--asynchronous]')
  process.exit(2)
}
const citizens = 6
const restSeconds = 240

const began = performance.now()
console.log(`${kills} primaries are to be lost, seed ${seed}${values.asynchronous ? ', asynchronous replication' : ''}`)
const town = await openTown('lephi-failover-', async (folder) => {
  const home = join(folder, 'cluster')
  await mkdir(home, { mode: 0o711 })
  const cluster = await startCluster({ folder: home, isSynchronous: !values.asynchronous })
  console.log(`The cluster is whole after ${Math.round((performance.now() - began) / 1_000)} s`)
  return cluster
})
console.log(`The gateways serve after ${Math.round((performance.now() - began) / 1_000)} s`)
let isGood = false
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => void town.close({ keep: true }).then(() => process.exit(130)))
try {
  const result = await runFailoverTest(town, { seed, kills, citizens, restSeconds }, (line) => console.log(line))
  isGood = exitCodeOf(result) === 0
  for (const line of reportLines(result, town.database.durability)) console.log(line)
} finally {
  await town.close({ keep: !isGood })
  if (!isGood) console.log(`The logs are kept in ${town.folder}`)
  process.exitCode = isGood ? 0 : 1
}
