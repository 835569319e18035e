// The gateway as `npm start` runs it: a process of its own, with its own data directory.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { packageRoot } from '../../src/node/migrations.ts'
import { describedProcess, notDescribed } from './described-mark.ts'

export type DemoJson = {
  base_url: string
  clients: Record<string, { client_id: string; client_secret: string }>
  agency_code: string
  merchant_accounts: Record<string, { id: string; credentials: Record<string, string> }>
  console_users?: { subject: string; name: string; role: string; agency_code: string }[]
}

export type StartedGateway = {
  process: ChildProcess
  url: string
  /** Everything that it has printed. */
  printed: () => string
  demo: () => Promise<DemoJson>
  /** Sends a signal and waits for the end. */
  end: (signal: NodeJS.Signals) => Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** A bearer token of one of the demo's clients. */
  token: (client: string) => Promise<string>
  /** A request with JSON and the client's token; the answer's JSON. */
  call: (client: string, path: string, json?: object, headers?: Record<string, string>) => Promise<CallAnswer>
}

export type CallAnswer = { status: number; json: Record<string, unknown> }

/**
 * Starts it with these variables besides those of this process, and waits until it says where it serves. Throws with what it said when it ends instead. Each call is
 * held against openapi.yaml, and `end` throws what was otherwise; not so where that would be measured.
 */
export const startGatewayProcess = async (
  env: Record<string, string>,
  { isDescribed = true }: { isDescribed?: boolean } = {},
): Promise<StartedGateway> => {
  const { DATABASE_URL: _ours, ...inherited } = process.env
  const child = spawn(process.execPath, ['--max-semi-space-size=8', join(packageRoot(), 'scripts', 'start.mjs')], {
    env: { ...inherited, ...(isDescribed ? describedProcess() : {}), PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const served = Promise.withResolvers<string>()
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      lines.push(line)
      const [, url] = /^LePhi serves (?:the demo at )?(http\S+)/.exec(line) ?? []
      if (url) served.resolve(url)
    })
  }
  const exited = once(child, 'exit')
  const ended = exited.then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }))
  const url = await Promise.race([
    served.promise,
    ended.then(({ code }) => Promise.reject(new Error(`it ended with ${code}:\n${lines.join('\n')}`))),
  ])
  const demo = async (): Promise<DemoJson> =>
    JSON.parse(await readFile(join(String(env.LEPHI_DATA_DIR), 'demo.json'), 'utf8'))
  const token = async (name: string) => {
    const client = (await demo()).clients[name]
    const form = { grant_type: 'client_credentials', ...client }
    const answer = await fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) })
    const { access_token } = (await answer.json()) as { access_token?: string }
    if (!access_token) throw new Error(`no token for ${name}: ${answer.status}`)
    return access_token
  }
  return {
    process: child,
    url,
    printed: () => lines.join('\n'),
    demo,
    end: async (signal) => {
      child.kill(signal)
      const end = await ended
      const otherwise = lines.filter((line) => line.startsWith(notDescribed))
      if (otherwise.length > 0) throw new Error(otherwise.join('\n'))
      return end
    },
    token,
    call: async (client, path, json, headers = {}) => {
      const answer = await fetch(`${url}${path}`, {
        method: json ? 'POST' : 'GET',
        headers: {
          authorization: `Bearer ${await token(client)}`,
          ...(json ? { 'content-type': 'application/json' } : {}),
          ...headers,
        },
        ...(json ? { body: JSON.stringify(json) } : {}),
      })
      return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }
    },
  }
}
