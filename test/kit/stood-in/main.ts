// `node main.ts ROOT PROGRAM [words]`: plays a program of a server (server.ts). It refuses what the real one would not take, and else writes down what it was asked.
import { machineAt, Refused, type StandIn } from './machine.ts'

/** Read when it is asked for: most lines of a page need little of this. */
const standIns: Record<string, () => Promise<StandIn>> = {
  'apt-get': async () => (await import('./debian.ts')).aptGet,
  chown: async () => (await import('./debian.ts')).chown,
  curl: async () => (await import('./debian.ts')).curl,
  docker: async () => (await import('./docker.ts')).docker,
  npm: async () => (await import('./npm.ts')).npm,
  npx: async () => (await import('./wrangler.ts')).npx,
  systemctl: async () => (await import('./systemctl.ts')).systemctl,
}

// What a stand-in runs itself is this machine's.
process.env.PATH = process.env.PATH_OUTSIDE ?? ''
const [root = '', program = '', ...words] = process.argv.slice(2)
try {
  const standIn = await standIns[program]?.()
  if (!standIn) throw new Refused('nobody plays it')
  await standIn(machineAt(root), words)
} catch (error) {
  if (!(error instanceof Refused)) throw error
  console.error(`${program}: ${error.message}`)
  process.exit(1)
}
