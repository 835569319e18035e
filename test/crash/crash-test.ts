// `npm run crash-test -- [--kills 500] [--database-kills 50] [--seed N] [--minutes M] [--json]`: gateways on a durable PostgreSQL under load are killed again and again; then
// everything that anybody was told, and every đồng that a provider captured, is looked for. Exit 1 when something is missing, and the folder with the logs is kept.
import { parseArgs } from 'node:util'
import { stringifyMoney } from '../../src/lib/json.ts'
import { exitCodeOf, reportJson, reportLines } from './report.ts'
import { runCrashTest } from './run-crash-test.ts'
import { openCrashTown } from './town.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '500' },
    'database-kills': { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    minutes: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
/** A strike every so often, unless --minutes says how long all of them take. */
const secondsPerStrike = 2.2
const restSeconds = 300
const citizens = 8

const [kills, databaseKills, seed] = [values.kills, values['database-kills'], values.seed].map(Number) as [
  number,
  number,
  number,
]
const minutes = Number(values.minutes ?? ((kills + databaseKills) * secondsPerStrike) / 60)
const isWhole = (value: number, maximum: number) => Number.isSafeInteger(value) && value >= 0 && value <= maximum
if (
  !isWhole(kills, 100_000) ||
  !isWhole(databaseKills, 100_000) ||
  !isWhole(seed, 1_000_000_000) ||
  !(minutes > 0 && minutes <= 1_440)
) {
  console.error('usage: npm run crash-test -- [--kills 500] [--database-kills 50] [--seed 1] [--minutes 20] [--json]')
  process.exit(2)
}

const print = (line: string) => (values.json ? console.error(line) : console.log(line))
print(
  `${kills} kills of a gateway and ${databaseKills} of the database in about ${Math.ceil(minutes)} minutes, seed ${seed}`,
)
const town = await openCrashTown()
let isGood = false
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => void town.close({ keep: true }).then(() => process.exit(130)))
try {
  const result = await runCrashTest(
    town,
    { seed, kills, databaseKills, citizens, stormSeconds: minutes * 60, restSeconds },
    print,
  )
  isGood = exitCodeOf(result) === 0
  if (values.json) console.log(stringifyMoney(reportJson(result, town)))
  else for (const line of reportLines(result, town)) console.log(line)
} finally {
  await town.close({ keep: !isGood })
  if (!isGood) print(`The logs and the database are kept in ${town.folder}`)
  process.exitCode = isGood ? 0 : 1
}
