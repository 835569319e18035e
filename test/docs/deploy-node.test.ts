// The guide to Node: every file, script, variable and port of it is there, and its roles are those that are tried (test/deploy/roles.test.ts).
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'

const root = packageRoot()
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')
const guide = read('docs', 'deploy-node.md')
const lines = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()])),
)

test('names files that there are', () => {
  const named = [...guide.matchAll(/\b(?:deploy|test)\/[\w./@-]*\w/g)].map(([path]) => path)
  expect(named.length).toBeGreaterThan(10)
  // The one that is to be made.
  expect([...new Set(named)].filter((path) => !existsSync(join(root, path)))).toEqual(['deploy/.env'])
})

test('names scripts and variables that there are', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  for (const line of lines.filter((each) => each.startsWith('npm run ')))
    expect(scripts).toHaveProperty(line.split(' ')[2] ?? '')
  const [config, ofCompose] = [read('src', 'config.ts'), read('deploy', 'example.env')]
  const named = [...guide.matchAll(/\b(?:LEPHI_[A-Z_]+|DATABASE_[A-Z_]+)\b/g)].map(([name]) => name)
  const isRead = (name: string) => config.includes(`  ${name}: `) || ofCompose.includes(`\n${name}=`)
  expect(named.filter((name) => !isRead(name))).toEqual([])
})

test('makes the roles that are tried, and says the numbers of the files', () => {
  const tried = read('deploy', 'postgres', 'roles.sh').match(/^(?:create role|grant set) .*$/gm) ?? []
  const [, said = ''] = /```sql\n([\s\S]*?)```/.exec(guide) ?? []
  const plain = (sql: string) => sql.trim().replaceAll(/:'\w+'/g, "'secret'")
  expect(said.split('\n').map(plain)).toEqual(expect.arrayContaining(tried.map(plain)))
  expect(tried).toHaveLength(4)
  const [, size] = /^default_pool_size = (\d+)$/m.exec(read('deploy', 'pgbouncer', 'pgbouncer.ini')) ?? []
  expect(guide).toContain(`| \`pgbouncer\` | ${size} connections`)
  expect(read('deploy', 'systemd', 'lephi@.service')).toContain('RestartSec=5\n')
  for (const port of ['4317', '4318']) expect(read('deploy', 'otel-collector.yaml')).toContain(`:${port}'`)
})
