/**
 * Where the gateway may be sent by those who call it: webhook endpoints, and the addresses in a merchant account. They choose the URL, so it must not make
 * the gateway call its own network.
 */

const lengthMax = 2_048

/**
 * What is wrong with an endpoint's URL, as a sentence; null when it may be called. Only https; in demo mode also http to loopback. In production no
 * addresses of private networks and no names that can only be local. A public name that resolves to a private address is not seen here but by who
 * connects (node/fetch-port.ts).
 */
export const webhookUrlProblem = (text: string, mode: 'demo' | 'production'): string | null => {
  if (holdsBlank(text)) return 'must not hold spaces, control characters or backslashes'
  const url = text.length <= lengthMax && URL.canParse(text) ? new URL(text) : null
  if (!url) return `must be an absolute URL of at most ${lengthMax} characters`
  if (url.username !== '' || url.password !== '') return 'must not hold credentials'
  if (url.hash !== '') return 'must not have a fragment'
  const host = hostOf(url)
  if (url.protocol === 'http:') return mode === 'demo' && isLoopback(host) ? null : 'must use https'
  if (url.protocol !== 'https:') return 'must use https'
  return mode === 'production' && isPrivateHost(host) ? 'must not be an address of a private network' : null
}

/** What is wrong with an address of a merchant account in production; null when it may be called. Texts that are no http(s) address are not judged. */
export const accountUrlProblem = (text: string): string | null => {
  // The parser passes over line ends and the like wherever they stand, in the scheme too.
  if (!/^https?:/i.test(text.replaceAll(/[\s\p{Cc}]/gu, ''))) return null
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || holdsBlank(text)) return 'must be an address without spaces, control characters or backslashes'
  if (url.protocol !== 'https:') return 'must be https'
  return isPrivateHost(hostOf(url)) ? 'must not be an address of a private network' : null
}

/** A connection that was not made, since its address is one of a private network. */
export class PrivateAddressError extends Error {
  override name = 'PrivateAddressError'
  readonly code = 'ERR_PRIVATE_ADDRESS'
}

/** True for that error, and for the fetch that failed by it. */
export const isPrivateAddressError = (error: unknown): boolean =>
  error instanceof PrivateAddressError || (error instanceof Error && error.cause instanceof PrivateAddressError)

/** Whether an IP address as a resolver gives it (`10.0.0.1`, `fe80::1`) is not one of the public internet. */
export const isPrivateAddress = (address: string): boolean =>
  isPrivateHost(address.includes(':') ? `[${address}]` : address)

// The parser passes over them, so that who reads the text and who calls it would see two addresses.
const holdsBlank = (text: string): boolean => /[\s\p{Cc}\\]/u.test(text)

// A root dot at the end names the same host.
const hostOf = (url: URL): string => url.hostname.replace(/\.$/, '')

// The URL parser has normalised the host: IPv4 in any spelling (0x7f.1, 2130706433) is dotted decimal, IPv6 is compressed and in brackets.
const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)

const isPrivateHost = (host: string): boolean => {
  const v4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host)
  if (v4) return isPrivateV4(v4.slice(1).map(Number))
  if (host.startsWith('[')) return isPrivateV6(host.slice(1, -1))
  return !host.includes('.') || localEndings.some((ending) => host.endsWith(ending))
}

const localEndings = ['.localhost', '.local', '.internal', '.intranet', '.lan', '.home.arpa']

/** IANA's registry of special-purpose IPv4 addresses, without those that are public all the same. */
const isPrivateV4 = ([a = 0, b = 0, c = 0]: number[]): boolean =>
  a === 0 ||
  a === 10 ||
  a === 127 ||
  a >= 224 ||
  (a === 100 && b >= 64 && b <= 127) ||
  (a === 169 && b === 254) ||
  (a === 172 && b >= 16 && b <= 31) ||
  (a === 192 && b === 168) ||
  (a === 192 && b === 0 && (c === 0 || c === 2)) ||
  (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) ||
  (a === 203 && b === 0 && c === 113)

/** Public IPv6 is 2000::/3 (RFC 4291, section 2.4); of that, documentation, Teredo and 6to4 can carry a private address inside. */
const isPrivateV6 = (host: string): boolean => {
  const [first = '', second = ''] = host.split(':')
  const head = Number.parseInt(first, 16)
  if (!(head >= 0x2000 && head <= 0x3fff)) return true
  return (
    head === 0x2002 || (head === 0x2001 && Number.parseInt(second || '0', 16) < 0x200) || host.startsWith('2001:db8:')
  )
}
