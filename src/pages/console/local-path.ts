/** Where a visitor is led after signing in: to a page of the console, whatever an address claims. */

const lengthMax = 1_000
const elsewhere = /^\/console\/(sign-in|signed-in|sign-out|signed-out)(\/|$)/

/** The path and query if they lead into the console; `/console` for anything else: other hosts, other parts of this one, and the way in itself. */
export const localPath = (to: string | null | undefined): string => {
  // Browsers take a backslash for a slash, and drop tabs and line breaks (URL standard, 4.4).
  if (!to || to.length > lengthMax || !/^\/[^/]/.test(to) || /[\\\p{Cc}\s]/u.test(to)) return home
  const url = URL.parse(to, base)
  const isInside = url?.origin === base && (url.pathname === home || url.pathname.startsWith(`${home}/`))
  return url && isInside && !elsewhere.test(url.pathname) ? `${url.pathname}${url.search}` : home
}

const home = '/console'
const base = 'https://console.invalid'
