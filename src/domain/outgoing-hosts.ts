/**
 * Lists of hosts: those that an agency and what lies below it may name as the address of a webhook endpoint or of a provider, and those of private networks that the
 * operator lets be called. A list of an agency above always holds too: who administers a part of the tree can narrow what may be called from there, never widen it.
 */

/** The hosts that one agency's list names, as `readHostPattern` gives them. */
export type HostList = { agencyCode: string; hosts: readonly string[] }

/** As many as a list may name. */
export const hostsMax = 100

/**
 * A host as it is compared: `pay.example.vn`, an IP address as the URL parser writes it (IPv6 in brackets), or `*.example.vn` for every host below that name and not
 * for the name itself. Null for anything else: a port, a path, `*` alone, `*.vn`.
 */
export const readHostPattern = (text: string): string | null => {
  const [, wildcard = '', host = ''] = /^(\*\.)?([^*\s\p{Cc}\\/?#@]{1,253})$/u.exec(text) ?? []
  const url = URL.parse(`https://${host}`)
  if (host === '' || !url || url.port !== '' || /:\d*$/.test(host.replace(/^\[[^\]]*\]$/, ''))) return null
  const name = hostOf(url)
  if (wildcard === '') return name
  return /^[\d.]+$|^\[/.test(name) || !name.includes('.') ? null : `*.${name}`
}

/** The host of a URL as the parser normalised it; a root dot at the end names the same host. */
export const hostOf = (url: URL): string => url.hostname.replace(/\.$/, '')

export const isListedHost = (patterns: readonly string[], host: string): boolean =>
  patterns.some((pattern) => (pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern))

/** Why these lists do not let an address be called, as a sentence that names the list; null when they do. A text that is no http(s) address is not judged. */
export const hostListProblem = (text: string, lists: readonly HostList[]): string | null => {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) return null
  const refusing = lists.find(({ hosts }) => !isListedHost(hosts, hostOf(url)))
  return refusing ? `is not among the hosts that agency ${refusing.agencyCode} allows: ${told(refusing.hosts)}` : null
}

const toldMax = 10

const told = (hosts: readonly string[]): string => {
  if (hosts.length === 0) return 'none'
  const more = hosts.length > toldMax ? ` and ${hosts.length - toldMax} more` : ''
  return `${hosts.slice(0, toldMax).join(', ')}${more}`
}
