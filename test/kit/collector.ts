// A collector of spans, written from the protocol: OTLP 1.9, "OTLP/HTTP" and "JSON Protobuf Encoding" (ids are hexadecimal, 64-bit numbers are texts, enumerations are numbers).
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

const attribute = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })
const spanShape = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.int().min(1).max(5),
  startTimeUnixNano: z.string().regex(/^\d+$/),
  endTimeUnixNano: z.string().regex(/^\d+$/),
  attributes: z.array(attribute),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
  status: z.object({ code: z.int().optional() }),
})
const request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(z.object({ spans: z.array(spanShape) })),
    }),
  ),
})

export type CollectedSpan = z.infer<typeof spanShape>

export type Collector = {
  url: string
  spans: CollectedSpan[]
  /** Every body as it came, and the headers that came with it. */
  bodies: string[]
  headers: IncomingHttpHeaders[]
  /** From now on it takes what comes and answers nobody. */
  hang: () => { waiting: number }
  close: () => Promise<void>
}

export const startCollector = async (): Promise<Collector> => {
  const spans: CollectedSpan[] = []
  const bodies: string[] = []
  const headers: IncomingHttpHeaders[] = []
  let kept: { waiting: number } | null = null
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    if (kept) {
      kept.waiting += 1
      return
    }
    bodies.push(body)
    headers.push(incoming.headers)
    const isOurs = incoming.url === '/v1/traces' && incoming.headers['content-type'] === 'application/json'
    const read = isOurs ? request.safeParse(JSON.parse(body)) : null
    for (const each of read?.data?.resourceSpans ?? []) spans.push(...each.scopeSpans.flatMap((scope) => scope.spans))
    response.writeHead(read?.success ? 200 : 400, { 'content-type': 'application/json' }).end('{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    spans,
    bodies,
    headers,
    hang: () => {
      kept = { waiting: 0 }
      return kept
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
