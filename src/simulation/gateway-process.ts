/** One process of the gateway, the real one: its own clock, ids and memory, over the database that it shares with others. It can end at any moment. */
import type { Hono } from 'hono'
import type { ApiEnv } from '../api/env.ts'
import { buildApp } from '../app.ts'
import { type Config, readConfig } from '../config.ts'
import type { Deps } from '../flows/deps.ts'
import { createFingerprint } from '../lib/fingerprint.ts'
import { createIdSource } from '../lib/id.ts'
import { createMetrics } from '../lib/metrics.ts'
import { createSealedBox, type SealingKey } from '../lib/sealed-box.ts'
import type { FetchPort } from '../providers/contract.ts'
import { registry } from '../providers/registry.ts'
import { bankApps } from './bank-apps.ts'
import { type Connections, type Gate, gateDatabase } from './gated-database.ts'
import type { Random } from './random.ts'

export type GatewayProcess = {
  /** Which of the processes that run at once, and which of those that have run there. */
  name: string
  index: number
  app: Hono<ApiEnv>
  deps: Deps
  isAlive: () => boolean
  die: () => void
  /** Resolves when it dies. */
  death: Promise<void>
  /** Resolves when nothing goes on behind an answer any more. */
  settled: () => Promise<void>
}

export type ProcessParts = {
  name: string
  index: number
  connections: Connections
  gate: (process: GatewayProcess) => Gate
  now: () => Date
  random: Random
  fetch: FetchPort
  fetchPublic: FetchPort
  masterKey: SealingKey
  publicUrl: string
  /** What a tester wraps around what the process is handed. */
  alter: (deps: Deps) => Deps
  /** Hears of errors that the process logs. */
  onError: (fields: object, message: string) => void
}

/** Nothing that would be slow or unlike itself in a town: no limits of calls, which are tested elsewhere. */
const configOf = (publicUrl: string): Config => {
  const config = readConfig({ PUBLIC_URL: publicUrl })
  const unlimited = Object.keys(config.rateLimits).map((name) => [name, 1_000_000])
  return { ...config, rateLimits: Object.fromEntries(unlimited) as Config['rateLimits'] }
}

const nothingPrinted = () => Promise.reject(new Error('nothing is printed in a simulation'))

export const startProcess = (parts: ProcessParts): GatewayProcess => {
  const { name, index, now, random, publicUrl, masterKey } = parts
  const dead = Promise.withResolvers<void>()
  const underWay = new Set<Promise<unknown>>()
  let isAlive = true
  const [ids, tokens] = [random.fork('ids'), random.fork('tokens')]
  const onError = (fields: object, message: string) => {
    if (isAlive) parts.onError(fields, message)
  }
  const quiet = () => undefined
  const whileAlive =
    (port: FetchPort): FetchPort =>
    (url, init) =>
      isAlive ? port(url, init) : new Promise(() => undefined)
  const bare: Deps = {
    db: gateDatabase(parts.connections, () => parts.gate(process)()),
    now,
    newId: createIdSource({ now, random: ids.bytes }),
    newToken: (bytes) => base64url(tokens.bytes(bytes)),
    fetch: whileAlive(parts.fetch),
    fetchPublic: whileAlive(parts.fetchPublic),
    fetchIssuer: () => Promise.reject(new TypeError('there is no issuer in a simulation')),
    privateHosts: [],
    box: createSealedBox([masterKey]),
    fingerprint: createFingerprint([masterKey]),
    log: { debug: quiet, info: quiet, warn: quiet, error: onError },
    metrics: createMetrics(),
    providers: registry,
    publicUrl,
    mode: 'demo',
    pdfFonts: nothingPrinted,
    webFont: nothingPrinted,
    uploadBytesMax: 64 * 1024 * 1024,
    defer: (work) => {
      const tracked = work
        .catch((error: unknown) => onError({ error }, 'deferred work failed'))
        .finally(() => underWay.delete(tracked))
      underWay.add(tracked)
    },
  }
  const deps = parts.alter(bare)
  const process: GatewayProcess = {
    name,
    index,
    deps,
    app: buildApp(deps, configOf(publicUrl), {
      checkAnswers: true,
      bankAppHref: `${publicUrl}${bankApps[0]?.path}`,
    }),
    isAlive: () => isAlive,
    die: () => {
      isAlive = false
      dead.resolve()
    },
    death: dead.promise,
    settled: async () => {
      while (isAlive && underWay.size > 0) await Promise.race([Promise.all(underWay), dead.promise])
    },
  }
  return process
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
