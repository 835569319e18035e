// `npm start`: the gateway on Node.
import { runEntry } from './bundle.mjs'

await runEntry('src/node.ts', process.argv.slice(2))
