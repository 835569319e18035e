// Runs `npm ci` when node_modules does not hold what package-lock.json asks for; says nothing otherwise.
// Plain CommonJS without syntax newer than Node 14: this is what runs before the project's own Node 24 is there.
'use strict'

const { spawnSync } = require('node:child_process')
const { readFileSync, renameSync, statSync, unlinkSync, writeFileSync } = require('node:fs')
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

const secondMs = 1000
const patienceMs = 900 * secondMs
/** Beside node_modules, which `npm ci` begins by removing. */
const lock = join(root, '.install.lock')

/** One of several commands that were begun at once installs: two in one folder take away each other's files. */
function alone(work) {
  for (let waitedMs = 0; !takes(); waitedMs += secondMs / 4) {
    if (waitedMs === 0) process.stdout.write('Another command installs the dependencies; waiting for it\n')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, secondMs / 4)
  }
  try {
    return work()
  } finally {
    if (holderOf(lock) === process.pid) unlinkSync(lock)
  }
}

function takes() {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  const holder = holderOf(lock)
  if (isThere(holder)) return false
  // Of several who find it left behind one takes it away, and puts back what was another's by then.
  const own = `${lock}.${process.pid}`
  try {
    renameSync(lock, own)
    if (holderOf(own) === holder) unlinkSync(own)
    else renameSync(own, lock)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  return takes()
}

/** The process that wrote it; 0 while it has not written its number, null when the file is gone or has lain there longer than an installation takes. */
function holderOf(path) {
  try {
    return Date.now() - statSync(path).mtimeMs > patienceMs ? null : Number(readFileSync(path, 'utf8')) || 0
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    return null
  }
}

/** A number comes back in a container that was started again, so whoever has our own is gone. */
function isThere(holder) {
  if (holder === null || holder === process.pid) return false
  if (holder === 0) return true
  try {
    process.kill(holder, 0)
    return true
  } catch (error) {
    return error.code !== 'ESRCH'
  }
}

function installIfNeeded() {
  if (!reasonToInstall()) return
  const status = alone(install)
  if (status !== 0) process.exit(status)
}

/** Answers npm's exit code. */
function install() {
  const reason = reasonToInstall()
  if (!reason) return 0
  process.stdout.write(`Installing dependencies (${reason})\n`)
  // Development packages are asked for by name: NODE_ENV=production would leave out the bundler that `npm start` needs.
  const args = ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional']
  const result = spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  if (result.error) throw result.error
  return result.status === null ? 1 : result.status
}

module.exports = { installIfNeeded }

if (require.main === module) installIfNeeded()
