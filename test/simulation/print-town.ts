// Prints the digests of some towns, for a test that compares them with the same towns in another process.
import { groundOn } from '../../src/node/commands/simulate/ground.ts'
import { faultNames } from '../../src/simulation/fault-kinds.ts'
import { planTown } from '../../src/simulation/plan.ts'
import { runTown } from '../../src/simulation/run.ts'

const [url = '', template = '', orders = '', ...seeds] = process.argv.slice(2)
for (const seed of seeds) {
  const plan = planTown({ seed, kinds: faultNames, size: { days: 1, orders: Number(orders) } })
  console.log((await runTown(groundOn({ url, template }), plan)).digest)
}
