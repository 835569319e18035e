// Runs simulated towns: one from a seed, or many small ones by several processes.
import { readFile, stat } from 'node:fs/promises'
import { type FaultKind, faultNames } from '../../simulation/fault-kinds.ts'
import { planTown, type Wish } from '../../simulation/plan.ts'
import { readKinds, readScript, type Script } from '../../simulation/script.ts'
import { type Command, type Options, UsageError } from './command.ts'
import { openGround } from './simulate/kept-ground.ts'
import { manyTowns } from './simulate/many-towns.ts'
import { oneTown } from './simulate/one-town.ts'

const daysMax = 60
const ordersMax = 100_000
const ordersPerDay = 200

export const simulateCommand: Command = {
  group: 'Develop and try',
  usage:
    '(--seed N [--days D] [--orders K] [--script FILE|FAULTS] | --seeds N [--from N] [--workers W]) [--faults all|none|NAMES] [--twice]',
  summary: 'Live through days of a simulated town, drawn from a seed; is nothing lost?',
  about:
    'Citizens, providers, banks, accountants, crashes and all, in a scratch database; checked after each day. A failing seed is told with the rows and the shortest script of faults that still fails',
  example: 'npx lephi simulate --seed 7 --days 3 --faults all',
  options: {
    seed: { type: 'string', value: 'N', help: 'one town; the same number is the same town' },
    days: { type: 'string', value: 'D', help: `so many days, at most ${daysMax}` },
    orders: {
      type: 'string',
      value: 'K',
      help: `so many orders, at most ${ordersMax}; ${ordersPerDay} a day unless given`,
    },
    script: { type: 'string', value: 'FILE|FAULTS', help: 'the faults that happen, as a failing run prints them' },
    seeds: { type: 'string', value: 'N', help: 'so many small towns instead' },
    from: { type: 'string', value: 'N', help: 'with --seeds: the first of them' },
    workers: { type: 'string', value: 'W', help: 'with --seeds: so many processes, 2 unless given' },
    faults: { type: 'string', value: 'all|none|NAMES', help: 'what may go wrong' },
    twice: { type: 'boolean', help: 'live through each twice and compare' },
    worker: { type: 'boolean', help: 'be one of those processes', isHidden: true },
  },
  found: 'something was lost',
  run: async ({ config, options, progress }) => {
    const kinds = readFaults(options)
    if (options.seeds !== undefined) {
      const count = wholeNumber(options, 'seeds', { fallback: 1, minimum: 1, maximum: 1_000_000 })
      const from = wholeNumber(options, 'from', { fallback: 1, minimum: 0, maximum: 1_000_000_000 })
      const workers = wholeNumber(options, 'workers', { fallback: 2, minimum: 1, maximum: 64 })
      const many = {
        from,
        count,
        workers,
        kinds,
        faults: String(options.faults ?? 'all'),
        isTwice: options.twice === true,
      }
      return manyTowns(config, many, { isWorker: options.worker === true, progress })
    }
    const wish = await readWish(options, kinds)
    const { ground, close } = await openGround(config.dataDir)
    try {
      return await oneTown(ground, planTown(wish), { isTwice: options.twice === true, progress })
    } finally {
      await close()
    }
  },
}

const readWish = async (options: Options, kinds: readonly FaultKind[]): Promise<Wish> => {
  const seed = String(wholeNumber(options, 'seed', { fallback: 1, minimum: 0, maximum: 1_000_000_000 }))
  const isSmall = options.days === undefined && options.orders === undefined
  const days = wholeNumber(options, 'days', { fallback: 1, minimum: 1, maximum: daysMax })
  const orders = wholeNumber(options, 'orders', { fallback: days * ordersPerDay, minimum: 1, maximum: ordersMax })
  const script = await readGivenScript(options)
  return { seed, kinds, ...(isSmall ? {} : { size: { days, orders } }), ...(script ? { script } : {}) }
}

const scriptBytesMax = 1024 * 1024

/** A file of that name, or else the text itself. */
const readGivenScript = async ({ script }: Options): Promise<Script | null> => {
  if (typeof script !== 'string') return null
  const size = await stat(script).then(
    (found) => (found.isFile() ? found.size : null),
    () => null,
  )
  if (size !== null && size > scriptBytesMax)
    throw new UsageError(`--script: the file is larger than ${scriptBytesMax} bytes`)
  const read = readScript(size === null ? script : await readFile(script, 'utf8'))
  if (typeof read === 'string') throw new UsageError(`--script: ${read}`)
  return read
}

const readFaults = ({ faults }: Options): readonly FaultKind[] => {
  if (typeof faults !== 'string') return faultNames
  const read = readKinds(faults)
  if (typeof read === 'string') throw new UsageError(`--faults: ${read}`)
  return read
}

const wholeNumber = (
  options: Options,
  name: string,
  { fallback, minimum, maximum }: { fallback: number; minimum: number; maximum: number },
): number => {
  const text = options[name]
  if (typeof text !== 'string') return fallback
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= minimum && value <= maximum))
    throw new UsageError(`--${name} is a whole number from ${minimum} to ${maximum}`)
  return value
}
