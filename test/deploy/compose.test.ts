// deploy/compose.yaml and what it mounts and builds: every variable is one that is read, every path is there, and whoever speaks to somebody finds them at that name and port.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readConfig } from '../../src/config.ts'
import { packageRoot } from '../../src/node/migrations.ts'

const root = packageRoot()
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')
const text = read('deploy', 'compose.yaml')

const named = z.union([z.array(z.string()), z.record(z.string(), z.unknown())])
const service = z.looseObject({
  image: z.string().optional(),
  build: z.union([z.string(), z.object({ context: z.string(), dockerfile: z.string() })]).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  secrets: z.array(z.string()).default([]),
  configs: z.array(z.object({ source: z.string(), target: z.string() })).default([]),
  depends_on: named.default([]),
  command: z.array(z.string()).default([]),
})
const compose = z
  .looseObject({
    services: z.record(z.string(), service),
    configs: z.record(z.string(), z.unknown()),
    secrets: z.record(z.string(), z.object({ environment: z.string() })),
    volumes: z.record(z.string(), z.unknown()),
  })
  .parse(parse(text, { merge: true }))
const { services } = compose
const all = Object.entries(services)
const processes = all.filter(([name]) => name.startsWith('gateway-'))
const gateway = service.parse(services['gateway-one'])
const front = service.parse(services.front)

/** `NAME=value` lines, without those of comments. */
const variables = (lines: string): Record<string, string> =>
  Object.fromEntries([...lines.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]))
const example = variables(read('deploy', 'example.env'))
const dockerfile = read('deploy', 'Dockerfile')
const ofImage = variables((/^ENV (.*)$/m.exec(dockerfile)?.[1] ?? '').replaceAll(' ', '\n'))
const ini = read('deploy', 'pgbouncer', 'pgbouncer.ini')
const setting = (name: string) => new RegExp(`^${name} = (.*)$`, 'm').exec(ini)?.[1]

/** As compose fills it in, with an example's values and passwords of the recommended shape. */
const filledIn = (environment: Record<string, string>): Record<string, string> => {
  const masterKey = Buffer.from(Array.from({ length: 32 }, (_, n) => n * 7)).toString('base64')
  const value = (name: string) => example[name] || (name === 'LEPHI_MASTER_KEY' ? masterKey : '0123456789abcdef0123')
  const oidc = /^LEPHI_OIDC_/
  return Object.fromEntries(
    Object.entries({ ...ofImage, ...environment }).map(([name, each]) => [
      name,
      each.replaceAll(/\$\{(\w+):[?-]\}/g, (_, variable: string) => (oidc.test(variable) ? '' : value(variable))),
    ]),
  )
}

describe('variables', () => {
  const config = read('src', 'config.ts')
  test.for(['gateway-one', 'gateway-two', 'migrate'])(
    'of %s are ones that the gateway reads, and make a configuration',
    (name) => {
      const { environment } = service.parse(services[name])
      for (const variable of Object.keys({ ...environment, ...ofImage }))
        if (variable !== 'NODE_ENV') expect(config, variable).toContain(`  ${variable}: `)
      expect(readConfig(filledIn(environment))).toMatchObject({ mode: 'production', port: 8787, host: '0.0.0.0' })
    },
  )

  it('are asked for in the example, all of them', () => {
    const asked = [...text.matchAll(/\$\{(\w+)(?::[?-])?\}/g)].map(([, name = '']) => name)
    const secrets = Object.values(compose.secrets).map(({ environment }) => environment)
    expect(Object.keys(example).sort()).toEqual([...new Set([...asked, ...secrets])].sort())
  })
})

it('mounts and builds what is there', () => {
  for (const [name, { volumes, build: built }] of all) {
    // A folder that the operator names is his.
    const mounted = volumes.filter((each) => !each.startsWith('$')).map((volume) => volume.split(':')[0] ?? '')
    for (const path of mounted.filter((each) => each.startsWith('.')))
      expect(existsSync(join(root, 'deploy', path)), `${name} ${path}`).toBe(true)
    for (const volume of mounted.filter((each) => !each.startsWith('.'))) expect(compose.volumes).toHaveProperty(volume)
    if (typeof built === 'string') expect(existsSync(join(root, 'deploy', built, 'Dockerfile')), name).toBe(true)
    else if (built) expect(existsSync(join(root, 'deploy', built.context, built.dockerfile)), name).toBe(true)
  }
})

it('names what it declares', () => {
  for (const [name, { depends_on: before, secrets, configs }] of all) {
    for (const other of Array.isArray(before) ? before : Object.keys(before))
      expect(services, name).toHaveProperty(other)
    for (const secret of secrets) expect(compose.secrets, name).toHaveProperty(secret)
    for (const { source } of configs) expect(compose.configs, name).toHaveProperty(source)
  }
})

it('pins every image of others, and leaves them no more than they need', () => {
  for (const [name, { image, build: built, ...rest }] of all) {
    if (!built) expect(image, name).toMatch(/:v?\d+\.\d+/)
    // PostgreSQL's own image begins as root, makes its folder and gives its rights up.
    if (name !== 'postgres') expect(rest, name).toMatchObject({ read_only: true, cap_drop: ['ALL'] })
  }
})

describe('addresses', () => {
  const addressOf = (name: string) => new URL(filledIn(gateway.environment)[name] ?? '')
  const prometheus = read('deploy', 'prometheus', 'prometheus.yml')

  it('lead through PgBouncer, and past it, to services that listen there', () => {
    const [pooled, direct] = [addressOf('DATABASE_URL'), addressOf('DATABASE_MIGRATIONS_URL')]
    expect([pooled.hostname, pooled.port]).toEqual(['pgbouncer', setting('listen_port')])
    expect(read('deploy', 'pgbouncer', 'Dockerfile')).toContain(`EXPOSE ${pooled.port}\n`)
    expect(setting('lephi')).toBe(`host=${direct.hostname} port=${direct.port}`)
    expect([services, pooled.pathname]).toEqual([
      expect.objectContaining({ [direct.hostname]: expect.anything() }),
      '/lephi',
    ])
    expect(setting('auth_file')).toBe(service.parse(services.pgbouncer).configs[0]?.target)
    expect(text).toContain(`"${pooled.username}" "\${LEPHI_DATABASE_PASSWORD:?}"`)
  })

  it('of the processes are where Prometheus, health checks and the proxy look', () => {
    const port = Number(ofImage.PORT)
    expect(dockerfile).toContain(`EXPOSE ${port}\n`)
    expect(JSON.stringify(gateway)).toContain(`http://127.0.0.1:${port}/healthz`)
    expect(prometheus).toContain(`{ names: [gateway], type: A, port: ${port}, `)
    const { GATEWAY_ONE, GATEWAY_TWO } = front.environment
    expect([GATEWAY_ONE, GATEWAY_TWO]).toEqual(processes.map(([name]) => `${name}:${port}`))
    expect(front.depends_on).toEqual(processes.map(([name]) => name))
    for (const [name, each] of processes) expect(each.networks, name).toEqual({ default: { aliases: ['gateway'] } })
    expect(prometheus).toContain(`credentials_file: /run/secrets/${service.parse(services.prometheus).secrets[0]}`)
  })

  it('of the proxy are the only ones that are reached from outside, and everything that it wants is told', () => {
    const published = all.flatMap(([name, { ports }]) => ports.map((port) => `${name} ${port}`))
    expect(published).toEqual(['front 80:8080', 'front 443:8443', 'grafana 127.0.0.1:3000:3000'])
    const { FRONT_PLAIN_BIND, FRONT_BIND, FRONT_FIGURES_BIND, FRONT_CERTIFICATE = '' } = front.environment
    const figures = '0.0.0.0:8404'
    expect([FRONT_PLAIN_BIND, FRONT_BIND, FRONT_FIGURES_BIND]).toEqual(['0.0.0.0:8080', '0.0.0.0:8443', figures])
    expect(JSON.stringify(front)).toContain('http://127.0.0.1:8404/readyz')
    expect(prometheus).toContain("'front:8404'")
    expect(front.volumes).toContain(`\${FRONT_CERTIFICATES:?}:${dirname(FRONT_CERTIFICATE)}:ro`)
    const wanted = read('deploy', 'haproxy', 'haproxy.cfg')
    const own = [...wanted.matchAll(/^ {2}(?:pre)?setenv (\w+) /gm)].map(([, name]) => name)
    const names = [...new Set([...wanted.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name))]
    // In its image it is nobody from the beginning.
    const told = names.filter((name) => !own.includes(name) && name !== 'FRONT_CHROOT').sort()
    expect(Object.keys(front.environment).sort()).toEqual(told)
    expect(Object.keys(variables(read('deploy', 'haproxy', 'default'))).sort()).toEqual(
      [...told, 'FRONT_CHROOT'].sort(),
    )
  })

  it('of the collector are where Prometheus looks, and its pipelines have only what it has', () => {
    const parts = z.record(z.string(), z.unknown())
    const pipeline = z.record(z.string(), z.array(z.string()))
    const collector = z
      .looseObject({
        exporters: z.looseObject({ prometheus: z.object({ endpoint: z.string() }) }),
        service: z.object({ pipelines: z.record(z.string(), pipeline) }),
      })
      .parse(parse(read('deploy', 'otel-collector.yaml')))
    const [, port] = /:(\d+)$/.exec(collector.exporters.prometheus.endpoint) ?? []
    expect(prometheus).toContain(`'otel-collector:${port}'`)
    const pipelines = Object.values(collector.service.pipelines)
    expect(pipelines).toHaveLength(3)
    for (const [kind, names] of pipelines.flatMap((each) => Object.entries(each)))
      for (const name of names) expect(parts.parse(collector[kind]), name).toHaveProperty(name)
  })
})

it('has connections for all of them, and time to end', () => {
  const replicas = processes.length
  const { requestConnections, jobConnections, drainMs } = readConfig(filledIn(gateway.environment))
  expect(Number(setting('max_client_conn'))).toBeGreaterThanOrEqual(replicas * (requestConnections + jobConnections))
  const [, connections] = /max_connections=(\d+)/.exec(service.parse(services.postgres).command.join(' ')) ?? []
  // Two for each process that starts, two for whoever migrates, three that PostgreSQL keeps for superusers, five for people.
  expect(Number(connections)).toBeGreaterThanOrEqual(Number(setting('default_pool_size')) + 2 * replicas + 2 + 3 + 5)
  expect(gateway.stop_grace_period).toBe(`${drainMs / 1_000 + 30}s`)
  const [, frontMax] = /^ {2}maxconn (\d+)$/m.exec(read('deploy', 'haproxy', 'haproxy.cfg')) ?? []
  expect(front.ulimits).toEqual({ nofile: expect.any(Number) })
  expect((front.ulimits as { nofile: number }).nofile).toBeGreaterThan(2 * Number(frontMax) + 500)
})

describe('the image', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '))
  const ignored = read('deploy', 'Dockerfile.dockerignore')

  it('is made of what is there, and of what its ignore file lets in', () => {
    for (const path of copied) {
      expect(existsSync(join(root, path)), path).toBe(true)
      expect(ignored, path).toMatch(new RegExp(`^!${path.replaceAll('.', '\\.')}(/\\*\\.sql)?$`, 'm'))
    }
  })

  it('has every package that the bundles begin with', { timeout: 60_000 }, async () => {
    const { dependencies } = z
      .looseObject({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json')))
    const { metafile } = await build({
      ...{ absWorkingDir: root, entryPoints: ['src/node.ts', 'src/cli.ts'], outdir: 'dist' },
      ...{ bundle: true, write: false, metafile: true, platform: 'node', format: 'esm', packages: 'external' },
      ...{ jsx: 'automatic', jsxImportSource: 'hono/jsx', logLevel: 'error' },
    })
    const packages = Object.values(metafile.outputs)
      .flatMap(({ imports }) => imports)
      .filter(({ external, kind, path }) => external && kind === 'import-statement' && !path.startsWith('node:'))
      .map(({ path }) =>
        path
          .split('/')
          .slice(0, path.startsWith('@') ? 2 : 1)
          .join('/'),
      )
    expect(packages).toContain('postgres')
    expect([...new Set(packages)].filter((name) => !Object.hasOwn(dependencies, name))).toEqual([])
  })
})
