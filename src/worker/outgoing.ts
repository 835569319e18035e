/** Calls out of a Worker: to the public internet alone (wrangler.toml, global_fetch_strictly_public), and to private networks by bindings only. */
import type { Config } from '../config.ts'
import { hostOf, isListedHost } from '../domain/outgoing-hosts.ts'
import { isPrivateHost, PrivateAddressError } from '../domain/private-address.ts'
import type { Deps } from '../flows/deps.ts'

/** For callers of fetch that set no deadline of their own. */
const wholeCallTimeoutMs = 60_000

/** A name is resolved by Cloudflare, after us; what is known without that is refused here as on Node. */
export const fetchPublic =
  ({ mode, privateHosts }: Pick<Config, 'mode' | 'privateHosts'>): Deps['fetch'] =>
  async (url, init) => {
    const host = hostOf(new URL(url))
    if (mode === 'production' && isPrivateHost(host) && !isListedHost(privateHosts, host))
      throw new TypeError('fetch failed', { cause: new PrivateAddressError('an address of a private network') })
    return fetchWithDeadline(url, init)
  }

export const fetchWithDeadline: Deps['fetch'] = (url, init) => {
  const deadline = AbortSignal.timeout(wholeCallTimeoutMs)
  const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline
  return fetch(url, { ...init, redirect: 'manual', signal })
}
