/**
 * The signature of a family of protocols of one origin: SHA-256, a plain hash and no HMAC, over the fields of a message in a fixed order, joined by `|`,
 * with the secret as the last segment. Values are not escaped, so a reader must know in which fields the separator may stand.
 */
import { sha256Hex } from '../lib/hmac.ts'
import { ProviderError } from './contract.ts'
import { wireText } from './json-fields.ts'
import { isSameHex } from './signed-text.ts'

export type Texts = ReadonlyMap<string, string>

/** The text whose hash is the signature, secret and all: never to be logged. An absent field is empty and keeps its separator. */
export const pipedText = (names: readonly string[], fields: Texts, secret: string): string =>
  [...names.map((name) => fields.get(name) ?? ''), secret].join('|')

/** The signature of a message, in lowercase hex. */
export const signPiped = (names: readonly string[], fields: Texts, secret: string): string =>
  sha256Hex(pipedText(names, fields, secret))

/** Whether `signature` is the message's, in constant time and in either letter case. An absent one never is. */
export const isPipedSigned = (
  names: readonly string[],
  fields: Texts,
  { signature, secret }: { signature: string | undefined; secret: string },
): boolean => signature !== undefined && isSameHex({ expected: signPiped(names, fields, secret), received: signature })

/** The named members of a JSON object as the texts that are signed, absent ones empty. Throws `malformed` for what is neither text nor a number. */
export const textsOf = (json: Record<string, unknown>, names: readonly string[]): Map<string, string> => {
  const texts = new Map<string, string>()
  for (const name of names) {
    const text = wireText(Object.hasOwn(json, name) ? json[name] : null)
    if (text === null) throw new ProviderError('malformed', `${name} is neither text nor a number`)
    texts.set(name, text)
  }
  return texts
}
