/**
 * The keys that sign our tokens, receipts and closes: Ed25519, made on first use, kept encrypted in the database and, opened, in this process for a
 * minute. Verifying a signature of ours needs the database only when a key is not known yet. Whoever writes to the database as they like can put a key of
 * their own into it, but not seal a private half with the master key: a key of which we do not hold the private half signs and verifies nothing.
 */
import {
  CompactSign,
  calculateJwkThumbprint,
  compactVerify,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose'
import type { RevocationReason } from '../domain/revocation.ts'
import { sealedFor } from '../domain/sealed-columns.ts'
import type { SealedBox } from '../lib/sealed-box.ts'
import {
  keepFirstSigningKey,
  latestSigning,
  markRevoked,
  type NewSigningKey,
  readSigningKeys,
  replaceSigningKey,
  type StoredSigningKey,
} from '../store/signing-keys.ts'
import type { Deps } from './deps.ts'

export const signingAlgorithm = 'EdDSA'

export type SigningKey = {
  kid: string
  publicJwk: JWK
  publicKey: CryptoKey
  createdAt: Date
  retiredAt: Date | null
  revokedAt: Date | null
  revokedReason: RevocationReason | null
  openPrivateKey: () => Promise<CryptoKey>
}

/** The database has a key that should sign and does not open: sealed with another master key, or put there by somebody else. */
export class ForeignSigningKeyError extends Error {
  override name = 'ForeignSigningKeyError'
}

type KeyDeps = Pick<Deps, 'db' | 'box' | 'now'>
type Kept = { keys: readonly SigningKey[]; at: number }

const keptMs = 60_000
const reloadEveryMs = 5_000
/** By sealed box, which there is one of for each set of keys, while connections may come and go with each request. */
const kept = new WeakMap<SealedBox, Kept>()

/** The key that signs now. */
export const currentSigningKey = async (deps: KeyDeps): Promise<SigningKey> => {
  const active = (await load(deps, keptMs)).find((key) => key.retiredAt === null)
  if (active) return active
  const made = remember(deps, await keepFirstSigningKey(deps.db, await makeKey(deps)))
  const first = (await made).find((key) => key.retiredAt === null)
  if (!first) throw new ForeignSigningKeyError('the key that signs in this database is not one of ours')
  return first
}

/**
 * The key of that id, retired ones included; null when there is none. An unknown id costs a reading at most every few seconds. What became of a known one is read
 * every minute, also by a process that signs nothing; where the database does not answer, what was known holds.
 */
export const findSigningKey = async (deps: KeyDeps, kid: string): Promise<SigningKey | null> => {
  const held = kept.get(deps.box)
  const isKnown = held?.keys.some((key) => key.kid === kid)
  const keys = held && isKnown ? await reread(deps, held) : await load(deps, reloadEveryMs)
  return keys.find((key) => key.kid === kid) ?? null
}

/** Of all who ask at the same time one reads; where that fails, nobody waits for it again for some seconds. */
const reread = async (deps: KeyDeps, { keys, at }: Kept): Promise<readonly SigningKey[]> => {
  const now = deps.now().getTime()
  if (Math.abs(now - at) < keptMs) return keys
  kept.set(deps.box, { keys, at: now })
  try {
    return await remember(deps, await readSigningKeys(deps.db))
  } catch {
    kept.set(deps.box, { keys, at: now - keptMs + reloadEveryMs })
    return keys
  }
}

/** Every key of ours, the newest first. */
export const listSigningKeys = (deps: KeyDeps): Promise<readonly SigningKey[]> => load(deps, keptMs)

/** Whether the key that signs in this database opens here; true where none signs yet. Asked of the database each time. */
export const signsWithKeyOfOurs = async (deps: KeyDeps): Promise<boolean> => {
  const stored = await readSigningKeys(deps.db)
  const active = stored.find((key) => key.retiredAt === null)
  return !active || (await remember(deps, stored)).some(({ kid }) => kid === active.kid)
}

/** From when on nothing that the key signed is ours, in seconds since 1970. */
export type PublicKeyJwk = JWK & { revoked?: { revoked_at: number; reason: RevocationReason } }

/**
 * Every public key, for /.well-known/jwks.json: retired ones stay, since old receipts must remain verifiable, and so do revoked ones, marked as OpenID Federation 1.0
 * marks historical keys.
 */
export const publicKeySet = async (deps: KeyDeps): Promise<{ keys: PublicKeyJwk[] }> => {
  await currentSigningKey(deps)
  return { keys: (await load(deps, keptMs)).map(publishedOf) }
}

const publishedOf = ({ publicJwk, revokedAt, revokedReason }: SigningKey): PublicKeyJwk =>
  revokedAt === null
    ? publicJwk
    : {
        ...publicJwk,
        revoked: { revoked_at: Math.floor(revokedAt.getTime() / 1_000), reason: revokedReason ?? 'unspecified' },
      }

/** Whether what a key signed then is not ours. */
export const isRevoked = ({ revokedAt }: Pick<SigningKey, 'revokedAt'>, at: Date): boolean =>
  revokedAt !== null && at.getTime() >= revokedAt.getTime()

/** Makes a new key the one that signs. Other processes notice within a minute. */
export const rotateSigningKey = async (deps: KeyDeps): Promise<SigningKey> => {
  const made = await makeKey(deps)
  const keys = await remember(deps, await replaceSigningKey(deps.db, made))
  const key = keys.find(({ kid }) => kid === made.kid)
  if (!key) throw new Error('the new signing key was not stored')
  return key
}

/** By then every process has noticed that a key signs no more, whatever its clock says. */
const noticedMs = 120_000
const aheadMaxMs = 86_400_000

/**
 * Says of a key that it is in other hands: what it signed from now on is not ours. One that still signs is replaced first, and then `now` is when every process knows.
 * What is on record by now was signed by us, whatever the clock of whoever signed it said; a clock that is more than a day ahead is believed no more.
 * A second revocation changes nothing. Null when there is no such key of ours.
 */
export const revokeSigningKey = async (
  deps: KeyDeps,
  { kid, reason }: { kid: string; reason: RevocationReason },
): Promise<SigningKey | null> => {
  const found = (await remember(deps, await readSigningKeys(deps.db))).find((key) => key.kid === kid)
  if (!found) return null
  const retiredAt = found.retiredAt ?? (await rotateSigningKey(deps)).createdAt
  const told = Math.max(deps.now().getTime(), retiredAt.getTime() + noticedMs)
  const latest = ((await latestSigning(deps.db))?.getTime() ?? 0) + (found.retiredAt ? 1 : noticedMs)
  const at = new Date(Math.max(told, Math.min(latest, told + aheadMaxMs)))
  const keys = await remember(deps, await markRevoked(deps.db, { kid, at, reason }))
  return keys.find((key) => key.kid === kid) ?? null
}

const load = async (deps: KeyDeps, maxAgeMs: number): Promise<readonly SigningKey[]> => {
  const known = kept.get(deps.box)
  if (known && Math.abs(deps.now().getTime() - known.at) < maxAgeMs) return known.keys
  return remember(deps, await readSigningKeys(deps.db))
}

const remember = async (deps: KeyDeps, stored: readonly StoredSigningKey[]): Promise<readonly SigningKey[]> => {
  const known = kept.get(deps.box)?.keys ?? []
  const opened = await Promise.all(
    stored.map(async (key) => {
      // The id is the hash of the public key, so what was proven of it once holds.
      const proven = known.find(({ kid }) => kid === key.kid)
      const { createdAt, retiredAt, revokedAt, revokedReason } = key
      return proven ? { ...proven, createdAt, retiredAt, revokedAt, revokedReason } : ownKey(deps, key)
    }),
  )
  const keys = opened.filter((key) => key !== null)
  kept.set(deps.box, { keys, at: deps.now().getTime() })
  return keys
}

/** The key, if its id is the thumbprint of its public half (RFC 7638), and the private half opens with the master key and belongs to the public one. */
const ownKey = async (deps: KeyDeps, stored: StoredSigningKey): Promise<SigningKey | null> => {
  try {
    const { kid, createdAt, retiredAt, revokedAt, revokedReason } = stored
    const { kty, crv, x } = stored.publicJwk as JWK
    if ((await calculateJwkThumbprint({ kty, crv, x } as JWK)) !== kid) return null
    const sealed = await deps.box.open(stored.sealedPrivateJwk, sealedFor.signingKey(kid))
    const privateKey = await importKey(JSON.parse(new TextDecoder().decode(sealed)))
    const publicJwk = publicJwkOf({ kty, crv, x } as JWK, kid)
    const publicKey = await importKey(publicJwk)
    const probe = new CompactSign(new TextEncoder().encode(kid)).setProtectedHeader({ alg: signingAlgorithm })
    await compactVerify(await probe.sign(privateKey), publicKey, { algorithms: [signingAlgorithm] })
    const state = { createdAt, retiredAt, revokedAt, revokedReason }
    return { kid, publicJwk, publicKey, ...state, openPrivateKey: async () => privateKey }
  } catch {
    return null
  }
}

const publicJwkOf = ({ kty, crv, x }: JWK, kid: string) =>
  ({ kty, crv, x, kid, alg: signingAlgorithm, use: 'sig' }) as JWK

const makeKey = async (deps: KeyDeps): Promise<NewSigningKey> => {
  const pair = await generateKeyPair(signingAlgorithm, { crv: 'Ed25519', extractable: true })
  const { kty, crv, x } = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint({ kty, crv, x } as JWK)
  const sealed = await deps.box.seal(JSON.stringify(await exportJWK(pair.privateKey)), sealedFor.signingKey(kid))
  return {
    kid,
    publicJwk: publicJwkOf({ kty, crv, x } as JWK, kid),
    sealedPrivateJwk: sealed,
    createdAt: deps.now(),
  }
}

const importKey = async (jwk: JWK): Promise<CryptoKey> => {
  const key = await importJWK(jwk, signingAlgorithm)
  if (key instanceof Uint8Array) throw new TypeError('a signing key is not symmetric')
  return key
}
