/** Signs texts that others keep and check without us: compact JWS (RFC 7515) under a key of /.well-known/jwks.json. */
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose'
import type { Deps } from './deps.ts'
import { currentSigningKey, findSigningKey, isRevoked, type SigningKey, signingAlgorithm } from './signing-keys.ts'

type KeyDeps = Pick<Deps, 'db' | 'box' | 'now'>

/** The text under that key, as that `typ`. */
export const signText = async (
  key: SigningKey,
  text: string,
  { typ, cty }: { typ: string; cty?: string },
): Promise<string> =>
  new CompactSign(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: signingAlgorithm, kid: key.kid, typ, ...(cty ? { cty } : {}) })
    .sign(await key.openPrivateKey())

export const signDocument = async (deps: KeyDeps, text: string): Promise<string> =>
  signText(await currentSigningKey(deps), text, { typ: 'JOSE', cty: 'application/json' })

/**
 * The text that was signed, as that `typ` where one is named; null when no key of ours signed it so. `at` is when the text says that it was signed: with a key that was
 * revoked by then, or when it does not say, it was not signed by us.
 */
export const readSigned = async (
  deps: KeyDeps,
  signature: string,
  { typ, at }: { typ?: string; at?: Date } = {},
): Promise<string | null> => {
  try {
    const header = decodeProtectedHeader(signature)
    const key = typ === undefined || header.typ === typ ? await findSigningKey(deps, header.kid ?? '') : null
    if (!key || isRevoked(key, at ?? deps.now())) return null
    const { payload } = await compactVerify(signature, key.publicKey, { algorithms: [signingAlgorithm] })
    return new TextDecoder().decode(payload)
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^ERR_J(WS|OSE|WT)/.test(String(error.code))) return null
    if (error instanceof TypeError) return null
    throw error
  }
}
