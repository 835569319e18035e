// `npm run client` writes client/lephi.ts from openapi.yaml: one TypeScript file without imports. With --check it only says whether the committed file is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { root } from './bundle.mjs'
import { operationTypes } from './client/operations.mjs'
import { typeOf } from './client/types.mjs'

const target = join(root, 'client/lephi.ts')
const document = parse(readFileSync(join(root, 'openapi.yaml'), 'utf8'))
const sending = readFileSync(join(root, 'scripts/client/sending.ts'), 'utf8')

const header = '// Generated from openapi.yaml by `npm run client`. Edit scripts/client/, not this file.\n'
const schemas = Object.entries(document.components.schemas).map(
  ([name, schema]) => `export type ${name} = ${typeOf(schema)}\n`,
)
const text = [header, ...schemas, operationTypes(document), sending].join('\n')

if (process.argv.includes('--check')) {
  const committed = existsSync(target) ? readFileSync(target, 'utf8') : ''
  if (committed !== text) {
    console.error('client/lephi.ts is stale: run "npm run client" and commit it')
    process.exit(1)
  }
  console.log('client/lephi.ts is up to date')
} else {
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, text)
  console.log(`wrote client/lephi.ts, ${text.split('\n').length} lines`)
}
