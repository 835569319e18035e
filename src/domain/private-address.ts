/** Which hosts lie in a private network, by their address or by their name alone. */

/** A connection that was not made, since its address is one of a private network. */
export class PrivateAddressError extends Error {
  override name = 'PrivateAddressError'
  readonly code = 'ERR_PRIVATE_ADDRESS'
}

/** True for that error, and for the fetch that failed by it. */
export const isPrivateAddressError = (error: unknown): boolean =>
  error instanceof PrivateAddressError || (error instanceof Error && error.cause instanceof PrivateAddressError)

/** Whether an IP address as a resolver gives it (`10.0.0.1`, `fe80::1%eth0`) is not one of the public internet. */
export const isPrivateAddress = (address: string): boolean =>
  isPrivateHost(address.includes(':') ? `[${address}]` : address)

/**
 * The same of a host as the URL parser normalises it, without a root dot: IPv4 in any spelling (0x7f.1, 2130706433, ①②⑦.0.0.1) is dotted decimal by then, IPv6 is in
 * brackets. A name is private when it can only be local; what else it resolves to is seen by who connects.
 */
export const isPrivateHost = (host: string): boolean => {
  const v4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host)
  if (v4) return isPrivateV4(v4.slice(1).map(Number))
  if (host.startsWith('[')) return isPrivateV6(host.slice(1, -1))
  return !host.includes('.') || localEndings.some((ending) => host.endsWith(ending))
}

const localEndings = ['.localhost', '.local', '.internal', '.intranet', '.lan', '.home', '.corp', '.home.arpa']

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
  (a === 192 && b === 88 && c === 99) ||
  (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) ||
  (a === 203 && b === 0 && c === 113)

/**
 * Public IPv6 is 2000::/3 (RFC 4291, section 2.4), so loopback, link-local with or without a zone, ULA, multicast, IPv4-mapped and -compatible addresses and NAT64's
 * well-known prefix are not. Of 2000::/3, documentation, Teredo, 6to4 and ISATAP can carry a private address inside.
 */
const isPrivateV6 = (address: string): boolean => {
  const [first = 0, second = 0, , , fifth = 0, sixth = 0] = groupsOf(address)
  const isPublic = first >= 0x2000 && first <= 0x3fff && !address.includes('%')
  if (!isPublic) return true
  return (
    first === 0x2002 ||
    (first === 0x2001 && (second < 0x200 || second === 0xdb8)) ||
    (first === 0x3fff && second < 0x1000) ||
    // RFC 5214, section 6.1: the address behind these 32 bits is an IPv4 one, which routers of a site may unpack.
    ((fifth === 0 || fifth === 0x200) && sixth === 0x5efe)
  )
}

/** The eight groups of 16 bits; what stands in a dotted tail counts as 0. */
const groupsOf = (address: string): number[] => {
  const [left = '', right] = address.replace(/:\d+\.\d+\.\d+\.\d+/, ':0:0').split('::')
  const numbers = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))
  const [head, tail] = [numbers(left), numbers(right ?? '')]
  return [...head, ...Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => 0), ...tail]
}
