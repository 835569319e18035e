// Builds what `wrangler deploy` would upload, without a line to Cloudflare.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { packageRoot } from '../../../src/node/migrations.ts'

/** The folder with the modules, and `bundle-meta.json` of the bundler; the caller removes it. */
export const buildUpload = async (config: string): Promise<string> => {
  process.env.WRANGLER_SEND_METRICS = 'false'
  const root = packageRoot()
  await mkdir(join(root, '.tmp'), { recursive: true })
  const folder = await mkdtemp(join(root, '.tmp', 'upload-'))
  const wrangler = join(root, 'node_modules', 'wrangler', 'bin', 'wrangler.js')
  const args = [wrangler, 'deploy', '--dry-run', '--config', config, '--outdir', folder, '--metafile']
  await promisify(execFile)(process.execPath, args, { cwd: root })
  return folder
}

export type Module = { name: string; bytes: number; gzipped: number }

/** What is uploaded: everything there but maps, the bundler's account and the note of who made the folder. */
export const modulesOf = async (folder: string): Promise<Module[]> => {
  const names = (await readdir(folder)).filter((name) => !/\.map$|^bundle-meta\.json$|^README\.md$/.test(name))
  return Promise.all(
    names.toSorted().map(async (name) => {
      const bytes = await readFile(join(folder, name))
      return { name, bytes: bytes.length, gzipped: gzipSync(bytes).length }
    }),
  )
}
