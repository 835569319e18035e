// Starts workerd with Workers of ours, as `wrangler.toml` has them but for their entries: real PostgreSQL through Hyperdrive's local binding.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { inject } from 'vitest'
import { createTestHarness, type TestHarness, unstable_readConfig } from 'wrangler'
import { packageRoot } from '../../../src/node/migrations.ts'

export type Workerd = {
  fetch: (url: string, init?: RequestInit) => Promise<Response>
  logs: () => readonly unknown[]
  worker: TestHarness['getWorker']
  close: () => Promise<void>
}

export type Entry = {
  /** A path below the project's root, and the value in it that is the Worker. */
  path: string
  name: string
  vars?: Record<string, string>
  alias?: Record<string, string>
  /** Limits of counters by the name of their binding, where they are not those of wrangler.toml. */
  counts?: Record<string, number>
  /** Of the database, where not that of the run. */
  databaseUrl?: string
  secrets?: Record<string, string>
}

type Counter = { name: string; namespace_id: string; simple: { limit: number; period: 10 | 60 } }

/** The master key of createTestDeps. */
const masterKey = `test:${Buffer.from(new Uint8Array(32).fill(7)).toString('base64')}`

export const openWorkerd = (entry: Entry): Promise<Workerd> => openWorkers({ lephi: entry })

/** The same of several, by name; the first one is asked where none is named. */
export const openWorkers = async (entries: Record<string, Entry>): Promise<Workerd> => {
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false'
  process.env.WRANGLER_SEND_METRICS = 'false'
  const root = packageRoot()
  await mkdir(join(root, '.tmp'), { recursive: true })
  const folder = await mkdtemp(join(root, '.tmp', 'workerd-'))
  const workers = await Promise.all(
    Object.entries(entries).map(async ([as, entry]) => {
      const main = join(folder, `${as}.ts`)
      const from = relative(folder, join(root, entry.path)).replaceAll('\\', '/')
      await writeFile(main, `import { ${entry.name} } from '${from}'\nexport default ${entry.name}\n`)
      return { config: { name: as, ...configOf(main, entry) }, secrets: entry.secrets ?? {} }
    }),
  )
  const harness = createTestHarness({ root, workers })
  await harness.listen()
  return {
    fetch: (url, init) => harness.fetch(url, init as never) as Promise<never>,
    logs: () => harness.getLogs(),
    worker: (name) => harness.getWorker(name),
    close: async () => {
      await harness.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const configOf = (main: string, { vars = {}, alias = {}, counts = {}, databaseUrl }: Entry) => {
  const real = unstable_readConfig({ config: join(packageRoot(), 'wrangler.toml') })
  const [hyperdrive] = real.hyperdrive
  return {
    main,
    compatibility_date: real.compatibility_date ?? '',
    // Calls go to the test, which is no public address.
    compatibility_flags: real.compatibility_flags.filter((flag: string) => flag !== 'global_fetch_strictly_public'),
    rules: [{ type: 'Data' as const, globs: ['**/*.ttf', '**/*.woff2'], fallthrough: false }],
    hyperdrive: [
      {
        binding: hyperdrive?.binding ?? '',
        id: hyperdrive?.id ?? '',
        localConnectionString: databaseUrl ?? inject('testServer').url,
      },
    ],
    ratelimits: real.ratelimits.map((each: Counter) => ({
      ...each,
      simple: { ...each.simple, limit: counts[each.name] ?? each.simple.limit },
    })),
    alias: { ...real.alias, ...alias },
    vars: {
      LEPHI_MODE: 'demo',
      PUBLIC_URL: 'http://gateway.test',
      LEPHI_MASTER_KEY: masterKey,
      LEPHI_LOG_LEVEL: 'warn',
      ...vars,
    },
  }
}
