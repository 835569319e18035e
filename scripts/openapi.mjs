// `npm run openapi` writes openapi.yaml from the routes; with --check it only says whether the committed file is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { stringify } from 'yaml'
import { bundle, root } from './bundle.mjs'

const target = join(root, 'openapi.yaml')
const source = join(root, 'src/app.ts')

if (!existsSync(source)) fail('src/app.ts is missing')
const app = await import(pathToFileURL(await bundle('src/app.ts')).href)
if (typeof app.openApiDocument !== 'function') fail('src/app.ts exports no openApiDocument()')

const header = '# Generated from the routes by `npm run openapi`. Edit the routes, not this file.\n'
// Aliases and folded lines would make the file depend on object identity and on the width of a line.
const text = header + stringify(await app.openApiDocument(), { aliasDuplicateObjects: false, lineWidth: 0 })

if (process.argv.includes('--check')) {
  const committed = existsSync(target) ? readFileSync(target, 'utf8') : ''
  if (committed !== text) fail('openapi.yaml is stale: run "npm run openapi" and commit it')
  console.log('openapi.yaml is up to date')
} else {
  writeFileSync(target, text)
  console.log(`wrote openapi.yaml, ${text.split('\n').length} lines`)
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
