// The test's gateway on a port, for programs that reach it as strangers do.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestApp } from './app.ts'

export type Served = { url: string; close: () => void }

/** `alter` is what happens to the answers on their way. */
export const serveApp = (gateway: TestApp, alter = (answer: string): string => answer): Promise<Served> =>
  listenOn(async (request, body) => {
    const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)])
    const init = { method: String(request.method), headers, ...(request.method === 'POST' ? { body } : {}) }
    const answer = await gateway.request(String(request.url), init)
    return { status: answer.status, text: alter(await answer.text()) }
  })

/** A server on a free port of this machine; where it is to say nothing, the connection breaks. */
export const listenOn = async (
  answer: (request: IncomingMessage, body: string) => Promise<{ status: number; text?: string } | null>,
): Promise<Served> => {
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece)
    const said = await answer(request, Buffer.concat(pieces).toString('utf8'))
    if (said) response.writeHead(said.status, { 'content-type': 'application/json' }).end(said.text ?? '')
    else response.destroy()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}`, close }
}
