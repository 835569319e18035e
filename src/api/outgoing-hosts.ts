/** Which hosts an agency's webhook endpoints and merchant accounts may name. */
import { z } from '@hono/zod-openapi'
import { hostsMax } from '../domain/outgoing-hosts.ts'
import { type OutgoingHosts, readOutgoingHosts, setOutgoingHosts } from '../flows/set-outgoing-hosts.ts'
import { toRfc3339 } from '../lib/time.ts'
import { agencyCodeField, instantOut } from './fields.ts'
import { defineRoute } from './route.ts'

const hosts = z.array(z.string().max(255)).max(hostsMax).nullable()
const told =
  'Hosts such as `portal.example.vn`, `*.example.vn` for those below that name, or an IP address. Null: no list of its own.'

const outgoingHostsObject = z
  .strictObject({
    agency_code: z.string(),
    hosts: z.array(z.string()).nullable().openapi({ description: told }),
    binding: z.array(z.strictObject({ agency_code: z.string(), hosts: z.array(z.string()) })).openapi({
      description:
        'Every list that binds the agency, those of the agencies above it first. An address must be allowed by each of them.',
    }),
    history: z
      .array(z.strictObject({ hosts: z.array(z.string()).nullable(), set_by: z.string(), set_at: instantOut }))
      .openapi({ description: 'What the list was, the newest first, at most 50.' }),
  })
  .openapi('OutgoingHosts')

const present = (code: string, { versions, binding }: OutgoingHosts) => ({
  agency_code: code,
  hosts: versions[0]?.hosts ?? null,
  binding: binding.map((list) => ({ agency_code: list.agencyCode, hosts: list.hosts })),
  history: versions.map((version) => ({
    hosts: version.hosts,
    set_by: version.setBy,
    set_at: toRfc3339(version.setAt),
  })),
})

const params = z.strictObject({ agency_code: agencyCodeField })
const common = {
  path: '/v1/agencies/{agency_code}/outgoing_hosts',
  tag: 'Administration',
  scopes: ['admin'],
  objects: { agency_code: 'agency' },
  responses: { 200: { description: 'The list, and what binds the agency.', schema: outgoingHostsObject } },
} as const

export const outgoingHostRoutes = [
  defineRoute({
    ...common,
    method: 'get',
    operationId: 'readOutgoingHosts',
    summary: 'Read which hosts an agency may call',
    request: { params },
    handle: async ({ deps, caller, params: { agency_code } }) => ({
      status: 200,
      json: present(agency_code, await readOutgoingHosts(deps, caller, agency_code)),
    }),
  }),
  defineRoute({
    ...common,
    method: 'put',
    operationId: 'setOutgoingHosts',
    summary: 'Say which hosts an agency may call',
    description:
      'Webhook endpoints and the addresses of merchant accounts, of this agency and of those below it, may name no other host from then on. What was entered before and is not on the list is not called any more: its deliveries fail with `host_not_allowed` and are tried again, and the feed still has every event. Null takes the list away; an empty one lets nothing be called. A list can only narrow what the lists above allow.',
    idempotencyKey: 'natural',
    request: {
      params,
      json: z.strictObject({ hosts: hosts.openapi({ description: told }) }).openapi('OutgoingHostsInput'),
    },
    errors: ['conflict'],
    handle: async ({ deps, caller, params: { agency_code }, json }) => ({
      status: 200,
      json: present(agency_code, await setOutgoingHosts(deps, caller, { code: agency_code, hosts: json.hosts })),
    }),
  }),
]
