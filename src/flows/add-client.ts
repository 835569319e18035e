/** A program of an agency gets the right to call us. Its secret is shown once; we keep only a hash. */
import type { Caller, Scope } from '../domain/access.ts'
import { Refusal } from '../domain/refusal.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { type Client, insertClient } from '../store/clients.ts'
import type { Deps } from './deps.ts'

export type AddClientInput = {
  name: string
  agencyCode: string
  scopes: readonly Scope[]
  expiresAt: Date | null
  /** Public keys; then the client signs its own assertions and gets no secret. */
  jwks: Client['jwks']
}

/** 256 bits: nothing that is guessed, so a fast hash keeps it. */
const secretBytes = 32

/**
 * Adds a client and answers it with its secret. Throws Refusal `not_found` for an agency that the caller does not cover, and `invalid_input` for an expiry
 * in the past, or a scope that the caller does not hold and may not hand on.
 */
export const addClient = async (
  deps: Deps,
  caller: Caller,
  input: AddClientInput,
): Promise<{ client: Client; secret: string | null }> => {
  const now = deps.now()
  if (input.expiresAt && input.expiresAt <= now) refuse('/expires_at', 'must be in the future')
  const beyond = input.scopes.find((scope) => !caller.scopes.includes('admin') && !caller.scopes.includes(scope))
  if (beyond) refuse('/scopes', 'holds a scope that you do not hold')
  const secret = input.jwks ? null : `lephi_${deps.newToken(secretBytes)}`
  const client: Client = {
    ...input,
    id: deps.newId('cli'),
    secretHash: secret === null ? null : sha256Hex(secret),
    createdAt: now,
    revokedAt: null,
  }
  if (await insertClient(deps.db, caller, client)) {
    deps.log.info({ client: client.id, agency: client.agencyCode, by: caller.clientId }, 'client added')
    return { client, secret }
  }
  throw new Refusal('not_found', 'There is no such agency.', {
    errors: [{ pointer: '/agency_code', message: 'is no agency of yours' }],
  })
}

const refuse = (pointer: string, message: string): never => {
  throw new Refusal('invalid_input', `${pointer} ${message}.`, { errors: [{ pointer, message }] })
}
