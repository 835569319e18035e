// What a checkout weighs on its way to a phone, as a client gets it: compressed, with its style sheet and its script, fonts aside.

import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { getRequestListener } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registry } from '../../src/providers/registry.ts'
import { languages, type Stage, startStage } from './kit.ts'

let stage: Stage
let server: Server
let port: number
beforeAll(async () => {
  const besides = Object.fromEntries(Object.entries(registry).map(([name, { title }]) => [name, title.vi]))
  stage = await startStage({ compress: true, besides })
  server = createServer(getRequestListener(stage.app.fetch)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
})
afterAll(async () => {
  server.close()
  await stage.close()
})

/** The bytes of an answer's body as they come over the wire. */
const fetchRaw = async (path: string, encoding: string) => {
  const asked = request({ port, path, headers: { 'accept-encoding': encoding } }).end()
  const [answer] = await once(asked, 'response')
  const parts: Buffer[] = await answer.toArray()
  return { headers: answer.headers as Record<string, string>, body: Buffer.concat(parts) }
}

const line = (description: string) => ({
  feeCode: null,
  kind: 'le_phi' as const,
  description,
  unitAmount: 50_000n,
  quantity: 1,
  budgetItem: null,
  exemption: null,
})

describe('a checkout with every provider', () => {
  it('weighs at most 14 KB on the wire, style and script included', async () => {
    const lines = [line('Lệ phí đăng ký kết hôn'), line('Phí chứng thực'), line('Phí xác nhận thông tin hộ tịch')]
    const { path } = await stage.order({ lines })
    for (const language of languages) {
      const { headers, body } = await fetchRaw(`${path}?lang=${language}`, 'gzip, deflate, br')
      expect(headers['content-encoding']).toBe('gzip')
      expect(headers.vary).toContain('Accept-Encoding')
      const html = gunzipSync(body).toString()
      expect(html.match(/name="provider"/g)).toHaveLength(Object.keys(registry).length + 2)
      // Nothing but fonts is loaded besides.
      expect(
        [...html.matchAll(/(?:src=|href="\/(?!pay\/|where)|url\()[^>\s)]*/g)]
          .map(([text]) => text)
          .filter((text) => !text.endsWith('.woff2')),
      ).toEqual([])
      expect(body.length).toBeLessThanOrEqual(14 * 1024)
    }
  })

  it('is sent plainly to whoever takes nothing else; fonts and the stream of news are never compressed again', async () => {
    const { path } = await stage.order()
    const { headers, body } = await fetchRaw(path, 'identity')
    expect([headers['content-encoding'], body.subarray(0, 15).toString()]).toEqual([undefined, '<!doctype html>'])
    const font = await fetchRaw('/assets/be-vietnam-pro-5.3.0-vietnamese-400.woff2', 'gzip')
    expect([font.headers['content-encoding'], font.body.subarray(0, 4).toString()]).toEqual([undefined, 'wOF2'])
  })
})
