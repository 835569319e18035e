/** What the screens of webhooks need of the API's answers. */
import { z } from 'zod'
import { instant, pageOf } from '../console-api.ts'

export const endpoint = z.object({
  id: z.string(),
  url: z.string(),
  agency_code: z.string(),
  event_types: z.array(z.string()).nullable(),
  created_at: instant,
  disabled_at: instant.nullable(),
  former_secret_until: instant.nullable(),
})
export type Endpoint = z.output<typeof endpoint>
export const endpoints = pageOf(endpoint)
export const withSecret = z.object({ id: z.string(), url: z.string(), secret: z.string() })

export const deliveries = pageOf(
  z.object({
    id: z.string(),
    webhook_endpoint: z.string(),
    webhook_id: z.string(),
    event_type: z.string(),
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.array(z.object({ at: instant, response_status: z.int().nullable(), error: z.string().nullable() })),
    next_attempt_at: instant.nullable(),
    created_at: instant,
    delivered_at: instant.nullable(),
  }),
)
export type Delivery = z.output<typeof deliveries>['data'][number]
