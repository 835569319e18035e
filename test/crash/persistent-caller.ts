// A caller of the gateway's API that does what an integrator is told to do: it asks again, the same under the same key, until it has an answer.
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { DemoFile } from '../../src/node/demo-file.ts'

export type Caller = {
  /** Never rejects; an answer of status 0 is none at all, when patience is over. */
  call: (client: Client, call: Call) => Promise<Answered>
  tally: CallTally
}

export type Client = keyof DemoFile['clients']
export type Call = {
  path: string
  json?: unknown
  form?: () => FormData
  key?: string
  /** After so long the caller does something else; a call without it must be answered. */
  patienceMs?: number
}
export type Answered = { status: number; text: string; json: Record<string, unknown> }

export type CallTally = {
  calls: number
  repeats: number
  /** Calls that never had an answer. */
  unanswered: string[]
  /** Answers of "something went wrong on our side", with the calls that had them. */
  internalErrors: Map<string, number>
}

const longestPatienceMs = 180_000
const callTimeoutMs = 30_000
const pausesMs = [50, 100, 200, 400, 800]
/** Codes by which the gateway asks to be asked again; whatever else says so by its status (429, 503) is asked again as well. */
const again = ['request_in_progress', 'conflict', 'internal_error']
const againStatuses = [429, 503]
const token = z.object({ access_token: z.string(), expires_in: z.number() })

export const createCaller = (url: string, demo: DemoFile): Caller => {
  const tally: CallTally = { calls: 0, repeats: 0, unanswered: [], internalErrors: new Map() }
  const tokens = new Map<Client, { text: string; until: number }>()
  const tokenOf = async (client: Client): Promise<string | null> => {
    const kept = tokens.get(client)
    if (kept && kept.until > performance.now()) return kept.text
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...demo.clients[client] })
    const answer = await send(`${url}/oauth/token`, { method: 'POST', body: form })
    if (answer.status !== 200) return null
    const { access_token, expires_in } = token.parse(answer.json)
    tokens.set(client, { text: access_token, until: performance.now() + expires_in * 500 })
    return access_token
  }
  const once = async (client: Client, { path, json, form, key }: Call): Promise<Answered> => {
    const bearer = await tokenOf(client)
    if (bearer === null) return noAnswer
    const body = json === undefined ? form?.() : JSON.stringify(json)
    return send(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body }),
    })
  }
  const call: Caller['call'] = async (client, asked) => {
    const begun = performance.now()
    tally.calls += 1
    for (let turn = 0; performance.now() - begun < (asked.patienceMs ?? longestPatienceMs); turn += 1) {
      const answer = await once(client, asked)
      if (isFinal(answer)) return answer
      if (answer.json.code === 'internal_error') {
        const route = asked.path.replace(/[a-z]{3}_\w+/g, '{id}').replace(/\?.*/, '')
        tally.internalErrors.set(route, (tally.internalErrors.get(route) ?? 0) + 1)
      }
      tally.repeats += 1
      await pause(pausesMs[Math.min(turn, pausesMs.length - 1)])
    }
    if (asked.patienceMs === undefined) tally.unanswered.push(asked.path)
    return noAnswer
  }
  return { call, tally }
}

const noAnswer: Answered = { status: 0, text: '', json: {} }

/** A refusal that says why, or a success. Whatever comes without a code of the gateway's comes from something in between. */
const isFinal = ({ status, json }: Answered): boolean => {
  if (status >= 200 && status < 300) return true
  return typeof json.code === 'string' && !again.includes(json.code) && !againStatuses.includes(status)
}

const send = async (url: string, init: RequestInit): Promise<Answered> => {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(callTimeoutMs) })
    const text = await response.text()
    return { status: response.status, text, json: objectIn(text) }
  } catch {
    return noAnswer
  }
}

const objectIn = (text: string): Record<string, unknown> => {
  try {
    const read: unknown = JSON.parse(text)
    return typeof read === 'object' && read !== null ? { ...read } : {}
  } catch {
    return {}
  }
}
