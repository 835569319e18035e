// Runs `npm ci` when node_modules does not hold what package-lock.json asks for; says nothing otherwise.
// Plain CommonJS without syntax newer than Node 14: this is what runs before the project's own Node 24 is there.
'use strict'

const { spawnSync } = require('node:child_process')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')

const root = join(__dirname, '..')

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages || {}
  } catch {
    return undefined
  }
}

/**
 * Compares what npm says it installed with what the lockfile asks for. Contents, not file times: a fresh clone, a copied
 * folder and a restored cache all scramble times, and a needless `npm ci` needs a network.
 * Optional packages may be absent, since most of them are for other platforms.
 */
function reasonToInstall() {
  const wanted = packagesOf(join(root, 'package-lock.json'))
  if (!wanted) throw new Error('package-lock.json is missing or unreadable: restore it from version control')
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  if (!installed) return 'node_modules is missing'
  for (const path of Object.keys(wanted)) {
    if (path === '') continue
    const have = installed[path]
    if (!have && !wanted[path].optional && !wanted[path].devOptional) return `${path} is missing`
    if (have && have.version !== wanted[path].version) return `${path} is out of date`
  }
  return undefined
}

function installIfNeeded() {
  const reason = reasonToInstall()
  if (!reason) return
  process.stdout.write(`Installing dependencies (${reason})\n`)
  // Development packages are asked for by name: NODE_ENV=production would leave out the bundler that `npm start` needs.
  const args = ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional']
  const result = spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  if (result.error) throw result.error
  if (result.status !== 0) process.exit(result.status || 1)
}

module.exports = { installIfNeeded }

if (require.main === module) installIfNeeded()
