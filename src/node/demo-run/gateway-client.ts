// Talks to a gateway as outsiders do: over HTTP, with the demo's clients.
import { z } from 'zod'
import type { DemoFile } from '../demo-file.ts'
import type { DemoClient } from '../demo-province.ts'

export type GatewayClient = {
  url: string
  demo: DemoFile
  /** A call as one of the demo's clients; the answer read by `schema`. Throws on any status but 2xx, with what the gateway said. */
  call: <Answer>(client: DemoClient, call: Call, schema: z.ZodType<Answer>) => Promise<Answer>
  /** A call without a token, such as to the simulated providers. */
  open: <Answer>(call: Call, schema: z.ZodType<Answer>) => Promise<Answer>
  text: (path: string) => Promise<string>
  /** Posts a form to an address, as a browser does. Throws on any status above 399. */
  post: (url: string, fields: Record<string, string>) => Promise<void>
  /** All items of a list, page after page. */
  all: <Item>(client: DemoClient, path: string, schema: z.ZodType<Item>) => Promise<Item[]>
}

export type Call = { path: string; method?: string; json?: unknown; form?: FormData; headers?: Record<string, string> }

const callTimeoutMs = 30_000
const token = z.object({ access_token: z.string(), expires_in: z.number() })

/** A client of the gateway at `url`. Tokens are fetched once and used until half of their time is over. */
export function connectGateway(url: string, demo: DemoFile): GatewayClient {
  const tokens = new Map<DemoClient, { token: string; until: number }>()
  const tokenOf = async (name: DemoClient): Promise<string> => {
    const kept = tokens.get(name)
    if (kept && kept.until > performance.now()) return kept.token
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...demo.clients[name] })
    const response = await fetch(`${url}/oauth/token`, { method: 'POST', body: form, signal: timeout() })
    const issued = await read(response, token, '/oauth/token')
    tokens.set(name, { token: issued.access_token, until: performance.now() + issued.expires_in * 500 })
    return issued.access_token
  }
  const send = async ({ path, method, json, form, headers = {} }: Call, more: Record<string, string> = {}) => {
    const body = json === undefined ? form : JSON.stringify(json)
    return fetch(`${url}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { ...headers, ...more, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body }),
      signal: timeout(),
    })
  }
  const call: GatewayClient['call'] = async (name, call, schema) =>
    read(await send(call, { authorization: `Bearer ${await tokenOf(name)}` }), schema, call.path)
  return {
    url,
    demo,
    call,
    all: async (name, path, schema) => {
      const page = z.looseObject({ data: z.array(schema), next_cursor: z.string().nullable() })
      const items: z.output<typeof schema>[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const where: string = `${path}${path.includes('?') ? '&' : '?'}limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`
        const read: z.output<typeof page> = await call(name, { path: where }, page)
        items.push(...read.data)
        cursor = read.next_cursor
      }
      return items
    },
    open: async (call, schema) => read(await send(call), schema, call.path),
    post: async (url, fields) => {
      const response = await fetch(url, {
        method: 'POST',
        body: new URLSearchParams(fields),
        redirect: 'manual',
        signal: timeout(),
      })
      if (response.status > 399) throw new Error(`${url} answered ${response.status}`)
    },
    text: async (path) => {
      const response = await send({ path })
      if (!response.ok) throw new Error(`${path} answered ${response.status}`)
      return response.text()
    },
  }
}

const timeout = () => AbortSignal.timeout(callTimeoutMs)

const read = async <Answer>(response: Response, schema: z.ZodType<Answer>, path: string): Promise<Answer> => {
  const text = await response.text()
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 500)}`)
  return schema.parse(text === '' ? null : JSON.parse(text))
}
