// Prints the digests of some towns, for a test that compares them with the same towns in another process.
import { groundOn } from '../../src/node/commands/simulate/ground.ts'
import { faultNames } from '../../src/simulation/fault-kinds.ts'
import { planTown } from '../../src/simulation/plan.ts'
import { runTown } from '../../src/simulation/run.ts'

// Each is SEED, or SEED:ORDERS for a town of one day with so many orders.
const [url = '', template = '', ...towns] = process.argv.slice(2)
for (const town of towns) {
  const [seed = '', orders] = town.split(':')
  const size = orders === undefined ? {} : { size: { days: 1, orders: Number(orders) } }
  const plan = planTown({ seed, kinds: faultNames, ...size })
  console.log((await runTown(groundOn({ url, template }), plan)).digest)
}
