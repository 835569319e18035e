/** Which addresses the settings of a gateway may hold. None holds a user: it would be a secret in an address. */

/** Scheme, host and port, and nothing else. */
export const isOrigin = (text: string): boolean => {
  const url = URL.canParse(text) ? new URL(text) : null
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username === '' &&
    [url.origin, `${url.origin}/`].includes(text)
  )
}

/** An issuer as it writes itself: any http(s) address without user, query or fragment. */
export const isIssuer = (text: string): boolean => {
  const url = URL.parse(text)
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username === '' &&
    // A path below .well-known would make the client believe whatever issuer is written there.
    !/[?#]|\/\.well-known\//.test(text)
  )
}

/** The path of a collector is kept; a user or a query would be a secret in an address. */
export const isCollector = (text: string): boolean => {
  const { protocol, username, search, hash } = URL.canParse(text) ? new URL(text) : new URL('about:blank')
  return (protocol === 'https:' || protocol === 'http:') && username === '' && search === '' && hash === ''
}
