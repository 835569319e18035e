/** Reads a seal as it is signed, and says what is wrong with it: only a key of this gateway may have signed it. */
import { base64url, compactVerify, decodeProtectedHeader } from 'jose'
import { type ClaimedSeal, readSealClaims, sealTyp } from '../domain/ledger-seal.ts'
import type { Deps } from './deps.ts'
import { findSigningKey, isRevoked, type SigningKey, signingAlgorithm } from './signing-keys.ts'

/** `problem` is null when the signature holds; `seal` is null when the text is no seal at all. */
export type ReadSeal = (
  jws: string,
) => Promise<{ seal: ClaimedSeal | null; kid: string | null; problem: string | null }>

export const createSealReader = (deps: Pick<Deps, 'db' | 'box' | 'now'>): ReadSeal => {
  const keys = new Map<string, Promise<SigningKey | null>>()
  const keyOf = (kid: string) => {
    const known = keys.get(kid) ?? findSigningKey(deps, kid)
    keys.set(kid, known)
    return known
  }
  return async (jws) => {
    const claimed = claimedBy(jws)
    if (!claimed) return { seal: null, kid: null, problem: 'is not a seal' }
    const key = await keyOf(claimed.kid)
    if (!key) return { ...claimed, problem: 'is signed by a key that is not ours' }
    if (isRevoked(key, claimed.seal.sealedAt))
      return { ...claimed, problem: 'is signed by a key that was revoked by then' }
    const holds = await verifies(jws, key)
    return { ...claimed, problem: holds ? null : 'is not what was signed' }
  }
}

const verifies = async (jws: string, key: SigningKey): Promise<boolean> => {
  try {
    await compactVerify(jws, key.publicKey, { algorithms: [signingAlgorithm] })
    return true
  } catch {
    return false
  }
}

const claimedBy = (jws: string): { kid: string; seal: ClaimedSeal } | null => {
  try {
    const { kid, typ } = decodeProtectedHeader(jws)
    const payload = jws.split('.')[1] ?? ''
    const seal = readSealClaims(new TextDecoder().decode(base64url.decode(payload)))
    return seal && kid && typ === sealTyp ? { kid, seal } : null
  } catch {
    return null
  }
}
