// HAProxy and PgBouncer, asked about the files that were put in place for them. The real ones look where they are, and on CI they have to be.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, copyFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../../src/node/postgres-server.ts'
import { findDebianProgram } from '../debian-program.ts'
import { type Machine, need, Refused, textOf, variablesIn } from './machine.ts'

/** Its settings, and the certificate with its key, which nobody else may read. */
export const startsHaproxy = ({ root, here }: Machine): void => {
  const file = join(root, 'etc', 'haproxy', 'haproxy.cfg')
  const told = variablesIn(here(textOf(join(root, 'etc', 'default', 'haproxy'))))
  for (const [, name = ''] of textOf(file).matchAll(/"\$\{((?:FRONT|GATEWAY)_\w+)\}"/g))
    need(told[name], `${name} in /etc/default/haproxy`)
  const certificate = need(told.FRONT_CERTIFICATE, 'FRONT_CERTIFICATE')
  textOf(certificate)
  if ((statSync(certificate).mode & 0o077) !== 0) throw new Refused(`${certificate} may be read by others`)
  const program = find('haproxy')
  if (!program) return
  const { status, stdout, stderr } = spawnSync(program, ['-c', '-f', file], { env: told, encoding: 'utf8' })
  if (status !== 0) throw new Refused(`${stdout}${stderr}`)
}

/** Its settings, the users that they name, which the user postgres has to be able to read, and a server to lead to. */
export const startsPgBouncer = async (machine: Machine): Promise<void> => {
  const settings = textOf(join(machine.root, 'etc', 'pgbouncer', 'pgbouncer.ini'))
  const setting = (name: string) => new RegExp(`^${name} = (.+)$`, 'm').exec(settings)?.[1]
  const users = machine.here(need(setting('auth_file'), 'auth_file'))
  if (!/^"\w+" "[^"]+"$/m.test(textOf(users))) throw new Refused(`nobody stands in ${users}`)
  if ((statSync(users).mode & 0o077) !== 0) throw new Refused(`${users} may be read by others`)
  if (!machine.done().some((line) => /^chown postgres:? /.test(line) && line.endsWith(setting('auth_file') ?? '')))
    throw new Refused(`postgres cannot read ${users}`)
  const program = find('pgbouncer')
  if (program) await startOnce({ program, folder: machine.root, settings, users })
}

const find = (name: string): string | null => {
  const program = findDebianProgram(name)
  if (!program && process.env.CI) throw new Refused(`there is no ${name} on this machine: apt-get install ${name}`)
  return program
}

type Start = { program: string; folder: string; settings: string; users: string }

/** It has no word for a mere look at its settings: it is started at a port of its own, and must have nothing to complain of. */
const startOnce = async ({ program, folder, settings, users }: Start): Promise<void> => {
  const [file, copy] = [join(folder, 'run', 'pgbouncer.ini'), join(folder, 'run', 'users.txt')]
  copyFileSync(users, copy)
  const mine = settings
    .replace(/^listen_addr = .*$/m, 'listen_addr = 127.0.0.1')
    .replace(/^listen_port = .*$/m, `listen_port = ${await freePort()}`)
    .replace(/^auth_file = .*$/m, `auth_file = ${copy}`)
  writeFileSync(file, mine, { mode: 0o600 })
  const account = nobody()
  if (account) for (const path of [file, copy]) chownSync(path, account.uid, account.gid)
  const child = spawn(program, [file], { ...account, stdio: ['ignore', 'ignore', 'pipe'] })
  const said = await saidUntilUp(child)
  if (!said.includes('process up') || /\b(?:ERROR|WARNING|FATAL)\b/.test(said)) throw new Refused(said)
}

const saidUntilUp = async (child: ChildProcess): Promise<string> => {
  let said = ''
  child.stderr?.on('data', (bytes: Buffer) => {
    said += String(bytes)
    if (said.includes('process up')) child.kill('SIGTERM')
  })
  const deadline = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await once(child, 'close')
  clearTimeout(deadline)
  return said
}

/** It refuses to be root. */
const nobody = (): { uid: number; gid: number } | null => {
  if (process.getuid?.() !== 0) return null
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}
