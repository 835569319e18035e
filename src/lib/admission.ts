/**
 * Who may begin now, who waits, and who is told at once to come again. Work has classes, the most urgent first. Each has a share of the places that less urgent work
 * never takes, and a line of its own with a bound and a deadline: more than can be done is refused before it costs anything, and what is urgent passes the rest.
 */

export type ClassLimits = {
  /** Begins only while fewer than this many pieces of work of all classes are under way. */
  together: number
  /** At most this many of its own class are under way; absent: no bound of its own. */
  own?: number
  /** At most this many wait. */
  waiting: number
  /** Nobody waits longer. */
  waitMs: number
}

/** `full`: too many wait already. `late`: its turn did not come in time. */
export type ShedReason = 'full' | 'late'

/** Refused before anything was done. */
export class Shed extends Error {
  override name = 'Shed'
  constructor(readonly reason: ShedReason) {
    super(reason === 'full' ? 'too much waits already' : 'its turn did not come in time')
  }
}

export type Standing<Class extends string> = Readonly<Record<Class, { underWay: number; waiting: number }>>

export type Admission<Class extends string> = {
  /** Whether `enter` would refuse at once. */
  isFull: (kind: Class) => boolean
  /** Waits for a place and answers what gives it back, once however often it is called. Throws Shed. */
  enter: (kind: Class) => Promise<() => void>
  /** Runs what leaves our own means free, such as a call to somebody else: meanwhile another one has the place. */
  away: <Result>(work: () => Promise<Result>) => Promise<Result>
  /** Counts work that goes on after the place was given back. It begins whether or not there is room. */
  besides: (work: Promise<unknown>) => void
  standing: () => Standing<Class>
}

/** Places that may be lent while their holders are away: what comes back all at once is more than there are places for. */
export const awayMax = 500

/** Where work can be cut off without its end being heard of: after so long it counts as over. */
export type Lapse = { now: () => Date; afterMs: number }

type Waiter = { begin: () => void }
type Line = ClassLimits & { underWay: number; waiters: Set<Waiter> }

/** `limits` names the classes, the most urgent first. Without `lapse` what is under way counts until it ends. */
export const createAdmission = <Class extends string>(
  limits: Readonly<Record<Class, ClassLimits>>,
  lapse?: Lapse,
): Admission<Class> => {
  const held = holdsOf(lapse)
  const kinds = Object.keys(limits) as Class[]
  const lines = new Map<Class, Line>(
    kinds.map((kind) => [kind, { ...limits[kind], underWay: 0, waiters: new Set<Waiter>() }]),
  )
  const lineOf = (kind: Class): Line => lineIn(lines, kind)
  let [underWay, away] = [0, 0]
  const hasRoom = (line: Line) => {
    held.sweep()
    return underWay - Math.min(away, awayMax) < line.together && (line.own === undefined || line.underWay < line.own)
  }
  const letIn = () => {
    for (const line of lines.values()) {
      for (const waiter of line.waiters) {
        if (!hasRoom(line)) break
        line.waiters.delete(waiter)
        waiter.begin()
      }
    }
  }
  const begin = (line: Line): (() => void) => {
    underWay += 1
    line.underWay += 1
    return held.hold(() => {
      underWay -= 1
      line.underWay -= 1
      letIn()
    })
  }
  return {
    isFull: (kind) => isFull(lineOf(kind), hasRoom),
    enter: async (kind) => {
      const line = lineOf(kind)
      if (line.waiters.size === 0 && hasRoom(line)) return begin(line)
      if (isFull(line, hasRoom)) throw new Shed('full')
      return waitIn(line, begin)
    },
    away: async (work) => {
      away += 1
      letIn()
      const comeBack = held.hold(() => {
        away -= 1
      })
      try {
        return await work()
      } finally {
        comeBack()
      }
    },
    besides: (work) => {
      underWay += 1
      const end = held.hold(() => {
        underWay -= 1
        letIn()
      })
      work.then(end, end)
    },
    standing: () =>
      Object.fromEntries(
        kinds.map((kind) => [kind, { underWay: lineOf(kind).underWay, waiting: lineOf(kind).waiters.size }]),
      ) as Standing<Class>,
  }
}

const lineIn = <Class extends string>(lines: ReadonlyMap<Class, Line>, kind: Class): Line => {
  const line = lines.get(kind)
  if (!line) throw new Error(`there is no class ${kind}`)
  return line
}

/** What is counted, the oldest first. `hold` answers what ends it, once however often it is called. */
const holdsOf = (lapse: Lapse | undefined) => {
  const held = new Set<{ until: number; end: () => void }>()
  return {
    hold: (end: () => void): (() => void) => {
      const one = { until: lapse ? lapse.now().getTime() + lapse.afterMs : Number.POSITIVE_INFINITY, end }
      held.add(one)
      return () => void (held.delete(one) && end())
    },
    sweep: (): void => {
      if (!lapse) return
      const at = lapse.now().getTime()
      for (const one of held) {
        if (one.until > at) return
        held.delete(one)
        one.end()
      }
    },
  }
}

const isFull = (line: Line, hasRoom: (line: Line) => boolean): boolean =>
  line.waiters.size >= line.waiting && !(line.waiters.size === 0 && hasRoom(line))

const waitIn = (line: Line, begin: (line: Line) => () => void): Promise<() => void> =>
  new Promise((resolve, reject) => {
    const waiter: Waiter = {
      begin: () => {
        clearTimeout(timer)
        resolve(begin(line))
      },
    }
    const timer = setTimeout(() => {
      line.waiters.delete(waiter)
      reject(new Shed('late'))
    }, line.waitMs)
    line.waiters.add(waiter)
  })
