/** How webhook endpoints look on the wire; the secret is shown by whoever has just made it. */
import { toRfc3339 } from '../lib/time.ts'

const time = (instant: Date | null): string | null => (instant ? toRfc3339(instant) : null)

export const presentEndpoint = (endpoint: {
  id: string
  url: string
  agencyCode: string
  eventTypes: readonly string[] | null
  createdAt: Date
  disabledAt: Date | null
  formerUntil: Date | null
}) => ({
  id: endpoint.id,
  url: endpoint.url,
  agency_code: endpoint.agencyCode,
  event_types: endpoint.eventTypes === null ? null : [...endpoint.eventTypes],
  created_at: time(endpoint.createdAt),
  disabled_at: time(endpoint.disabledAt),
  former_secret_until: time(endpoint.formerUntil),
})
