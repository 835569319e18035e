/** Webhook endpoints of an agency: made, given a new secret, disabled. Secrets are shown once and kept encrypted. */
import type { Caller } from '../domain/access.ts'
import { systemScope } from '../domain/agency-scope.ts'
import { hostListProblem } from '../domain/outgoing-hosts.ts'
import { presentEndpoint } from '../domain/present-webhooks.ts'
import { Refusal } from '../domain/refusal.ts'
import { sealedFor } from '../domain/sealed-columns.ts'
import { webhookSecret } from '../domain/webhook-signature.ts'
import { webhookUrlProblem } from '../domain/webhook-url.ts'
import { findAgency } from '../store/agencies.ts'
import { disableEndpoint, findEndpoint, insertEndpoint, rotateSecret, type WebhookEndpoint } from '../store/webhooks.ts'
import type { Deps } from './deps.ts'
import { findHostLists } from './find-host-lists.ts'
import type { IdempotentAnswer } from './idempotently.ts'
import { writeOnce } from './write-once.ts'

/** What an endpoint's secrets are sealed for. */
export const endpointContext = (id: string): string => sealedFor.webhookEndpoint(id)

const secretBytes = 32
const overlapMs = 24 * 3_600_000
const endpointsMax = 50

export type EndpointInput = { url: string; eventTypes: readonly string[] | null; agencyCode: string | null }
/** The request's Idempotency-Key, if it has one, and its body. */
export type Once = { key: string | null; body: Record<string, unknown> }
type Changer = Pick<Caller, 'clientId' | 'agency'>

/**
 * Makes an endpoint for an agency that the caller's scope covers; absent, the caller's own. It hears of that agency and of those below it. Answers it with
 * its secret. Throws Refusal `insecure_url`, `host_not_allowed`, `not_found` (an agency that is missing or not the caller's), `invalid_input` (a caller of every agency names
 * none), `conflict` (the agency has 50 endpoints) and those of `idempotently`.
 */
export const createEndpoint = async (
  deps: Deps,
  caller: Changer,
  input: EndpointInput,
  { key, body }: Once,
): Promise<IdempotentAnswer> => {
  const problem = webhookUrlProblem(input.url, deps)
  if (problem) {
    throw new Refusal('insecure_url', 'Webhooks cannot be sent there.', {
      errors: [{ pointer: '/url', message: problem }],
    })
  }
  const agencyCode = input.agencyCode ?? caller.agency
  if (agencyCode === systemScope) throw wrongAgency('invalid_input', 'is required for a caller of every agency')
  if (!(await findAgency(deps.db, caller, agencyCode))) throw wrongAgency('not_found', 'is no agency of yours')
  const unlisted = hostListProblem(input.url, await findHostLists(deps, agencyCode))
  if (unlisted) {
    throw new Refusal('host_not_allowed', `/url ${unlisted}.`, { errors: [{ pointer: '/url', message: unlisted }] })
  }
  const id = deps.newId('whe')
  const secret = webhookSecret(deps.newToken(secretBytes))
  const { href } = new URL(input.url)
  const endpoint = { id, agencyCode, url: href, eventTypes: input.eventTypes, createdAt: deps.now() }
  const sealed = await deps.box.seal(secret, endpointContext(id))
  return writeOnce(deps, {
    caller,
    route: 'createWebhookEndpoint',
    key,
    body,
    answer: { ...presentEndpoint({ ...endpoint, disabledAt: null, formerUntil: null }), secret },
    isSecret: true,
    write: async (before) => {
      if (
        await insertEndpoint(deps.db, caller.agency, {
          endpoint: { ...endpoint, sealed },
          countMax: endpointsMax,
          before,
        })
      )
        return
      throw new Refusal('conflict', `An agency has at most ${endpointsMax} webhook endpoints.`)
    },
  })
}

const wrongAgency = (code: 'not_found' | 'invalid_input', message: string): Refusal =>
  new Refusal(code, 'There is no such agency.', { errors: [{ pointer: '/agency_code', message }] })

/**
 * Gives an endpoint a new secret and answers it; for 24 h deliveries carry a signature of each. Throws Refusal `not_found`, `secret_in_use` while the secret
 * before the current one still signs, `conflict` when it is disabled or was rotated by somebody else, and those of `idempotently`.
 */
export const rotateEndpointSecret = async (
  deps: Deps,
  caller: Changer,
  id: string,
  { key, body }: Once,
): Promise<IdempotentAnswer> => {
  const endpoint = await findEndpoint(deps.db, caller.agency, id)
  if (!endpoint) throw new Refusal('not_found', 'There is no such webhook endpoint.')
  const secret = webhookSecret(deps.newToken(secretBytes))
  const sealed = await deps.box.seal(secret, endpointContext(id))
  const now = deps.now()
  const formerUntil = new Date(now.getTime() + overlapMs)
  return writeOnce(deps, {
    caller,
    route: `rotateWebhookSecret ${id}`,
    key,
    body,
    answer: { ...presentEndpoint({ ...endpoint, formerUntil }), secret },
    status: 200,
    isSecret: true,
    write: async (before) => {
      if (endpoint.formerUntil && endpoint.formerUntil > now)
        throw new Refusal(
          'secret_in_use',
          'The secret before the current one still signs; rotate again when it has retired.',
        )
      if (await rotateSecret(deps.db, caller.agency, { id, sealed, formerUntil, now, before })) return
      throw new Refusal('conflict', 'The webhook endpoint is disabled, or its secret was rotated by somebody else.')
    },
  })
}

/** Disables an endpoint for good; its undelivered webhooks are given up, the feed still has them. Throws Refusal `not_found`. */
export const retireEndpoint = async (deps: Deps, scope: string, id: string): Promise<WebhookEndpoint> => {
  const endpoint = await disableEndpoint(deps.db, scope, { id, now: deps.now() })
  if (!endpoint) throw new Refusal('not_found', 'There is no such webhook endpoint.')
  return endpoint
}
