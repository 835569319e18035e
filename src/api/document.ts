/** openapi.yaml, generated from the table of routes. */
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { scopes } from '../domain/access.ts'
import type { RefusalCode } from '../domain/refusal.ts'
import { describeMore, type MoreOfOperation, type OpenApiDocument } from './document-parts.ts'
import { type ProblemCode, problemCodes, problems } from './problem.ts'
import { limitClassOf, type Route } from './route.ts'
import { tags } from './tags.ts'
import { urgencyOf } from './urgency.ts'

const problemSchema = z
  .strictObject({
    type: z.url(),
    code: z.enum(problemCodes),
    title: z.string().openapi({ description: 'Vietnamese or English, by Accept-Language.' }),
    status: z.int(),
    detail: z.string().optional(),
    errors: z
      .array(z.strictObject({ pointer: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'JSON pointers into the body; /query/…, /path/… and /headers/… for the rest.' }),
    request_id: z.string(),
  })
  .openapi('Problem')

/** The OpenAPI 3.1 document of these routes. */
export const documentOf = (routes: readonly Route[]): OpenApiDocument => {
  const { openAPIRegistry: registry, ...generator } = documentApp()
  registry.registerComponent('securitySchemes', 'oauth2', {
    type: 'oauth2',
    flows: {
      clientCredentials: {
        tokenUrl: '/oauth/token',
        scopes: Object.fromEntries(scopes.map((scope) => [scope, scope])),
      },
    },
  })
  for (const route of routes) registry.registerPath(createRoute(operationOf(route)))
  return describeMore(generator.generate(), new Map(routes.map((route) => [route.operationId, moreOf(route)])))
}

/** Where a route words a status itself, no problem stands there. */
const moreOf = (route: Route): MoreOfOperation => ({
  codes: codesOf(route).filter((code) => !(problems[code].status in route.responses)),
})

const documentApp = () => {
  const app = new OpenAPIHono()
  const info = {
    title: 'LePhi',
    version: '1',
    license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    description:
      'Cashless payment of public-service fees. Amounts are whole đồng as JSON integers; times are RFC 3339 with offset. Unknown fields are refused. Errors are application/problem+json with a stable `code`.',
  }
  const groups = Object.entries(tags).map(([name, description]) => ({ name, description }))
  return {
    openAPIRegistry: app.openAPIRegistry,
    generate: () => app.getOpenAPI31Document({ openapi: '3.1.0', info, servers: [{ url: '/' }], tags: groups }),
  }
}

const operationOf = (route: Route) => ({
  method: route.method,
  path: route.path,
  operationId: route.operationId,
  summary: route.summary,
  ...(route.description ? { description: route.description } : {}),
  tags: [route.tag],
  ...(route.scopes.length > 0 ? { security: route.scopes.map((scope) => ({ oauth2: [scope] })) } : { security: [] }),
  'x-consistency': route.consistency ?? 'strong',
  'x-rate-limit': limitClassOf(route),
  request: requestOf(route),
  responses: responsesOf(route),
})

const requestOf = (route: Route) => {
  const { params, query, json, form } = route.request
  const key = z.string().min(1).max(255)
  return {
    ...(params instanceof z.ZodObject ? { params } : {}),
    ...(query instanceof z.ZodObject ? { query } : {}),
    ...(route.idempotencyKey
      ? { headers: z.object({ 'Idempotency-Key': route.idempotencyKey === 'required' ? key : key.optional() }) }
      : {}),
    ...(json
      ? { body: { required: !json.safeParse(undefined).success, content: { 'application/json': { schema: json } } } }
      : {}),
    ...(form ? { body: { required: true, content: { 'application/x-www-form-urlencoded': { schema: form } } } } : {}),
    ...(route.raw ? { body: { content: rawContent(route.raw) } } : {}),
  }
}

const rawContent = ({ contentTypes, schema }: NonNullable<Route['raw']>) =>
  Object.fromEntries(contentTypes.map((type) => [type, { schema: schema ?? z.any() }]))

const responsesOf = (route: Route) => {
  const declared = Object.entries(route.responses).map(([status, { description, schema, contentTypes }]) => {
    const types = contentTypes ?? (schema ? ['application/json'] : [])
    const content = Object.fromEntries(types.map((type) => [type, { schema: schemaOfType(type, schema) }]))
    return [status, { description, ...(types.length > 0 ? { content } : {}) }]
  })
  const refused = [...byStatus(codesOf(route))].map(([status, codes]) => [
    status,
    {
      description: codes.map((code) => `\`${code}\``).join(', '),
      content: { 'application/problem+json': { schema: problemSchema } },
    },
  ])
  return Object.fromEntries([...refused, ...declared])
}

const schemaOfType = (type: string, schema: z.ZodType | undefined): z.ZodType => {
  if (type === '*/*') return z.any()
  return type === 'application/json' && schema ? schema : z.string()
}

/** The refusals that the pipeline itself may give, and those that the route declares. */
const codesOf = (route: Route): ProblemCode[] => {
  const hasFirstAnswer = route.idempotencyKey === 'required' || route.idempotencyKey === 'accepted'
  const common: (ProblemCode | false)[] = [
    'invalid_request',
    'invalid_input',
    'internal_error',
    'service_unavailable',
    limitClassOf(route) !== 'none' && 'too_many_requests',
    urgencyOf(route.method.toUpperCase(), route.path) !== null && 'overloaded',
    route.scopes.length > 0 && 'unauthorized',
    route.scopes.length > 0 && 'insufficient_scope',
    Object.keys(route.objects ?? {}).length + (route.names ?? []).length > 0 && 'not_found',
    // What is sent is read up to a limit, also where nothing is asked for.
    route.method !== 'get' && 'body_too_large',
    route.method !== 'get' && 'unsupported_media_type',
    route.idempotencyKey === 'required' && 'idempotency_key_required',
    hasFirstAnswer && 'idempotency_key_reused',
    hasFirstAnswer && 'request_in_progress',
  ]
  const declared: readonly RefusalCode[] = route.errors ?? []
  return [...new Set([...common.filter((code) => code !== false), ...declared])]
}

const byStatus = (codes: readonly ProblemCode[]): Map<number, ProblemCode[]> =>
  Map.groupBy(codes, (code) => problems[code].status)
