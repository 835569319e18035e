// `npm run worker-upload`: what `wrangler deploy` would upload of each Worker, what of it is biggest, and what starting it costs. Needs no line to Cloudflare.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from './bundle.mjs'

const wrangler = join(root, 'node_modules', 'wrangler', 'bin', 'wrangler.js')
const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' }
const runWrangler = (...args) => execFileSync(process.execPath, [wrangler, ...args], { cwd: root, env, stdio: 'pipe' })
const kib = (bytes) => `${(bytes / 1024).toFixed(0).padStart(6)} KiB`

/** The package, or the folder of src, that a bundled file belongs to. */
const partOf = (path) => {
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(path) ?? []
  return name ?? path.split('/').slice(0, 2).join('/')
}

const biggestParts = (folder) => {
  const { outputs } = JSON.parse(readFileSync(join(folder, 'bundle-meta.json'), 'utf8'))
  const script = Object.entries(outputs).find(([name]) => name.endsWith('.js'))?.[1]
  const sums = Map.groupBy(Object.entries(script?.inputs ?? {}), ([path]) => partOf(path))
  return [...sums]
    .map(([part, files]) => ({ part, bytes: files.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0) }))
    .toSorted((a, b) => b.bytes - a.bytes)
}

/** Milliseconds that a profile of the start shows: every sample in which it was not idle. */
const startUpMs = (profile) => {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(profile, 'utf8'))
  const idle = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id))
  return samples.reduce((sum, id, index) => sum + (idle.has(id) ? 0 : (timeDeltas[index] ?? 0)), 0) / 1_000
}

for (const config of ['wrangler.toml', 'wrangler.office.toml']) {
  const folder = mkdtempSync(join(tmpdir(), 'worker-upload-'))
  try {
    runWrangler('deploy', '--dry-run', '--config', config, '--outdir', folder, '--metafile')
    const modules = readdirSync(folder).filter((name) => !/\.map$|^bundle-meta\.json$|^README\.md$/.test(name))
    const sizes = modules.map((name) => {
      const bytes = readFileSync(join(folder, name))
      return { name, bytes: bytes.length, gzipped: gzipSync(bytes).length }
    })
    const whole = sizes.reduce((sum, { gzipped }) => sum + gzipped, 0)
    console.log(`${config}: ${kib(whole)} gzipped, all modules`)
    for (const { name, bytes, gzipped } of sizes.toSorted((a, b) => b.gzipped - a.gzipped))
      console.log(`  ${kib(gzipped)} gzipped of ${kib(bytes)}  ${name}`)
    console.log('  of the script, minified and not gzipped:')
    for (const { part, bytes } of biggestParts(folder).slice(0, 15)) console.log(`  ${kib(bytes)}  ${part}`)
    const profile = join(folder, 'start.cpuprofile')
    runWrangler('check', 'startup', `--args=--config ${config}`, '--outfile', profile)
    console.log(
      `  starting it: ${startUpMs(profile).toFixed(0)} ms on this machine, whatever else it does; the platform allows 1,000`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
