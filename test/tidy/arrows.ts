// Who may import whom: the rooms of STYLE.md, the runtime that only the entries know, and no circles.
import { importsOf, isNode, placeOf, type Source } from './source.ts'

const rooms: Record<string, readonly string[]> = {
  lib: [],
  domain: ['lib'],
  providers: ['domain', 'lib'],
  store: ['domain', 'lib'],
  flows: ['domain', 'providers', 'store', 'lib'],
  api: ['flows', 'store', 'domain', 'lib'],
  pages: ['flows', 'store', 'domain', 'lib'],
  // Written from the protocol, not from our adapter: whoever shares code with it proves nothing.
  simulators: ['lib'],
  // A whole town: the real gateway and the providers' own side, which meet in it over requests and responses only.
  simulation: ['app.ts', 'config.ts', 'api', 'flows', 'providers', 'simulators', 'store', 'domain', 'lib'],
  'config.ts': ['domain', 'lib'],
  'assemble.ts': ['config.ts', 'api', 'pages', 'flows', 'providers', 'store', 'domain', 'lib'],
  'front-app.ts': ['assemble.ts', 'config.ts', 'api', 'flows'],
  'app.ts': ['assemble.ts', 'config.ts', 'api', 'pages', 'flows', 'providers', 'store', 'domain', 'lib'],
  // No simulators: they never ship in the Worker's bundle.
  worker: ['assemble.ts', 'config.ts', 'api', 'flows', 'providers', 'store', 'domain', 'lib'],
  'worker.ts': ['worker', 'front-app.ts', 'providers'],
  'office-worker.ts': ['worker', 'app.ts', 'providers'],
}
const everything = [...Object.keys(rooms), 'node'].filter((room) => !/^(office-)?worker/.test(room))
for (const room of ['node', 'node.ts', 'cli.ts', 'demo-run.ts']) rooms[room] = everything

const knowsNode = (path: string) => /^src\/(node|cli|demo-run)\.ts$|^src\/node\//.test(path)
const isNodeOnly = (specifier: string) =>
  /^(node:.*|undici|oidc-provider|@hono\/node-server(\/.*)?|@opentelemetry\/.*|pino)$/.test(specifier)
/** Who makes spans and who sends them. Everybody else says what is done by lib/tracing.ts. */
const isOfSpans = (path: string) => /^src\/(lib\/spans|worker\/collect-spans)\.ts$/.test(path)
const isDatabasePackage = (specifier: string) => /^(postgres|drizzle-orm(\/.*)?|pg)$/.test(specifier)

/** The room of a path below src/: its folder, or the file itself where it lies directly in src/. */
const roomOf = (path: string) => path.split('/')[1] ?? path

/** Arrows between rooms. */
export const wrongArrows = (sources: readonly Source[]): string[] =>
  sources.flatMap((source) => {
    const room = roomOf(source.path)
    const allowed = rooms[room]
    if (!allowed) return [`${source.path} lies in no known room`]
    return importsOf(source)
      .filter(({ isPackage }) => !isPackage)
      .filter(({ target }) => {
        if (!target.startsWith('src/')) return true
        // A simulated town is somebody's command and nothing that a gateway carries along.
        if (roomOf(target) === 'simulation' && room !== 'simulation')
          return !source.path.startsWith('src/node/commands/')
        return roomOf(target) !== room && !allowed.includes(roomOf(target))
      })
      .map(({ target, line }) => `${source.path}:${line} imports ${target}`)
  })

/** Node's own modules and packages that need them. */
export const runtimeImports = (sources: readonly Source[]): string[] =>
  sources
    .filter(({ path }) => !knowsNode(path))
    .flatMap((source) =>
      importsOf(source)
        .filter(({ target, isPackage }) => isPackage && isNodeOnly(target))
        // workerd has node:crypto too, and its HMAC is nine times as fast as crypto.subtle's; it takes what Buffer writes.
        .filter(
          ({ target }) =>
            !(/^src\/lib\/(hmac|sealed-box)\.ts$/.test(source.path) && /^node:(crypto|buffer)$/.test(target)),
        )
        .filter(({ target }) => !(isOfSpans(source.path) && target.startsWith('@opentelemetry/')))
        .map(({ target, line }) => `${source.path}:${line} imports ${target}`),
    )

/** SQL and database packages outside the store. */
export const sqlOutsideStore = (sources: readonly Source[]): string[] =>
  sources
    .filter(({ path }) => !path.startsWith('src/store/') && !knowsNode(path))
    .flatMap((source) => [
      ...importsOf(source)
        .filter(({ target, isPackage }) => isPackage && isDatabasePackage(target))
        .map(({ target, line }) => `${source.path}:${line} imports ${target}`),
      ...source.nodes
        .filter((node) => node.type === 'TaggedTemplateExpression' && /(^|\.)(sql|tx)$/.test(tagOf(source, node.tag)))
        .map((node) => `${placeOf(source, node)} writes SQL`),
    ])

const tagOf = (source: Source, tag: unknown) => (isNode(tag) ? source.text.slice(tag.start, tag.end) : '')

/** Each circle once, as the list of its files. */
export const importCircles = (sources: readonly Source[]): string[] => {
  const targets = new Map(sources.map((source) => [source.path, importsOf(source).map(({ target }) => target)]))
  const finished = new Set<string>()
  const circles: string[] = []
  const follow = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) circles.push([...trail.slice(start), path].join(' → '))
    if (start >= 0 || finished.has(path)) return
    for (const target of targets.get(path) ?? []) follow(target, [...trail, path])
    finished.add(path)
  }
  for (const path of targets.keys()) follow(path, [])
  return circles
}
