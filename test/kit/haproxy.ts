// A real HAProxy with the settings that are deployed, in front of processes that a test or a benchmark has.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { packageRoot } from '../../src/node/migrations.ts'
import { freePort } from '../../src/node/postgres-server.ts'
import { findDebianProgram } from './debian-program.ts'

export type Front = {
  /** Ports of 127.0.0.1: `public` speaks TLS where there is a certificate, else HTTP. */
  ports: { plain: number; public: number; figures: number }
  /** What it has said: changes of the processes' standing. */
  said: () => string
  stop: () => Promise<void>
}

export type FrontParts = {
  /** `host:port` of both processes. */
  gateways: readonly [string, string]
  publicUrl: string
  /** A file with certificate and key, PEM; null: no TLS, for whoever measures something else. */
  certificate: string | null
  /** A port of 127.0.0.1 at which a server of names is asked; absent: those of this machine. */
  namesAt?: number
}

export const missingFront = 'there is no HAProxy on this machine: apt-get install haproxy'

export const findHaproxy = (): string | null => findDebianProgram('haproxy')

/** Throws with what it said when it does not start. */
export const startFront = async (parts: FrontParts): Promise<Front> => {
  const { gateways, publicUrl, certificate } = parts
  const program = findHaproxy()
  if (!program) throw new Error(missingFront)
  const folder = await mkdtemp(join(tmpdir(), 'lephi-front-'))
  const file = join(folder, 'haproxy.cfg')
  await writeFile(file, await settings(parts))
  const ports = { plain: await freePort(), public: await freePort(), figures: await freePort() }
  const child = spawn(program, ['-db', '-f', file], {
    env: {
      PATH: process.env.PATH,
      PUBLIC_URL: publicUrl,
      GATEWAY_ONE: gateways[0],
      GATEWAY_TWO: gateways[1],
      FRONT_BIND: `127.0.0.1:${ports.public}`,
      FRONT_PLAIN_BIND: `127.0.0.1:${ports.plain}`,
      FRONT_FIGURES_BIND: `127.0.0.1:${ports.figures}`,
      FRONT_CERTIFICATE: certificate ?? '',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (bytes: Buffer) => {
    said = `${said}${bytes}`.slice(-20_000)
  })
  const ended = once(child, 'exit')
  const isUp = await Promise.race([ended.then(() => false), answersAt(ports.figures)])
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  if (isUp) return { ports, said: () => said, stop }
  await stop()
  throw new Error(`HAProxy did not start: ${said}`)
}

/** Those that are deployed, but for what is asked to be otherwise. */
const settings = async ({ certificate, namesAt }: FrontParts): Promise<string> => {
  const own: [string, string][] = []
  if (certificate === null) own.push([' ssl crt "$' + '{FRONT_CERTIFICATE}" alpn http/1.1', ''])
  if (namesAt !== undefined) {
    own.push(['  parse-resolv-conf\n', `  nameserver own 127.0.0.1:${namesAt}\n`])
    own.push([' init-addr last,libc,none', ' init-addr none'])
  }
  let text = await readFile(join(packageRoot(), 'deploy', 'haproxy', 'haproxy.cfg'), 'utf8')
  for (const [deployed, line] of own) {
    if (!text.includes(deployed)) throw new Error(`deploy/haproxy/haproxy.cfg has no more "${deployed}"`)
    text = text.replace(deployed, line)
  }
  return text
}

const answersAt = async (port: number): Promise<boolean> => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const socket = connect({ host: '127.0.0.1', port })
    // It rejects where the socket says that it cannot.
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isThere) return true
    await pause(50)
  }
  return false
}
