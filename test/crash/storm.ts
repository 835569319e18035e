// The kills: each strike of the schedule in its turn, at its moment.
import { setTimeout as pause } from 'node:timers/promises'
import type { DatabaseServer } from './database-server.ts'
import type { Gateways } from './gateways.ts'
import type { Strike } from './kill-schedule.ts'
import type { Moments } from './moments.ts'

export type StormTally = {
  /** Strikes by what was going on, as it turned out. */
  byMoment: Map<string, number>
  done: number
}

/** The longest time that a moment is waited for; then it strikes all the same. */
const momentTimeoutMs = 2_500

/** Resolves when the last one is dead. */
export const strikeAll = async (
  strikes: readonly Strike[],
  {
    gateways,
    database,
    moments,
    tally,
  }: { gateways: Gateways; database: DatabaseServer; moments: Moments; tally: StormTally },
): Promise<void> => {
  for (const strike of strikes) {
    // What is killed before it served has done no work that could be lost; starts have strikes of their own.
    if (strike.on !== 'start') await gateways.serves(strike.gateway)
    await pause(strike.pauseMs)
    const { what, gateway } = await wait(strike, { gateways, moments })
    await pause(strike.delayMs)
    const count = (name: string) => tally.byMoment.set(name, (tally.byMoment.get(name) ?? 0) + 1)
    count(what)
    if (strike.target === 'gateway') await gateways.kill(gateway)
    else if (strike.target === 'database') await database.kill()
    else await Promise.all([database.kill(), ...gateways.all.map((index) => gateways.kill(index))])
    tally.done += 1
  }
}

const wait = async (
  { on, gateway }: Strike,
  { gateways, moments }: { gateways: Gateways; moments: Moments },
): Promise<{ what: string; gateway: number }> => {
  if (on === 'any time') return { what: on, gateway }
  if (on === 'start') {
    await gateways.spawned(gateway)
    return { what: on, gateway }
  }
  const told = await moments.next(on, momentTimeoutMs)
  return told ? { what: on, gateway: told.gateway ?? gateway } : { what: 'any time', gateway }
}
