/** The network of the town: every message takes its time, may be lost on the way there or back, and finds nobody where a process has ended. */
import type { FetchPort } from '../providers/contract.ts'
import type { Random } from './random.ts'
import type { Schedule } from './schedule.ts'

/** What becomes of one call. `refused`: nothing was sent. The others end without an answer, at once where the connection is `reset`. */
export type Road = 'open' | 'refused' | 'lost_there' | 'lost_back' | 'reset_back'

export type Network = {
  /** Carries one call to whoever `deliver` is. Rejects as undici does. */
  carry: (call: { road: Road; label: string; init: RequestInit }, deliver: () => Promise<Response>) => Promise<Response>
}

export const createNetwork = (schedule: Schedule, random: Random): Network => {
  const way = () => (random.chance(0.02) ? random.int(300, 4_000) : random.int(1, 40))
  const travel = (label: string) =>
    new Promise<void>((resolve) => {
      schedule.after(way(), label, () => {
        resolve()
        return undefined
      })
    })
  return {
    carry: async ({ road, label, init }, deliver) => {
      const aborted = abortOf(init.signal ?? null)
      const carried = (async () => {
        schedule.tell(wordsOf(init.body))
        await travel(`> ${label}`)
        if (road === 'refused') throw brokenCall('ECONNREFUSED', 'connect')
        if (road === 'lost_there') return silence()
        const answer = await deliver()
        if (road === 'lost_back') return silence()
        if (road === 'reset_back') throw brokenCall('ECONNRESET', 'read')
        await travel(`< ${label}`)
        schedule.tell(`${answer.status}`)
        return answer
      })()
      return aborted ? Promise.race([carried, aborted]) : carried
    },
  }
}

const wordsOf = (body: RequestInit['body']): string =>
  typeof body === 'string' ? body : body instanceof Uint8Array ? new TextDecoder().decode(body) : ''

const silence = () => new Promise<never>(() => undefined)

/** As undici words it: a TypeError whose cause has the code. */
export const brokenCall = (code: string, syscall: string): TypeError =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code, syscall }) })

const abortOf = (signal: AbortSignal | null): Promise<never> | null => {
  if (!signal) return null
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  aborted.catch(() => undefined)
  return aborted
}

/** A port that hands calls on by their address; what nobody answers is refused. */
export const routed =
  (routes: readonly (readonly [prefix: string, port: FetchPort])[]): FetchPort =>
  (url, init) => {
    const found = routes.find(([prefix]) => url.startsWith(prefix))
    return found ? found[1](url, init) : Promise.reject(brokenCall('ENOTFOUND', 'getaddrinfo'))
  }
