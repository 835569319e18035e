// The demo's service portal in a town of a test: the portal stands first, and is told its client when the gateway does.
import type { Hono } from 'hono'
import { createIdSource } from '../../src/lib/id.ts'
import { openDemoPortal } from '../../src/node/demo-portal.ts'
import type { Town } from './town.ts'

export type PortalInTown = {
  /** To be given to the town as its extra. */
  portal: Hono
  join: (town: Town) => Promise<void>
}

/** `publicUrl` is the town's: webhooks go to this machine or by https, as the gateway wants it. */
export const foundPortal = async (publicUrl: string): Promise<PortalInTown> => {
  const joined: { town?: Town } = {}
  const now = () => joined.town?.clock.now() ?? new Date(0)
  const client = { client_id: '', client_secret: '' }
  const fetch = async (url: string, init: RequestInit) =>
    joined.town?.app.request(url.replace(publicUrl, ''), init) ?? Response.error()
  const portal = await openDemoPortal({ publicUrl, now, newId: createIdSource({ now }), fetch }, client)
  return {
    portal,
    join: async (town) => {
      const { clientId, secret } = await town.client(['orders:read', 'orders:write', 'webhooks:write'])
      Object.assign(client, { client_id: clientId, client_secret: secret })
      joined.town = town
    },
  }
}
