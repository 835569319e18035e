/** A program of an agency gets the right to call us. Its secret is shown once; we keep only a hash. */
import type { Caller, Scope } from '../domain/access.ts'
import { presentClient } from '../domain/present-administration.ts'
import { Refusal } from '../domain/refusal.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { findAgency } from '../store/agencies.ts'
import { type Client, insertClient } from '../store/clients.ts'
import type { Deps } from './deps.ts'
import type { IdempotentAnswer } from './idempotently.ts'
import { writeOnce } from './write-once.ts'

export type AddClientInput = {
  name: string
  agencyCode: string
  scopes: readonly Scope[]
  expiresAt: Date | null
  /** Public keys; then the client signs its own assertions and gets no secret. */
  jwks: Client['jwks']
  key: string | null
  /** The request as it came, for the Idempotency-Key. */
  body: Record<string, unknown>
}

/** 256 bits: nothing that is guessed, so a fast hash keeps it. */
const secretBytes = 32

/**
 * Adds a client and answers it with its secret. Whoever may administer an agency may give a client of it any scope, also one that they do not hold: they
 * decide who works there. Of people who have signed in `grants` says what they may give. Throws Refusal `not_found` for an agency that the caller does not cover, `invalid_input` for an expiry in the past or such a scope, and those of
 * `idempotently`.
 */
export const addClient = async (
  deps: Deps,
  caller: Caller,
  { key, body, ...input }: AddClientInput,
): Promise<IdempotentAnswer> => {
  if (!(await findAgency(deps.db, caller, input.agencyCode))) {
    throw new Refusal('not_found', 'There is no such agency.', {
      errors: [{ pointer: '/agency_code', message: 'is no agency of yours' }],
    })
  }
  refuseGrants(caller, input.scopes)
  const now = deps.now()
  const secret = input.jwks ? null : `lephi_${deps.newToken(secretBytes)}`
  const client: Client = {
    ...input,
    id: deps.newId('cli'),
    secretHash: secret === null ? null : sha256Hex(secret),
    createdAt: now,
    revokedAt: null,
  }
  return writeOnce(deps, {
    caller,
    route: 'addClient',
    key,
    body,
    answer: { ...presentClient(client), client_secret: secret },
    isSecret: true,
    write: async (before) => {
      if (input.expiresAt && input.expiresAt <= now) refuse('/expires_at', 'must be in the future')
      await insertClient(deps.db, caller, { client, before })
      deps.log.info({ client: client.id, agency: client.agencyCode, by: caller.clientId }, 'client added')
    },
  })
}

const refuseGrants = ({ grants }: Caller, scopes: readonly Scope[]): void => {
  const beyond = grants ? scopes.filter((scope) => !grants.includes(scope)) : []
  if (beyond.length > 0)
    refuse('/scopes', `may not hold ${beyond.join(', ')} here: one person could then decide for two`)
}

const refuse = (pointer: string, message: string): never => {
  throw new Refusal('invalid_input', `${pointer} ${message}.`, { errors: [{ pointer, message }] })
}
