// Prints the digest of one town, for a test that compares it with the same town in another process.
import { groundOn } from '../../src/node/commands/simulate/ground.ts'
import { faultNames } from '../../src/simulation/fault-kinds.ts'
import { planTown } from '../../src/simulation/plan.ts'
import { runTown } from '../../src/simulation/run.ts'

const [url = '', template = '', seed = '', orders = ''] = process.argv.slice(2)
const plan = planTown({ seed, kinds: faultNames, size: { days: 1, orders: Number(orders) } })
console.log((await runTown(groundOn({ url, template }), plan)).digest)
