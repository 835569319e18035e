/**
 * What comes first when more is asked than can be done: a provider's news of money, then a citizen who is paying, then programs, then what people read. Said by address
 * alone, so that nothing of a request has to be read before it is let in.
 */
import { type Admission, type ClassLimits, createAdmission, type Lapse } from '../lib/admission.ts'

/** The most urgent first. */
export const urgencies = ['callback', 'checkout', 'api', 'bulk', 'upload'] as const
export type Urgency = (typeof urgencies)[number]

/** By the first part of a path. What is not here needs no place: it reads no database, or bounds itself. */
const byPath: Readonly<Record<string, Urgency>> = {
  callbacks: 'callback',
  returns: 'checkout',
  pay: 'checkout',
  where: 'checkout',
  receipts: 'checkout',
  verify: 'checkout',
  oauth: 'api',
  '.well-known': 'api',
  v1: 'api',
  console: 'bulk',
}

/** Below /v1: what people read at length, and what may take seconds. */
const bulkApi: ReadonlySet<string> = new Set([
  'audit',
  'ledger',
  'overview',
  'periods',
  'reconciliations',
  'reports',
  'statement_drafts',
  'statements',
])

/** A file comes at the pace of its sender's line. */
const uploads: ReadonlySet<string> = new Set(['/v1/statements', '/v1/statement_drafts', '/console/statements'])

/** The class of a request; null for what is always answered: whether the process is alive and ready, its metrics, files, and the demo's other sides. */
export const urgencyOf = (method: string, path: string): Urgency | null => {
  const [, first = '', second = '', third = ''] = path.split('/', 4)
  const urgency = Object.hasOwn(byPath, first) ? byPath[first] : undefined
  // A stream of news is open for a minute and does nothing in between; live-routes.ts bounds how many there are.
  if (!urgency || (first === 'pay' && third === 'events')) return null
  const isUpload = method === 'POST' && uploads.has(path)
  if (first === 'v1' && bulkApi.has(second)) return isUpload ? 'upload' : 'bulk'
  return isUpload ? 'upload' : urgency
}

/**
 * Shares of as many places as there are connections for requests. A tenth is kept for those who pay and callbacks, another tenth for callbacks alone: each place has a connection, so that a callback
 * finds one whatever the others do. Nor do callbacks take all: anybody can send forged ones without end, and what proves that costs a connection too.
 */
export const placesFor = (connections: number): Record<Urgency, ClassLimits> => {
  const part = (share: number) => Math.max(1, Math.floor(connections * share))
  const api = Math.max(1, connections - Math.floor(connections / 5))
  return {
    callback: { together: connections, own: part(0.7), waiting: 1_000, waitMs: 10_000 },
    checkout: { together: Math.max(1, connections - Math.floor(connections / 10)), waiting: 200, waitMs: 5_000 },
    api: { together: api, waiting: 100, waitMs: 3_000 },
    bulk: { together: api, own: part(0.3), waiting: 50, waitMs: 10_000 },
    upload: { together: api, own: part(0.2), waiting: 10, waitMs: 10_000 },
  }
}

/** For a runtime in which one request may not wait for another, and each has connections of its own: bounds without lines. */
export const placesWithoutLines = (requests: number): Record<Urgency, ClassLimits> => {
  const places = placesFor(requests)
  for (const urgency of urgencies) places[urgency] = { ...places[urgency], waiting: 0 }
  return places
}

export type RequestAdmission = Admission<Urgency>

export const admitBy = (places: Record<Urgency, ClassLimits>, lapse?: Lapse): RequestAdmission =>
  createAdmission(places, lapse)
