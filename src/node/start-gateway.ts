// Builds the gateway on Node and starts it, and takes it down again in an order that loses nothing.
import { setTimeout as pause } from 'node:timers/promises'
import { refuseAtOnce } from '../api/admit.ts'
import { admitBy, placesFor } from '../api/urgency.ts'
import { buildApp, type Extras } from '../app.ts'
import type { Config } from '../config.ts'
import type { Deps } from '../flows/deps.ts'
import { type Job, jobs, longJobs } from '../flows/run-jobs.ts'
import type { Log } from '../lib/log.ts'
import type { SealingKey } from '../lib/sealed-box.ts'
import { startBackgroundWork } from './background-work.ts'
import { clockRoutes } from './demo-clock/clock-routes.ts'
import type { DemoClock } from './demo-clock/demo-clock.ts'
import { doDueWork } from './demo-clock/do-due-work.ts'
import { type DemoFile, demoFilePath, writeDemoFile } from './demo-file.ts'
import { type DemoIssuer, openDemoIssuer } from './demo-issuer/open-demo-issuer.ts'
import { createDemoSecrets } from './demo-keys.ts'
import { openDemoPortal } from './demo-portal.ts'
import { agencies, provinceCode } from './demo-province.ts'
import { listen, remoteAddressOf } from './http-server.ts'
import { withNamedFaults } from './named-faults.ts'
import { openDeps } from './open-deps.ts'
import { runSimulators } from './run-simulators.ts'
import { seedDemo } from './seed-demo.ts'
import { createShutdown, type Shutdown } from './shutdown.ts'

export type Gateway = {
  /** How others reach it, without a slash at the end. */
  url: string
  deps: Deps
  demo: { file: string; contents: DemoFile } | null
  /** Says that it is not ready, answers on for as long as the settings say, and ends everything in order. Resolves when it is over; safe to call twice. */
  stop: () => Promise<void>
}

/** Starts the gateway that `config` describes. Throws an Error that says what to do; what was started until then is stopped. */
export async function startGateway(given: Config, log: Log): Promise<Gateway> {
  const shutdown = createShutdown(log)
  try {
    return await start(given, log, shutdown)
  } catch (error) {
    await shutdown.run()
    throw error
  }
}

const start = async (given: Config, log: Log, shutdown: Shutdown): Promise<Gateway> => {
  const server = await listen(given)
  shutdown.add('listening', () => server.close(5_000))
  const placed = { ...given, port: server.port, publicUrl: given.publicUrl.replace(/:0$/, `:${server.port}`) }
  let ending: Promise<void> | undefined
  const opened = await openDeps(placed, { log, shutdown })
  const isEnding = () => ending !== undefined
  const admission = admitBy(placesFor(given.requestConnections))
  const isServing = () => Object.values(admission.standing()).some(({ underWay }) => underWay > 0)
  const [opening, background] = [
    { ...opened.deps, isEnding },
    { ...opened.background, isEnding, isServing },
  ]
  const { masterKeys, clock } = opened
  const work = workOf(clock)
  const demo = clock ? await openDemo(opening, placed, { masterKeys, shutdown, clock, background, work }) : null
  const deps = { ...opening, providers: demo?.providers ?? opening.providers }
  const config = { ...placed, openId: placed.openId ?? demo?.issuer?.settings ?? null }
  const app = buildApp(deps, config, {
    admission,
    remoteAddress: (_request, env) => remoteAddressOf(env),
    compress: true,
    ...demo?.extras,
  })
  if (demo?.issuer) server.mount(demo.issuer.mountPath, demo.issuer.handle)
  server.refuse(refuseAtOnce(deps, admission))
  server.answer((request, env) => app.fetch(request, env as Record<string, unknown>))
  const running = startBackgroundWork(background, work)
  const stopWork = () => running.stop()
  shutdown.add('background work', stopWork)
  shutdown.add('interrupted work', stopWork)
  const end = async () => {
    server.retire()
    await pause(config.drainMs)
    await shutdown.run()
  }
  const stop = () => {
    ending ??= end()
    return ending
  }
  return { url: config.publicUrl, deps, demo: demo?.file ?? null, stop }
}

/** All background work. What is erased goes by the machine's own time: a clock that was moved for a trial must destroy nothing, and the database would refuse it. */
const workOf = (clock: DemoClock | null): Readonly<Record<string, Job>> => {
  const all = { ...jobs, ...longJobs }
  if (!clock) return all
  const byMachine =
    (job: Job): Job =>
    (deps, limit) =>
      job({ ...deps, now: clock.machineNow }, limit)
  return Object.fromEntries(
    Object.entries(all).map(([name, job]) => [name, isErasing.has(name) ? byMachine(job) : job]),
  )
}
const isErasing: ReadonlySet<string> = new Set(['enforce_retention', 'keep_months', 'forget_provider_calls'])

/** What the demo's front page leads to, besides what every front page has. */
const demoLinks = [
  {
    href: '/demo-portal',
    label: { vi: 'Cổng dịch vụ công mô phỏng: tạo đơn phí', en: 'Simulated service portal: make an order' },
  },
  { href: '/console', label: { vi: 'Trang kế toán, đối soát', en: 'Accountants’ pages' } },
  { href: '/simulators', label: { vi: 'Đối tác mô phỏng', en: 'Simulated providers' } },
]

type Demo = {
  extras: Extras
  providers: Deps['providers']
  file: { file: string; contents: DemoFile }
  issuer: DemoIssuer | null
}

type DemoParts = {
  masterKeys: readonly SealingKey[]
  shutdown: Shutdown
  clock: DemoClock
  background: Deps
  work: Readonly<Record<string, Job>>
}

const openDemo = async (
  deps: Deps,
  config: Config,
  { masterKeys, shutdown, clock, background, work }: DemoParts,
): Promise<Demo> => {
  const [key] = masterKeys
  if (!key) throw new Error('the demo has no master key')
  const secrets = createDemoSecrets(key)
  const { demo, merchants } = await seedDemo(deps, secrets)
  const simulators = await runSimulators(deps, {
    accounts: merchants,
    dataDir: config.dataDir,
    portalHref: '/demo-portal',
    merchantName: agencies[0]?.name ?? provinceCode,
  })
  shutdown.add('simulators', simulators.stop)
  await writeDemoFile(config.dataDir, demo)
  // Whoever names an issuer wants that one, in the demo too.
  const issuer = config.openId === null ? await openDemoIssuer(deps, secrets) : null
  // Whoever moves the clock waits for what it makes due.
  const { isServing: _, ...atOnce } = background
  const doDue = () => doDueWork(atOnce, { tick: simulators.tick, jobs: work })
  const extras = {
    simulators: simulators.app.route('/clock', clockRoutes({ clock, doDueWork: doDue })),
    bankAppHref: simulators.bankAppHref,
    demoPortal: await openDemoPortal(deps, demo.clients.portal),
    frontLinks: demoLinks,
  }
  const providers = withNamedFaults(deps.providers, { simulators: simulators.app, log: deps.log })
  return { extras, providers, file: { file: demoFilePath(config.dataDir), contents: demo }, issuer }
}
