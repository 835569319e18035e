// `npm run bench [-- --quick] [--only work,verify,webhooks,finds] [--orders 100000,1000000,10000000]`: what the gateway does, each figure beside a floor that the same machine reached in the same run.
import { cpus, loadavg, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { measureFinds } from './bench-finds.ts'
import { measureVerify } from './bench-verify.ts'
import { measureWebhooks } from './bench-webhooks.ts'
import { measureWork } from './bench-work.ts'
import { linesOf, type Row } from './rows.ts'
import { openStage, type Stage } from './stage.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: 'work,verify,webhooks,finds' },
    orders: { type: 'string' },
  },
})
const only = values.only.split(',')
const sizes = (values.orders ?? (values.quick ? '1000,10000' : '100000,1000000')).split(',').map(Number)
if (
  only.some((one) => !['work', 'verify', 'webhooks', 'finds'].includes(one)) ||
  !sizes.every((size) => size > 0 && size <= 20_000_000)
) {
  console.error('usage: npm run bench -- [--quick] [--only work,verify,webhooks,finds] [--orders 100000,1000000]')
  process.exit(2)
}
const full = { recorded: 2_000, measured: { 1: 400, 8: 1_200, 32: 1_600, 128: 1_600 } }
const quick = { recorded: 1_000, measured: { 1: 100, 8: 300, 32: 400, 128: 400 } }

const beganAt = performance.now()
const told = (line: string) =>
  console.error(`${((performance.now() - beganAt) / 1_000).toFixed(0).padStart(5)} s  ${line}`)

const measure = async (stage: Stage): Promise<Row[]> => [
  ...(only.includes('work') ? await measureWork(stage, values.quick ? quick : full, told) : []),
  ...(only.includes('webhooks') ? await measureWebhooks(stage, values.quick ? 200 : 2_000, told) : []),
  ...(only.includes('finds') ? await measureFinds(stage, sizes, told) : []),
]

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, load average ${loadavg()[0]?.toFixed(1)} before it began`,
)
const rows = only.includes('verify') ? await measureVerify(values.quick ? 0.3 : 2) : []
if (only.some((one) => one !== 'verify')) {
  const stage = await openStage()
  try {
    rows.push(...(await measure(stage)))
  } finally {
    await stage.close()
  }
}
for (const line of linesOf(rows)) console.log(line)
console.log(
  '\nratio: what of the floor is reached, 1 and more is as fast or faster. Floors: pgbench doing the same statements with as many clients, units prepared and each in one message; the vnpay package; plain POSTs; the smallest number of orders.',
)
