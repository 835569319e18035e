// Bundles the entries that a server runs, so that it needs neither esbuild nor a folder to write to: dist/node.mjs and dist/cli.mjs.
import { bundle } from './bundle.mjs'

for (const entry of ['src/node.ts', 'src/cli.ts']) console.log(await bundle(entry))
