// Plays the providers for a gateway in another runtime: answers over HTTP what the test would answer beside it.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { ProviderError } from '../../../src/providers/contract.ts'
import type { ProviderSide } from '../../kit/starting-provider.ts'
import { decode, encode } from '../../kit/wire.ts'
import type { Said } from '../inside/remote-providers.ts'

export type OtherSide = { url: string; close: () => Promise<void> }

export const openOtherSide = async (side: ProviderSide): Promise<OtherSide> => {
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const about = decode(Buffer.concat(pieces).toString())
    const verb = (request.url ?? '').slice(1) as keyof ProviderSide
    const said = await Promise.resolve(side[verb](about as never)).then(
      (value): Said => ({ value }),
      (error: unknown): Said => {
        if (error instanceof ProviderError) return { error: error.kind }
        throw error
      },
    )
    response.end(encode(said))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${bound.port}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
