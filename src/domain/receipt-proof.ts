/**
 * A receipt in a code that a phone reads: a compact JWS (RFC 7515), so that any JOSE library verifies it with /.well-known/jwks.json, and nothing but what is needed in
 * it, so that the code stays coarse enough for 4 cm on paper. What is here needs no network and runs in the browser as well: the functions from `openProof` on use nothing
 * outside of themselves, since the page of /verify carries them as text.
 */
import type { UnsignedReceipt } from './receipt.ts'

/** The header's `typ`: other texts are signed by the same keys, and none of them is a receipt. */
export const proofType = 'rcp'
export const statusType = 'rcs'

/** Short names, since each character makes the code finer. */
export type ReceiptProof = {
  /** Order, agency; form, serial and number; kind. */
  o: string
  a: string
  f: string
  s: string
  n: number
  k: 'phi' | 'le_phi'
  /** What each fee comes to, and the total, in đồng. */
  l: number[]
  t: number
  /** When it was issued, in seconds since 1970. */
  i: number
}

export const proofOf = (receipt: UnsignedReceipt): ReceiptProof => ({
  ...{
    o: receipt.orderId,
    a: receipt.agencyCode,
    f: receipt.form,
    s: receipt.serial,
    n: receipt.number,
    k: receipt.kind,
  },
  l: receipt.document.fees.map(({ amount }) => Number(amount)),
  t: Number(receipt.amount),
  i: Math.floor(receipt.issuedAt.getTime() / 1_000),
})

/**
 * Receipts that no longer say all: by `agency/serial/number`, newest first. Complete for what was issued from `since`; null: for all. `refunded`: fees were returned;
 * `reversed`: the provider or the bank took the payment back, or a part of it; `noticed`: notice was given of a mistake.
 */
export type ReceiptStatusList = {
  at: number
  since: number | null
  replaced: readonly string[]
  refunded: readonly string[]
  reversed: readonly string[]
  noticed: readonly string[]
}

export type ProofStanding = 'replaced' | 'reversed' | 'refunded' | 'noticed' | 'standing' | 'unknown'

/** What our own records say of the receipt that a code names, at that time: that there is none, that it says something else, or what became of it. */
export type ProofRecord = { at: number } & (
  | { is: 'absent' | 'other' | 'altered' }
  | {
      is: 'held'
      /** Form, serial and number. */
      replacedBy: string | null
      noticed: readonly string[]
      returned: number
      reversed: number
      isDisputed: boolean
    }
)

export type PublicKey = {
  kid?: string | undefined
  kty?: string | undefined
  crv?: string | undefined
  x?: string | undefined
  /** Nothing that says it was signed from then on, in seconds since 1970, is ours. */
  revoked?: { revoked_at: number } | undefined
}

export type Opened =
  | { ok: true; payload: unknown; revokedAt: number | null }
  | { ok: false; why: 'malformed' | 'unknown_key' | 'forged' | 'unsupported' }

/** Why nothing is said of a code. */
export type WhyNot = Extract<Opened, { ok: false }>['why'] | 'revoked'

/** What was signed, if one of the keys did, as that type. Accepts one spelling of each signature alone: spare bits of base64url must be 0. */
export const openProof = async (
  text: string,
  { keys, type }: { keys: readonly PublicKey[]; type: string },
): Promise<Opened> => {
  const bytesOf = (part: string | undefined) => {
    if (!part || !/^[A-Za-z0-9_-]+$/.test(part) || part.length % 4 === 1) return null
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'))
    const again = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
    return again === part ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : null
  }
  const jsonOf = (bytes: Uint8Array) => {
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    } catch {
      return null
    }
  }
  const parts = text.split('.')
  const [head, body, signature] = [bytesOf(parts[0]), bytesOf(parts[1]), bytesOf(parts[2])]
  if (parts.length !== 3 || !head || !body || signature?.length !== 64) return { ok: false, why: 'malformed' }
  const header = jsonOf(head)
  if (header?.alg !== 'EdDSA' || header.typ !== type || header.crit !== undefined)
    return { ok: false, why: 'malformed' }
  const key = keys.find(({ kid }) => kid !== undefined && kid === header.kid)
  if (!key) return { ok: false, why: 'unknown_key' }
  const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`)
  try {
    const { kty, crv, x } = key
    const imported = await crypto.subtle.importKey('jwk', { kty, crv, x } as JsonWebKey, 'Ed25519', false, ['verify'])
    if (!(await crypto.subtle.verify('Ed25519', imported, signature, signed))) return { ok: false, why: 'forged' }
  } catch {
    // A browser of before Ed25519 in WebCrypto (Chrome 137, Firefox 129, Safari 17).
    return { ok: false, why: 'unsupported' }
  }
  const payload: unknown = jsonOf(body)
  if (payload === null) return { ok: false, why: 'malformed' }
  return { ok: true, payload, revokedAt: key.revoked ? key.revoked.revoked_at : null }
}

/** The text of a proof out of what was scanned or pasted: it follows the `#` of an address, or stands alone. */
export const proofText = (pasted: string): string => {
  const text = pasted.trim()
  return text.slice(text.lastIndexOf('#') + 1)
}

/** The receipt that a payload holds; null for anything else. */
export const readProof = (payload: unknown): ReceiptProof | null => {
  const read = payload as Partial<ReceiptProof> | null
  const isAmount = (value: unknown) => Number.isSafeInteger(value) && Number(value) > 0
  if (typeof read !== 'object' || read === null) return null
  if (![read.o, read.a, read.f, read.s].every((text) => typeof text === 'string' && text.length > 0)) return null
  if (read.k !== 'phi' && read.k !== 'le_phi') return null
  if (!Array.isArray(read.l) || !read.l.every(isAmount)) return null
  if (![read.n, read.t, read.i].every(isAmount) || read.l.reduce((sum, part) => sum + part, 0) !== read.t) return null
  return read as ReceiptProof
}

/**
 * The receipt of what was opened, or why there is none. Whoever has a revoked key can sign an earlier time as well: of what such a key signed before, only our own records
 * tell, so `revokedAt` is told with it.
 */
export const proofIn = (
  opened: Opened,
  read: (payload: unknown) => ReceiptProof | null,
): { proof: ReceiptProof; revokedAt: number | null; why: null } | { proof: null; revokedAt: null; why: WhyNot } => {
  if (!opened.ok) return { proof: null, revokedAt: null, why: opened.why }
  const proof = read(opened.payload)
  if (!proof) return { proof: null, revokedAt: null, why: 'malformed' }
  const { revokedAt } = opened
  return revokedAt !== null && proof.i >= revokedAt
    ? { proof: null, revokedAt: null, why: 'revoked' }
    : { proof, revokedAt, why: null }
}

/** The list of what was opened, unless the key was revoked by the time that the list is of. */
export const listIn = (opened: Opened): ReceiptStatusList | null => {
  if (!opened.ok) return null
  const list = opened.payload as ReceiptStatusList
  return opened.revokedAt !== null && list.at >= opened.revokedAt ? null : list
}

/** What the published list says of a receipt; `unknown` when it was issued before the list begins, or there is none. */
export const standingOf = ({ a, s, n, i }: ReceiptProof, list: ReceiptStatusList | null): ProofStanding => {
  const name = `${a}/${s}/${n}`
  if (list?.replaced.includes(name)) return 'replaced'
  if (list?.reversed.includes(name)) return 'reversed'
  if (list?.refunded.includes(name)) return 'refunded'
  if (list?.noticed.includes(name)) return 'noticed'
  return list && (list.since === null || i >= list.since) ? 'standing' : 'unknown'
}
