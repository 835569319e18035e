/** What the kits of the piped SHA-256 family share: a signer of their own, and JSON as the protocol writes it. */
import { createHash } from 'node:crypto'
import type { Account, Call, Field } from './kit.ts'

/** SHA-256 over the named fields and the secret, joined by `|`. */
export const pipedHash = (names: readonly string[], values: Record<string, unknown>, secret: unknown): string =>
  createHash('sha256')
    .update([...names.map((name) => values[name] ?? ''), secret].join('|'), 'utf8')
    .digest('hex')

/** JSON with the fields in order, `numbers` as given. */
export const jsonOf = (fields: readonly Field[], numbers: ReadonlySet<string> = new Set()): string =>
  `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${numbers.has(name) ? value : JSON.stringify(value)}`).join(',')}}`

/** Signs fields over the named ones of them. */
export const signerOf =
  (names: readonly string[], signature: string) =>
  (fields: readonly Field[], account: Account): Field[] => [
    ...fields,
    [signature, pipedHash(names, Object.fromEntries(fields), account.secret_key)],
  ]

/** A call as the provider reads it: throws for another address, and where its signature does not hold. */
export const readPiped = (
  call: Call,
  { url, names, signature, account }: { url: string; names: readonly string[]; signature: string; account: Account },
): Record<string, unknown> => {
  const body: Record<string, unknown> = JSON.parse(call.body)
  if (call.url !== url || call.method !== 'POST') throw new Error('no such call')
  if (body[signature] !== pipedHash(names, body, account.secret_key)) throw new Error('the signature would be refused')
  return body
}

/** `yyyyMMddHHmmss` in Vietnam. */
export const stampOf = (instant: Date): string =>
  new Date(instant.getTime() + 7 * 3_600_000)
    .toISOString()
    .replace(/[^0-9]/g, '')
    .slice(0, 14)

/** Answers whose signature nobody knows. */
export const unsigned = {
  sign: (fields: readonly Field[]): Field[] => [...fields],
  signedFields: [],
  signatureField: null,
} as const
