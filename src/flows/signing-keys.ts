/**
 * The keys that sign our tokens, receipts and closes: Ed25519, made on first use, kept encrypted in the database and, opened, in this process for a
 * minute. Verifying a signature of ours needs the database only when a key is not known yet.
 */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { SealedBox } from '../lib/sealed-box.ts'
import {
  keepFirstSigningKey,
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
  retiredAt: Date | null
  /** Opened only when it signs. */
  openPrivateKey: () => Promise<CryptoKey>
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
  if (!first) throw new Error('a signing key was retired while it was being made')
  return first
}

/** The key of that id, retired ones included; null when there is none. An unknown id costs a reading at most every few seconds. */
export const findSigningKey = async (deps: KeyDeps, kid: string): Promise<SigningKey | null> => {
  const known = kept.get(deps.box)?.keys.find((key) => key.kid === kid)
  return known ?? (await load(deps, reloadEveryMs)).find((key) => key.kid === kid) ?? null
}

/** Every public key, for /.well-known/jwks.json: retired ones stay, since old receipts must remain verifiable. */
export const publicKeySet = async (deps: KeyDeps): Promise<{ keys: JWK[] }> => {
  await currentSigningKey(deps)
  return { keys: (await load(deps, keptMs)).map((key) => key.publicJwk) }
}

/** Makes a new key the one that signs. Other processes notice within a minute. */
export const rotateSigningKey = async (deps: KeyDeps): Promise<SigningKey> => {
  const made = await makeKey(deps)
  const keys = await remember(deps, await replaceSigningKey(deps.db, made))
  const key = keys.find(({ kid }) => kid === made.kid)
  if (!key) throw new Error('the new signing key was not stored')
  return key
}

const load = async (deps: KeyDeps, maxAgeMs: number): Promise<readonly SigningKey[]> => {
  const known = kept.get(deps.box)
  if (known && Math.abs(deps.now().getTime() - known.at) < maxAgeMs) return known.keys
  return remember(deps, await readSigningKeys(deps.db))
}

const remember = async (deps: KeyDeps, stored: readonly StoredSigningKey[]): Promise<readonly SigningKey[]> => {
  const keys = await Promise.all(stored.map((key) => openedKey(deps, key)))
  kept.set(deps.box, { keys, at: deps.now().getTime() })
  return keys
}

const openedKey = async (deps: KeyDeps, stored: StoredSigningKey): Promise<SigningKey> => {
  const publicJwk: JWK = { ...stored.publicJwk }
  let opened: CryptoKey | null = null
  return {
    kid: stored.kid,
    publicJwk,
    publicKey: await importKey(publicJwk),
    retiredAt: stored.retiredAt,
    openPrivateKey: async () => {
      opened ??= await importKey(
        JSON.parse(new TextDecoder().decode(await deps.box.open(stored.sealedPrivateJwk, contextOf(stored.kid)))),
      )
      return opened
    },
  }
}

const makeKey = async (deps: KeyDeps): Promise<Omit<StoredSigningKey, 'retiredAt'>> => {
  const pair = await generateKeyPair(signingAlgorithm, { crv: 'Ed25519', extractable: true })
  const { kty, crv, x } = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint({ kty, crv, x } as JWK)
  const sealed = await deps.box.seal(JSON.stringify(await exportJWK(pair.privateKey)), contextOf(kid))
  return {
    kid,
    publicJwk: { kty, crv, x, kid, alg: signingAlgorithm, use: 'sig' },
    sealedPrivateJwk: sealed,
    createdAt: deps.now(),
  }
}

const importKey = async (jwk: JWK): Promise<CryptoKey> => {
  const key = await importJWK(jwk, signingAlgorithm)
  if (key instanceof Uint8Array) throw new TypeError('a signing key is not symmetric')
  return key
}

const contextOf = (kid: string): string => `signing_key:${kid}`
