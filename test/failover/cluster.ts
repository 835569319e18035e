// Three PostgreSQL under Patroni, with etcd and HAProxy, on this machine: built from nothing in one folder, hurt, mended, and ended without a trace.
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { z } from 'zod'
import { type Account, knownAccount } from '../../src/node/postgres-home.ts'
import { freePort } from '../../src/node/postgres-server.ts'
import { readPostmaster } from '../../src/node/postmaster.ts'
import { type ClusterPlan, etcdArguments, haproxyConfig, type Node, patroniConfig } from './cluster-files.ts'
import { signalAll, startProgram, untilGone, withDescendants } from './processes.ts'

export type Cluster = {
  /** postgres://… of its superuser, by way of HAProxy. */
  url: string
  /** The node that holds the leader's lock and is the primary by its own word; null while there is none. */
  primary: () => Promise<string | null>
  /** Every process of the node that lives, Patroni first. */
  processesOf: (name: string) => Promise<{ patroni: number; all: number[] }>
  /** Ends what is left of the node, also what stands still or goes on without Patroni. */
  fence: (name: string) => Promise<void>
  /** Puts a new node in the place of one that was fenced, which copies the primary: what stood on the old one is gone. */
  replace: (name: string) => Promise<void>
  /** Resolves when there is a primary with both standbys streaming, one of them synchronous where that was asked for. */
  whole: () => Promise<string>
  durability: Readonly<Record<string, string>>
  stop: () => Promise<void>
}

export type ClusterOptions = { folder: string; isSynchronous: boolean }

const binaries = '/usr/lib/postgresql/15/bin'
const wholeTimeoutMs = 180_000
const pollMs = 250
const askTimeoutMs = 2_000

export const startCluster = async ({ folder, isSynchronous }: ClusterOptions): Promise<Cluster> => {
  await stat(join(binaries, 'postgres')).catch((cause: unknown) => {
    throw new Error(`PostgreSQL 15 is not in ${binaries} (apt-get install postgresql-15)`, { cause })
  })
  const account =
    process.getuid?.() === 0 ? knownAccount(await readFile('/etc/passwd', 'utf8').catch(() => '')) : undefined
  const plan = await planCluster({ folder, isSynchronous })
  const running = new Map<string, ChildProcess>()
  const run = async (name: string, command: string, args: readonly string[], home = folder) => {
    const log = join(folder, `${name}.log`)
    running.set(name, await startProgram({ name, command, args, folder: home, log, account }))
  }
  const pidOf = (name: string) => running.get(name)?.pid ?? 0
  const processesOf = async (name: string) => {
    const postmaster = await readPostmaster(join(nodeOf(plan, name).folder, 'data'))
    const patroni = pidOf(name)
    return { patroni, all: await withDescendants([patroni, postmaster?.pid ?? patroni]) }
  }
  const end = async (name: string) => {
    const { all } = await processesOf(name)
    signalAll(all, 'SIGKILL')
    await untilGone(all)
  }
  const start = async (node: Node) =>
    run(node.name, '/usr/bin/patroni', [join(node.folder, 'patroni.yml')], node.folder)
  const stop = async () => {
    for (const node of plan.nodes) if (running.has(node.name)) await end(node.name)
    const rest = ['haproxy', 'etcd'].filter((name) => running.has(name)).map(pidOf)
    signalAll(rest, 'SIGKILL')
    await untilGone(rest)
  }
  try {
    await writePlan(plan, account)
    await run('etcd', '/usr/bin/etcd', etcdArguments(plan))
    await run('haproxy', '/usr/sbin/haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')])
    for (const node of plan.nodes) await start(node)
    await untilWhole(plan)
    const url = (name: string) => `postgres://lephi:${plan.password}@127.0.0.1:${plan.proxy}/${name}`
    const durability = await prepare(url('postgres'))
    return {
      url: url('lephi'),
      durability,
      primary: () => findA(plan, 'primary'),
      processesOf,
      fence: end,
      replace: async (name) => {
        await rm(join(nodeOf(plan, name).folder, 'data'), { recursive: true, force: true })
        await start(nodeOf(plan, name))
      },
      whole: () => untilWhole(plan),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const nodeOf = (plan: ClusterPlan, name: string): Node => {
  const node = plan.nodes.find((each) => each.name === name)
  if (!node) throw new RangeError(`there is no node ${name}`)
  return node
}

const planCluster = async ({ folder, isSynchronous }: ClusterOptions): Promise<ClusterPlan> => {
  const ports = new Set<number>()
  while (ports.size < 9) ports.add(await freePort())
  const [client = 0, peer = 0, proxy = 0, ...rest] = ports
  const nodes = ['n1', 'n2', 'n3'].map((name, index) => ({
    name,
    postgres: rest[index * 2] ?? 0,
    rest: rest[index * 2 + 1] ?? 0,
    folder: join(folder, name),
  }))
  const password = randomBytes(18).toString('base64url')
  return { folder, nodes, etcd: { client, peer }, proxy, password, isSynchronous, binaries }
}

/** Everything belongs to the account that the programs run under. */
const writePlan = async (plan: ClusterPlan, account: Account | undefined): Promise<void> => {
  const own = async (path: string) => account && chown(path, account.uid, account.gid)
  const put = async (path: string, text: string) => {
    await writeFile(path, text, { mode: 0o600 })
    await own(path)
  }
  await own(plan.folder)
  await put(join(plan.folder, 'haproxy.cfg'), haproxyConfig(plan))
  for (const node of plan.nodes) {
    await mkdir(node.folder, { mode: 0o700 })
    await own(node.folder)
    await put(join(node.folder, 'patroni.yml'), patroniConfig(plan, node))
  }
}

const member = z.looseObject({
  replication: z.array(z.looseObject({ application_name: z.string(), state: z.string() })).optional(),
})

/** What a node's Patroni says of it; null when it says nothing. */
const ask = async ({ rest }: Node): Promise<z.output<typeof member> | null> => {
  try {
    const answer = await fetch(`http://127.0.0.1:${rest}/patroni`, { signal: AbortSignal.timeout(askTimeoutMs) })
    return member.parse(await answer.json())
  } catch {
    return null
  }
}

/** Patroni answers 200 where the node is that, by the cluster's state and not by PostgreSQL's alone (Patroni 3.0, REST API). */
const isA = async ({ rest }: Node, role: 'primary' | 'synchronous'): Promise<boolean> => {
  try {
    const answer = await fetch(`http://127.0.0.1:${rest}/${role}`, { signal: AbortSignal.timeout(askTimeoutMs) })
    await answer.body?.cancel()
    return answer.status === 200
  } catch {
    return false
  }
}

const findA = async ({ nodes }: ClusterPlan, role: 'primary' | 'synchronous'): Promise<string | null> => {
  const are = await Promise.all(nodes.map((node) => isA(node, role)))
  return nodes.find((_, index) => are[index])?.name ?? null
}

const untilWhole = async (plan: ClusterPlan): Promise<string> => {
  const begun = performance.now()
  while (performance.now() - begun < wholeTimeoutMs) {
    const name = await findA(plan, 'primary')
    const said = name === null ? null : await ask(nodeOf(plan, name))
    // By name: a copy that is being made of the primary streams as well, and is no standby yet.
    const streaming = plan.nodes.filter((node) =>
      said?.replication?.some(({ application_name, state }) => application_name === node.name && state === 'streaming'),
    )
    // A standby that PostgreSQL waits for is promoted only once Patroni has it on record as the one.
    const isConfirmed = !plan.isSynchronous || (await findA(plan, 'synchronous')) !== null
    if (name !== null && streaming.length === plan.nodes.length - 1 && isConfirmed) return name
    await pause(pollMs)
  }
  throw new Error(`the cluster does not become whole in ${wholeTimeoutMs / 1_000} s: see the logs in ${plan.folder}`)
}

const settings = ['server_version', 'fsync', 'synchronous_commit', 'synchronous_standby_names', 'full_page_writes']

/** Makes the database, and answers how durable the primary says that it is. */
const prepare = async (url: string): Promise<Record<string, string>> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    await sql`create database lephi`
    const rows = await sql`select name, setting from pg_settings where name = any(${settings})`
    return Object.fromEntries(rows.map(({ name, setting }) => [String(name), String(setting)]))
  } finally {
    await sql.end({ timeout: 5 })
  }
}
