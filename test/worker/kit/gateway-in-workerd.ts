// The gateway in workerd as a gateway under test: requests go over HTTP, the providers are played here, and the clock is the stage's.

import type { DoorAnswer } from '../../../src/flows/apply-outcome.ts'
import { databaseName } from '../../kit/database.ts'
import type { OtherGateway } from '../../kit/gateway-under-test.ts'
import { decode, encode } from '../../kit/wire.ts'
import { doorPath, type Setting, settingHeader } from '../inside/stage-worker.ts'
import type { Workerd } from './open-workerd.ts'
import { openOtherSide } from './other-side.ts'

const host = 'http://gateway.test'
let stages = 0

export const gatewayIn = (workerd: () => Workerd): OtherGateway => {
  const send = (path: string, setting: Setting, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    headers.set(settingHeader, encodeURIComponent(JSON.stringify(setting)))
    return workerd().fetch(`${host}${path}`, { redirect: 'manual', ...init, headers })
  }
  const nobody = { otherSide: '', providers: {}, live: null }
  return {
    door: async (deps, told) => {
      const database = databaseName(deps.db)
      const setting = { name: `door ${database}`, database, now: deps.now().toISOString(), ...nobody }
      const answer = decode(await (await send(doorPath, setting, { method: 'POST', body: encode(told) })).text()) as
        | { applied: DoorAnswer }
        | { error: string }
      if ('error' in answer) throw new Error(answer.error)
      return answer.applied
    },
    stage: async ({ deps, side, titles, options }) => {
      stages += 1
      const otherSide = await openOtherSide(side)
      const database = databaseName(deps.db)
      const fixed = {
        name: `stage ${stages}`,
        database,
        otherSide: otherSide.url,
        providers: titles,
        live: options.live ?? null,
      }
      const request = (path: string, init?: RequestInit) => {
        const setting = { ...fixed, now: deps.now().toISOString() }
        const headers = new Headers(init?.headers)
        const address = options.payerAddress?.(new Request(host), {})
        if (address) headers.set('cf-connecting-ip', address)
        return send(path, setting, { ...init, headers })
      }
      const fetch = async ({ url, method, headers, body }: Request) =>
        request(url.slice(new URL(url).origin.length), { method, headers, ...(body ? { body } : {}) })
      return { request, fetch, close: otherSide.close }
    },
  }
}
