// Debian's packages, owners of files, and whoever asks whether a process is ready.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Machine, need, Refused, readWords, type StandIn, textOf, variablesIn } from './machine.ts'

type Package = { user: string; files: Record<string, string> }

/** What Debian 12 puts there, as far as the pages build on it. */
const packages: Record<string, Package> = {
  haproxy: {
    user: 'haproxy',
    files: {
      'etc/haproxy/haproxy.cfg': '',
      'etc/default/haproxy': '',
      'lib/systemd/system/haproxy.service':
        '[Service]\nEnvironmentFile=-/etc/default/haproxy\nType=notify\n[Install]\nWantedBy=multi-user.target\n',
      'var/lib/haproxy/dev/log': '',
    },
  },
  pgbouncer: {
    user: 'postgres',
    files: {
      'etc/pgbouncer/pgbouncer.ini': '',
      'lib/systemd/system/pgbouncer.service': '[Service]\nType=notify\n[Install]\nWantedBy=multi-user.target\n',
    },
  },
}

/** Only what Debian has, and only once it was asked what it has. */
export const aptGet: StandIn = (machine, [verb = '', ...words]) => {
  const { plain } = readWords(words, { switches: ['-y', '--yes'] })
  if (verb === 'update') {
    if (plain.length > 0) throw new Refused('update takes no packages')
    machine.note('apt-get update')
    return
  }
  if (verb !== 'install' || plain.length === 0) throw new Refused(`${verb} ${plain.join(' ')}`)
  if (!machine.done().includes('apt-get update')) throw new Refused('has no lists of packages yet')
  for (const name of plain) {
    for (const [path, text] of Object.entries(need(packages[name], `package ${name}`).files)) {
      mkdirSync(dirname(join(machine.root, path)), { recursive: true })
      writeFileSync(join(machine.root, path), text)
    }
    machine.note(`apt-get install ${name}`)
  }
}

/** A user that is there, by number or from a package, and paths that are. */
export const chown: StandIn = (machine, words) => {
  const [owner = '', ...paths] = readWords(words, { switches: ['-R'] }).plain
  const [user = ''] = owner.split(':')
  const users = Object.entries(packages).filter(([name]) => machine.done().includes(`apt-get install ${name}`))
  if (!/^\d+$/.test(user) && user !== 'root' && !users.some(([, each]) => each.user === user))
    throw new Refused(`no user ${user}`)
  for (const path of paths) if (!existsSync(path)) throw new Refused(`no ${path}`)
  machine.note(`chown ${owner} ${paths.join(' ')}`)
}

/** Only readiness is asked for, of what has been started; what has just been started needs its time. */
export const curl: StandIn = (machine, words) => {
  const values = ['--retry', '--retry-delay']
  const { given, plain } = readWords(words, { switches: ['--retry-connrefused'], values })
  const url = new URL(plain[0] ?? '')
  if (plain.length !== 1 || url.pathname !== '/readyz') throw new Refused(`nothing at ${plain.join(' ')}`)
  if (!isServed(machine, url)) throw new Refused(`nobody listens at ${url.host}`)
  if (!given.has('--retry') || !given.has('--retry-connrefused')) throw new Refused(`${url.host} is not ready yet`)
  machine.note(`ready ${url.href}`)
}

const isServed = (machine: Machine, { hostname, port }: URL): boolean => {
  const done = machine.done()
  const isLocal = hostname === '127.0.0.1'
  const ofHaproxy = variablesIn(done.includes('started haproxy') ? haproxyDefaults(machine) : '')
  if (isLocal && ofHaproxy.FRONT_FIGURES_BIND === `${hostname}:${port}`)
    return [ofHaproxy.GATEWAY_ONE, ofHaproxy.GATEWAY_TWO].some((at) => done.includes(`started lephi@${portOf(at)}`))
  if (isLocal) return done.includes(`started lephi@${port}`) && hasDatabase(machine)
  return done.includes(`docker compose up https://${hostname}`)
}

/** Where it goes by way of PgBouncer on the same machine, that has to be there. */
const hasDatabase = (machine: Machine): boolean => {
  const { DATABASE_URL } = variablesIn(textOf(join(machine.root, 'etc', 'lephi', 'gateway.env')))
  return new URL(DATABASE_URL ?? '').host !== '127.0.0.1:6432' || machine.done().includes('started pgbouncer')
}

const portOf = (address = ''): string => address.split(':')[1] ?? ''
const haproxyDefaults = ({ root }: Machine): string => textOf(join(root, 'etc', 'default', 'haproxy'))
