// What the demo's issuer remembers: in this process, and only so much of it. Nothing here outlives the demo, for signing in again is one press.
import type { Adapter, AdapterPayload } from 'oidc-provider'

const entriesMax = 2_000

/** One adapter per kind of thing, all over one bounded map: what was written longest ago is forgotten first. Ends are checked by the provider itself. */
export const createMemory = (): ((kind: string) => Adapter) => {
  const entries = new Map<string, AdapterPayload>()
  const put = (key: string, payload: AdapterPayload) => {
    entries.delete(key)
    entries.set(key, payload)
    if (entries.size > entriesMax) entries.delete(entries.keys().next().value ?? '')
  }
  const findWhere = (kind: string, member: 'uid' | 'userCode', value: string) =>
    [...entries].find(([key, payload]) => key.startsWith(`${kind} `) && payload[member] === value)?.[1]
  return (kind) => ({
    upsert: async (id, payload) => put(`${kind} ${id}`, payload),
    find: async (id) => entries.get(`${kind} ${id}`),
    findByUid: async (uid) => findWhere(kind, 'uid', uid),
    findByUserCode: async (userCode) => findWhere(kind, 'userCode', userCode),
    consume: async (id) => {
      const payload = entries.get(`${kind} ${id}`)
      if (payload) put(`${kind} ${id}`, { ...payload, consumed: Math.floor(Date.now() / 1_000) })
    },
    destroy: async (id) => {
      entries.delete(`${kind} ${id}`)
    },
    revokeByGrantId: async (grantId) => {
      for (const [key, payload] of entries) if (payload.grantId === grantId) entries.delete(key)
    },
  })
}
