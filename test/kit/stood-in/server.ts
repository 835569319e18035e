// A folder that plays the root of a server, and a shell on it. What needs root, systemd, Docker, a network or an account is a stand-in (main.ts); other programs are the real ones, and only those
// that are named here, so that nothing else of a page can reach the machine that tests it.

import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { packageRoot } from '../../../src/node/migrations.ts'
import { type Ran, runInBash } from '../blocks.ts'
import { selfSigned } from '../self-signed.ts'
import { machineAt } from './machine.ts'

export type StoodInServer = {
  /** The folder of the project in which a page has somebody type. */
  project: string
  type: (typed: string) => Promise<Ran>
  /** One line for each thing that the stand-ins did. */
  done: () => string[]
  /** A file of the server by its path there, as text and as `ls` would show its mode. */
  read: (path: string) => Promise<string>
  modeOf: (path: string) => Promise<string>
  /** Changes a file of the project, as a reader who fills it in. */
  fillIn: (path: string, change: (text: string) => string) => Promise<void>
  drop: () => Promise<void>
}

const standIns = ['apt-get', 'chown', 'curl', 'docker', 'npm', 'npx', 'systemctl']
const real = ['bash', 'cat', 'chmod', 'cp', 'install', 'mkdir', 'openssl', 'sed']
/** What a server has before anybody does anything. */
const folders = ['etc/default', 'etc/systemd/system', 'opt', 'run', 'var/lib']
const ofProject = ['deploy', 'package.json', 'package-lock.json', 'src/worker.ts', 'src/office-worker.ts']
const workers = ['wrangler.toml', 'wrangler.office.toml']
const sources = ['drizzle', 'scripts', 'src']

/** Makes one; `drop` takes it away. `isBuilt`: it is built there, from the project's sources. */
export const makeStoodInServer = async ({ isBuilt = false } = {}): Promise<StoodInServer> => {
  const root = await mkdtemp(join(tmpdir(), 'lephi-server-'))
  // PgBouncer is nobody in here.
  await chmod(root, 0o711)
  const [project, bin] = [join(root, 'project'), join(root, 'bin')]
  for (const folder of ['project', 'bin', ...folders]) await mkdir(join(root, folder), { recursive: true })
  for (const path of [...ofProject, ...workers, ...(isBuilt ? sources : [])])
    await cp(join(packageRoot(), path), join(project, path), { recursive: true })
  await rm(join(project, 'deploy', '.env'), { force: true })
  await writeFile(join(project, 'fullchain.pem'), selfSigned.cert)
  await writeFile(join(project, 'privkey.pem'), selfSigned.key, { mode: 0o600 })
  for (const name of real) await symlink(programAt(name), join(bin, name))
  const main = join(import.meta.dirname, 'main.ts')
  for (const name of standIns)
    await writeFile(join(bin, name), `#!/bin/sh\nexec '${process.execPath}' '${main}' '${root}' ${name} "$@"\n`, {
      mode: 0o755,
    })
  const { here, done } = machineAt(root)
  const env = { PATH: bin, PATH_OUTSIDE: process.env.PATH ?? '' }
  return {
    project,
    type: (typed) => runInBash(here(typed), { cwd: project, env, timeoutMs: 120_000 }),
    done,
    read: (path) => readFile(here(path), 'utf8'),
    modeOf: async (path) => ((await stat(here(path))).mode & 0o777).toString(8),
    fillIn: async (path, change) => {
      const text = await readFile(join(project, path), 'utf8')
      await writeFile(join(project, path), change(text))
    },
    drop: () => rm(root, { recursive: true, force: true }),
  }
}

const programAt = (name: string): string => {
  const found = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))
  const path = found.find((each) => existsSync(each))
  if (!path) throw new Error(`there is no ${name} on this machine`)
  return path
}
