/** Where webhooks may be sent. A portal chooses the URL, so it must not make the gateway call its own network. */

const lengthMax = 2_048

/**
 * What is wrong with an endpoint's URL, as a sentence; null when it may be called. Only https; in demo mode also http to loopback. In production no
 * addresses of private networks and no names that can only be local. A public name that resolves to a private address is not seen here:
 * names are resolved by the runtime, so a deployment inside a private network must also forbid such connections at its edge.
 */
export const webhookUrlProblem = (text: string, mode: 'demo' | 'production'): string | null => {
  const url = text.length <= lengthMax && URL.canParse(text) ? new URL(text) : null
  if (!url) return `must be an absolute URL of at most ${lengthMax} characters`
  if (url.username !== '' || url.password !== '') return 'must not hold credentials'
  if (url.hash !== '') return 'must not have a fragment'
  // A root dot at the end names the same host.
  const host = url.hostname.replace(/\.$/, '')
  const isPrivate = isPrivateHost(host)
  if (url.protocol === 'http:') return mode === 'demo' && isLoopback(host) ? null : 'must use https'
  if (url.protocol !== 'https:') return 'must use https'
  return mode === 'production' && isPrivate ? 'must not be an address of a private network' : null
}

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
