// The gateway's Worker as tests drive it: each stage has its own database, clock and providers, which a header of every request names. Everything else is src/worker.
import type { ExecutionContext } from '@cloudflare/workers-types'
import { applyOutcome } from '../../../src/flows/apply-outcome.ts'
import { buildFrontApp } from '../../../src/front-app.ts'
import type { LiveLimits } from '../../../src/pages/live-routes.ts'
import { noFiles } from '../../../src/worker/ask-office.ts'
import { createWorker, type Env, type Worker } from '../../../src/worker/create-worker.ts'
import { applicationOf, type Told } from '../../kit/door.ts'
import { decode, encode } from '../../kit/wire.ts'
import { remoteProviders } from './remote-providers.ts'

/** What a request is told of its stage. */
export type Setting = {
  name: string
  /** Of the database. */
  database: string
  now: string
  /** Where the test plays the providers, and their titles by name. */
  otherSide: string
  providers: Readonly<Record<string, string>>
  live: LiveLimits | null
}

export const settingHeader = 'x-stage'
export const doorPath = '/door'

type Stage = { worker: Worker; clock: { now: string } }
const stages = new Map<string, Stage>()

const openStage = (setting: Setting): Stage => {
  const clock = { now: setting.now }
  const worker = createWorker({
    buildApp: buildFrontApp,
    ...noFiles,
    providers: remoteProviders(setting),
    now: () => new Date(clock.now),
    ...(setting.live ? { extras: { live: setting.live } } : {}),
  })
  return { worker, clock }
}

const serve = async (request: Request, given: Env, outer: ExecutionContext): Promise<Response> => {
  const setting = JSON.parse(decodeURIComponent(request.headers.get(settingHeader) ?? 'null')) as Setting
  const stage = stages.get(setting.name) ?? openStage(setting)
  stages.set(setting.name, stage)
  stage.clock.now = setting.now
  const env = withDatabase(given, setting.database)
  const waits: Promise<unknown>[] = []
  const waitUntil = (work: Promise<unknown>) => {
    waits.push(work)
    outer.waitUntil(work)
  }
  const context = new Proxy(outer, {
    get: (target, name) => (name === 'waitUntil' ? waitUntil : Reflect.get(target, name)),
  })
  const answer =
    new URL(request.url).pathname === doorPath
      ? await throughTheDoor(request, stage.worker, { env, context })
      : await stage.worker.fetch(request, env, context)
  if (answer.headers.get('content-type')?.startsWith('text/event-stream')) return answer
  const body = await answer.arrayBuffer()
  // What is done behind an answer is over when a test goes on.
  await Promise.all(waits)
  return new Response(body.byteLength > 0 ? body : null, answer)
}

const withDatabase = (env: Env, name: string): Env => {
  const url = new URL(env.HYPERDRIVE.connectionString)
  url.pathname = `/${name}`
  return { ...env, HYPERDRIVE: { connectionString: url.href } as Env['HYPERDRIVE'] }
}

const throughTheDoor = async (
  request: Request,
  worker: Worker,
  { env, context }: { env: Env; context: ExecutionContext },
): Promise<Response> => {
  const told = decode(await request.text()) as Told
  const answer = await worker
    .within(env, context, (deps) => applyOutcome(deps, applicationOf(told)))
    .then(
      (applied) => ({ applied }),
      (error: unknown) => ({ error: String(error) }),
    )
  return new Response(encode(answer))
}

export const stageWorker = { fetch: serve }
