/** Webhook endpoints of an agency: made, given a new secret, disabled. Secrets are shown once and kept encrypted. */
import { covers, systemScope } from '../domain/agency-scope.ts'
import { Refusal } from '../domain/refusal.ts'
import { webhookSecret } from '../domain/webhook-signature.ts'
import { webhookUrlProblem } from '../domain/webhook-url.ts'
import { disableEndpoint, findEndpoint, insertEndpoint, rotateSecret, type WebhookEndpoint } from '../store/webhooks.ts'
import type { Deps } from './deps.ts'

/** What an endpoint's secrets are sealed for. */
export const endpointContext = (id: string): string => `webhook_endpoint:${id}`

const secretBytes = 32
const overlapMs = 24 * 3_600_000
const endpointsMax = 50

export type EndpointInput = { url: string; eventTypes: readonly string[] | null; agencyCode: string | null }
export type WithSecret = { endpoint: WebhookEndpoint; secret: string }

/**
 * Makes an endpoint for an agency that the caller's scope covers; absent, the caller's own. It hears of that agency and of those below it. Throws Refusal
 * `insecure_url`, `invalid_input` (an agency that is missing or not the caller's) and `conflict` (the agency has 50 endpoints).
 */
export const createEndpoint = async (deps: Deps, scope: string, input: EndpointInput): Promise<WithSecret> => {
  const problem = webhookUrlProblem(input.url, deps.mode)
  if (problem) {
    throw new Refusal('insecure_url', 'Webhooks cannot be sent there.', {
      errors: [{ pointer: '/url', message: problem }],
    })
  }
  const agencyCode = input.agencyCode ?? scope
  if (agencyCode === systemScope || !covers(scope, agencyCode)) {
    const message =
      agencyCode === systemScope ? 'is required for a caller of every agency' : 'is not an agency of the caller'
    throw new Refusal('invalid_input', 'The agency is not known.', { errors: [{ pointer: '/agency_code', message }] })
  }
  const id = deps.newId('whe')
  const secret = webhookSecret(deps.newToken(secretBytes))
  const endpoint = { id, agencyCode, url: input.url, eventTypes: input.eventTypes, createdAt: deps.now() }
  const sealed = await deps.box.seal(secret, endpointContext(id))
  if (!(await insertEndpoint(deps.db, scope, { ...endpoint, sealed }, endpointsMax)))
    throw new Refusal('conflict', `An agency has at most ${endpointsMax} webhook endpoints.`)
  return { endpoint: { ...endpoint, disabledAt: null, formerUntil: null }, secret }
}

/** Gives an endpoint a new secret; for 24 h deliveries carry a signature of each. Throws Refusal `not_found`, or `conflict` when it is disabled. */
export const rotateEndpointSecret = async (deps: Deps, scope: string, id: string): Promise<WithSecret> => {
  const secret = webhookSecret(deps.newToken(secretBytes))
  const sealed = await deps.box.seal(secret, endpointContext(id))
  const formerUntil = new Date(deps.now().getTime() + overlapMs)
  const endpoint = await rotateSecret(deps.db, scope, { id, sealed, formerUntil })
  if (endpoint) return { endpoint, secret }
  if (await findEndpoint(deps.db, scope, id)) throw new Refusal('conflict', 'The webhook endpoint is disabled.')
  throw new Refusal('not_found', 'There is no such webhook endpoint.')
}

/** Disables an endpoint for good; its undelivered webhooks are given up, the feed still has them. Throws Refusal `not_found`. */
export const retireEndpoint = async (deps: Deps, scope: string, id: string): Promise<WebhookEndpoint> => {
  const endpoint = await disableEndpoint(deps.db, scope, { id, now: deps.now() })
  if (!endpoint) throw new Refusal('not_found', 'There is no such webhook endpoint.')
  return endpoint
}
