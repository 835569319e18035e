// Says whether drizzle/ lags behind src/store/schema.ts: generates into a copy and looks for a new file.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from './bundle.mjs'

if (!existsSync(join(root, 'src/store/schema.ts'))) {
  console.error('src/store/schema.ts is missing')
  process.exit(1)
}
mkdirSync(join(root, '.tmp'), { recursive: true })
const copy = mkdtempSync(join(root, '.tmp/migrations-'))
try {
  if (existsSync(join(root, 'drizzle'))) cpSync(join(root, 'drizzle'), copy, { recursive: true })
  const before = readdirSync(copy)
  const generated = spawnSync('drizzle-kit', ['generate'], {
    cwd: root,
    // A question about a renamed column would wait for an answer for ever; without a terminal it fails instead.
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, LEPHI_MIGRATIONS_OUT: `./${relative(root, copy)}` },
    shell: process.platform === 'win32',
  })
  if (generated.error) throw generated.error
  const added = readdirSync(copy).filter((name) => name.endsWith('.sql') && !before.includes(name))
  if (generated.status !== 0) {
    console.error(`drizzle-kit generate failed:\n${generated.stdout}${generated.stderr}`)
    process.exitCode = 1
  } else if (added.length > 0) {
    console.error('drizzle/ lags behind src/store/schema.ts: run "npm run migrations" and commit the new file')
    process.exitCode = 1
  } else {
    console.log('drizzle/ is up to date')
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
