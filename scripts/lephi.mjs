#!/usr/bin/env node
// `npx lephi COMMAND`: installs what is missing, then runs src/cli.ts under the project's Node 24.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
require('./install-if-needed.cjs').installIfNeeded()

const args = process.argv.slice(2)
if (Number(process.versions.node.split('.')[0]) >= 24) {
  const { runEntry } = await import('./bundle.mjs')
  await runEntry('src/cli.ts', args)
} else {
  runUnderNode24()
}

/** npx on a fresh clone starts this file with the system's Node; the right one has only just been installed. */
function runUnderNode24() {
  const node = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url))
  const child = spawn(node, [fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`Node 24 is needed, this is ${process.version}, and no package brings it here: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}
