// Whether what goes to the database and back can be read or altered on the way.

const home = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * True when the address leads to another machine and does not demand a verified certificate (`sslmode=verify-full`, or `sslrootcert=system`, which means the same; libpq's
 * `require` encrypts for whoever answers). A socket of this machine needs neither.
 */
export const isOpenLine = (databaseUrl: string): boolean => {
  // Several hosts with commas in between are no address for the URL parser, and lead elsewhere.
  const hostname = URL.parse(databaseUrl)?.hostname ?? 'several'
  const query = new URLSearchParams(databaseUrl.split('?')[1])
  if (hostname === '' || home.test(hostname)) return false
  return query.get('sslmode') !== 'verify-full' && query.get('sslrootcert') !== 'system'
}
