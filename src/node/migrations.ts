// Reads the project's migrations from drizzle/, from the sources as well as from a bundle under dist/.
import { existsSync, readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Migration } from '../store/migrate.ts'

/**
 * All files of `folder` (by default the project's drizzle/) as migrations, sorted by name. Throws when there are none: an
 * incomplete installation must not look like a database that is up to date.
 */
export async function readMigrations(folder: string = join(packageRoot(), 'drizzle')): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  if (names.length === 0) throw new Error(`${folder} holds no migrations: the installation is incomplete`)
  return Promise.all(
    names.map(async (name) => ({
      name: name.slice(0, -'.sql'.length),
      sql: await readFile(join(folder, name), 'utf8'),
    })),
  )
}

/** The folder of LePhi's package.json, looked for upwards from this file, wherever a bundler has put it. */
export function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url))
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'lephi') return folder
    if (folder === dirname(folder)) throw new Error(`found no package.json of lephi above ${start}`)
  }
}
