/** Signs texts that others keep and check without us: compact JWS (RFC 7515) under a key of /.well-known/jwks.json. */
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose'
import type { Deps } from './deps.ts'
import { currentSigningKey, findSigningKey, signingAlgorithm } from './signing-keys.ts'

export const signDocument = async (deps: Pick<Deps, 'db' | 'box' | 'now'>, text: string): Promise<string> => {
  const key = await currentSigningKey(deps)
  return new CompactSign(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: signingAlgorithm, kid: key.kid, typ: 'JOSE', cty: 'application/json' })
    .sign(await key.openPrivateKey())
}

/** The text that was signed; null when no key of ours signed it so. */
export const readSigned = async (deps: Pick<Deps, 'db' | 'box' | 'now'>, signature: string): Promise<string | null> => {
  try {
    const key = await findSigningKey(deps, decodeProtectedHeader(signature).kid ?? '')
    if (!key) return null
    const { payload } = await compactVerify(signature, key.publicKey, { algorithms: [signingAlgorithm] })
    return new TextDecoder().decode(payload)
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^ERR_J(WS|OSE|WT)/.test(String(error.code))) return null
    if (error instanceof TypeError) return null
    throw error
  }
}
