// `node scripts/run.mjs ENTRY [arguments]`: bundles an entry of src/ and runs it here.
import { runEntry } from './bundle.mjs'

const [entry, ...args] = process.argv.slice(2)
if (!entry) {
  console.error('usage: node scripts/run.mjs ENTRY [arguments], for example src/node.ts')
  process.exit(2)
}
await runEntry(entry, args)
