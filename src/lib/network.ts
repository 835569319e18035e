/** Which network an address is of, for counting who asks: single addresses of IPv6 are no measure of anybody. */

/**
 * An IPv4 address as it is, also where it is written inside of an IPv6 one (::ffff:192.0.2.1); of IPv6 its /64, which one household or office has to itself
 * (RFC 6177). Anything else is answered as it stands.
 */
export const networkOf = (address: string): string => {
  const written = address.toLowerCase()
  const [, mapped] = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/.exec(written) ?? []
  if (mapped) return mapped
  const groups = written.split(':')
  if (groups.length < 3) return address
  const gap = groups.indexOf('')
  const zeros = gap < 0 ? [] : Array.from({ length: Math.max(0, 9 - groups.length) }, () => '0')
  const whole = gap < 0 ? groups : [...groups.slice(0, gap), ...zeros, ...groups.slice(gap + 1)]
  return whole
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '') || '0')
    .join(':')
}
