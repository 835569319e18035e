// Turns an entry under src/ into one ES module under dist/. Node runs TypeScript but not .tsx, so the pages need this step.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, stop } from 'esbuild'
import { mendedDriver } from './mended-driver.mjs'

export const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Bundles `entry` (a path below the project's root) and returns the absolute path of the bundle, `dist/<name>.mjs`.
 * Throws what esbuild throws; esbuild has then printed the place of each error.
 */
export async function bundle(entry) {
  const name = basename(entry).replace(/\.tsx?$/, '.mjs')
  const built = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(root, 'dist', name),
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    plugins: [mendedDriver],
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    sourcemap: true,
    logLevel: 'warning',
  })
  // Otherwise esbuild's own process would stay beside ours for as long as we run.
  await stop()
  mkdirSync(join(root, 'dist'), { recursive: true })
  // Two processes may bundle at the same moment; a rename never shows the other one half a file.
  for (const file of built.outputFiles) {
    const unfinished = `${file.path}.${process.pid}.tmp`
    writeFileSync(unfinished, file.contents)
    renameSync(unfinished, file.path)
  }
  return join(root, 'dist', name)
}

/** Bundles `entry` and imports it in this process, so that signals, stdin and `process.argv` are those of the entry. */
export async function runEntry(entry, args) {
  if (Number(process.versions.node.split('.')[0]) < 24) {
    throw new Error(
      `Node 24 is needed, this is ${process.version}. Use "npm start" or "npx lephi": both bring their own.`,
    )
  }
  const file = await bundle(entry)
  process.setSourceMapsEnabled(true)
  process.argv = [process.execPath, resolve(file), ...args]
  return import(pathToFileURL(file).href)
}
