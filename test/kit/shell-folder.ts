// A folder of its own in which a reader types what a page says: `npx lephi` is the project's, as npm makes it for the packages of a folder.
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../src/node/migrations.ts'

export type ShellFolder = { path: string; drop: () => Promise<void> }

/** `links` are folders of the project that the page takes from there. */
export const makeShellFolder = async (...links: string[]): Promise<ShellFolder> => {
  const path = await mkdtemp(join(tmpdir(), 'lephi-page-'))
  await mkdir(join(path, 'node_modules', '.bin'), { recursive: true })
  await symlink(join(packageRoot(), 'scripts', 'lephi.mjs'), join(path, 'node_modules', '.bin', 'lephi'))
  for (const link of links) await symlink(join(packageRoot(), link), join(path, link))
  return { path, drop: () => rm(path, { recursive: true, force: true }) }
}
