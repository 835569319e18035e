/**
 * Where the gateway may be sent by those who call it: webhook endpoints, and the addresses in a merchant account. They choose the URL, so it must not make
 * the gateway call its own network. What lists of agencies allow beyond that is in outgoing-hosts.ts.
 */
import { hostOf, isListedHost } from './outgoing-hosts.ts'
import { isPrivateHost } from './private-address.ts'

const lengthMax = 2_048

/** `privateHosts` are those of private networks that the operator lets be called. */
export type Surroundings = { mode: 'demo' | 'production'; privateHosts: readonly string[] }

/**
 * What is wrong with an endpoint's URL, as a sentence; null when it may be called. Only https; in demo mode also http to loopback. In production no
 * addresses of private networks, no names that can only be local, and no ports of other services. A public name that resolves to a private address is not seen here
 * but by who connects (node/fetch-port.ts).
 */
export const webhookUrlProblem = (text: string, { mode, privateHosts }: Surroundings): string | null => {
  if (holdsBlank(text)) return 'must not hold spaces, control characters or backslashes'
  const url = text.length <= lengthMax && URL.canParse(text) ? new URL(text) : null
  if (!url) return `must be an absolute URL of at most ${lengthMax} characters`
  if (holdsUser(url)) return 'must not hold credentials'
  if (url.hash !== '') return 'must not have a fragment'
  if (url.protocol === 'http:') return mode === 'demo' && isLoopback(hostOf(url)) ? null : 'must use https'
  if (url.protocol !== 'https:') return 'must use https'
  return mode === 'production' ? placeProblem(url, privateHosts) : null
}

/** What is wrong with an address of a merchant account in production; null when it may be called. Texts that are no http(s) address are not judged. */
export const accountUrlProblem = (text: string, privateHosts: readonly string[]): string | null => {
  // The parser passes over line ends and the like wherever they stand, in the scheme too.
  if (!/^https?:/i.test(text.replaceAll(/[\s\p{Cc}]/gu, ''))) return null
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || holdsBlank(text)) return 'must be an address without spaces, control characters or backslashes'
  if (url.protocol !== 'https:') return 'must be https'
  if (holdsUser(url)) return 'must not hold credentials'
  return placeProblem(url, privateHosts)
}

const placeProblem = (url: URL, privateHosts: readonly string[]): string | null => {
  const [host, port] = [hostOf(url), url.port === '' ? 443 : Number(url.port)]
  const isOwn = isListedHost(privateHosts, host)
  if (isPrivateHost(host) && !isOwn) return 'must not be an address of a private network'
  if (blockedPorts.includes(port) || (port !== 443 && port < 1_024 && !isOwn))
    return 'must use port 443, or one from 1024 on that no other service has'
  return null
}

/**
 * From 1024 on only what `fetch` never connects to is refused (Fetch standard, "port blocking"): an address that is taken must be one that can be called. Below, the
 * well-known services that expect no HTTPS. Databases and the like are no reason to refuse more: they begin with no TLS handshake of HTTP, and are not reached by one.
 */
const blockedPorts: readonly number[] = [
  ...[1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697],
  10_080,
]

// The parser passes over them, so that who reads the text and who calls it would see two addresses.
const holdsBlank = (text: string): boolean => /[\s\p{Cc}\\]/u.test(text)

const holdsUser = ({ username, password }: URL): boolean => username !== '' || password !== ''

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
