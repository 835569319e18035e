// Owns what goes wrong around a call to a provider's API: outages, an outage cached under the request id, and answers
// that never come, before or after the work is done.
import { takeFault } from './faults.ts'
import type { Fault } from './records.ts'
import { keyOf, poisonedCountMax, type World } from './world.ts'

/** One call: who asks for what under which request id, and the references by which a fault may name it. */
export interface ApiCall {
  provider: string
  account: string
  operation: 'create' | 'query' | 'refund' | 'confirm'
  requestId: string
  references: readonly string[]
}

/** How long a silent call is held when the fault does not say: longer than any patient client waits. */
const holdSecondsDefault = 60
const holdSecondsMax = 600

/**
 * Runs `handle` unless a fault stands in the way. `busy` answers a second copy of a call that is still under way; a
 * provider that does not tell such copies apart leaves it out.
 */
export const guardCall = async (
  world: World,
  call: ApiCall,
  run: { signal: AbortSignal; handle: () => Promise<Response>; busy?: () => Response },
): Promise<Response> => {
  const key = keyOf(call.provider, call.account, call.requestId)
  if (world.poisoned.has(key)) return outage()
  if (takeFault(world, 'cached_500', call)) return poison(world, key)
  if (takeFault(world, 'http_500', call)) return outage()
  const before = takeFault(world, 'timeout_before', call)
  if (before) return silence(before, run.signal)
  if (run.busy && world.inFlight.has(key)) return run.busy()
  const after = takeFault(world, 'timeout_after', call)
  world.inFlight.add(key)
  try {
    const response = await run.handle()
    return after ? await silence(after, run.signal) : response
  } finally {
    world.inFlight.delete(key)
  }
}

const outage = (): Response => new Response('Internal Server Error', { status: 500 })

/** From here on every repeat under this request id gets the same outage, as a cache in front of the provider would. */
const poison = (world: World, key: string): Response => {
  if (world.poisoned.size >= poisonedCountMax) world.poisoned.clear()
  world.poisoned.add(key)
  return outage()
}

/** Says nothing until the caller hangs up or the delay is over; then a bare 504, as a gateway in between would send. */
const silence = async (fault: Fault, signal: AbortSignal): Promise<Response> => {
  const seconds = Math.min(fault.delay_seconds ?? holdSecondsDefault, holdSecondsMax)
  if (seconds > 0 && !signal.aborted)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000)
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  return new Response(null, { status: 504 })
}
