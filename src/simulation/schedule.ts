/**
 * Time and order of a simulated town. Everything that happens stands in one queue by its time; one thing is begun, runs until whatever it has set going waits
 * again, and only then the next one is begun. So nothing is ever raced: who comes first is what the queue says, and the queue is a matter of the seed.
 */

export type Schedule = {
  now: () => Date
  /** Runs something that long from now, in milliseconds. What it answers is waited for before anything else begins. */
  after: (ms: number, label: string, run: () => Promise<unknown> | undefined) => Appointment
  sleep: (ms: number) => Promise<void>
  /** Begins a piece of the town's life; what it throws ends the simulation. */
  start: (name: string, work: () => Promise<void>) => void
  /** What the runtime does beside us, such as a signature in another thread: its answer is handed on in the order of asking. */
  beside: <Value>(work: Promise<Value>) => Promise<Value>
  /** The same for what somebody outside of the town asks of the database, such as what is due. */
  outside: <Value>(work: () => Promise<Value>) => Promise<Value>
  /** Whether the driver of the database is at work at this moment, so that timers are its own. */
  isDriving: () => boolean
  /** Goes on until nothing is left that is due by then. */
  runUntil: (instant: Date) => Promise<void>
  /** The names of what was begun and has not ended. */
  unfinished: () => readonly string[]
  /** Adds what was said to the hash: two ways that differ in words alone are told apart. */
  tell: (words: string) => void
  /** A hash over everything that was begun so far, and when, and over what was said. */
  trace: () => string
  steps: () => number
}

/** Something that is to happen, until it is called off. */
export type Appointment = { callOff: () => void }

export type ScheduleOptions = {
  start: Date
  /** Resolves when everything that could go on by itself has gone on: at least a turn of the runtime's event loop. */
  turn: () => Promise<void>
  /** For watching: every step as it begins. */
  watch?: (line: string) => void
}

type Waiting = { at: number; order: number; label: string; isOff: boolean; run: () => Promise<unknown> | undefined }

export const createSchedule = ({ start, turn, watch }: ScheduleOptions): Schedule => {
  const parts: Parts = { queue: createQueue(), beside: createBeside(), trace: createTrace(), turn, watch }
  const state: State = {
    nowMs: start.getTime(),
    begun: 0,
    steps: 0,
    outside: 0,
    isRunning: false,
    isStepping: false,
    failure: null,
  }
  const tasks = new Map<number, string>()
  const after: Schedule['after'] = (ms, label, run) => {
    state.begun += 1
    const at = state.nowMs + Math.max(0, Math.round(ms))
    const waiting: Waiting = { at, order: state.begun, label, isOff: false, run }
    parts.queue.push(waiting)
    return {
      callOff: () => {
        waiting.isOff = true
      },
    }
  }
  return {
    now: () => new Date(state.nowMs),
    after,
    sleep: (ms) =>
      new Promise((resolve) => {
        after(ms, 'sleep', () => {
          resolve()
          return undefined
        })
      }),
    start: (name, work) => {
      state.begun += 1
      const id = state.begun
      tasks.set(id, name)
      work().then(
        () => tasks.delete(id),
        (error: unknown) => {
          state.failure ??= { error }
        },
      )
    },
    beside: parts.beside.wait,
    outside: async (work) => {
      state.outside += 1
      try {
        return await parts.beside.wait(work())
      } finally {
        state.outside -= 1
      }
    },
    isDriving: () => !state.isRunning || state.isStepping || state.outside > 0,
    runUntil: async (instant) => {
      state.isRunning = true
      await goOn(state, parts, instant.getTime())
      state.isRunning = false
    },
    unfinished: () => [...tasks.values()],
    tell: parts.trace.add,
    trace: parts.trace.text,
    steps: () => state.steps,
  }
}

type State = {
  nowMs: number
  begun: number
  steps: number
  outside: number
  isRunning: boolean
  isStepping: boolean
  failure: { error: unknown } | null
}
type Parts = Pick<ScheduleOptions, 'turn'> & {
  queue: ReturnType<typeof createQueue>
  beside: ReturnType<typeof createBeside>
  trace: ReturnType<typeof createTrace>
  watch: ScheduleOptions['watch']
}

/** One step after the other, each begun only when nothing of the one before goes on by itself. */
const goOn = async (state: State, { queue, beside, trace, turn, watch }: Parts, end: number): Promise<void> => {
  for (;;) {
    do await turn()
    while (await beside.handOne())
    if (state.failure) throw state.failure.error
    const next = queue.next(end)
    if (!next) break
    state.nowMs = Math.max(state.nowMs, next.at)
    state.steps += 1
    trace.add(`${state.nowMs} ${next.label}`)
    watch?.(`${new Date(state.nowMs).toISOString()} ${next.label}`)
    const running = next.run()
    if (!running) continue
    state.isStepping = true
    await beside.during(running)
    state.isStepping = false
  }
  state.nowMs = Math.max(state.nowMs, end)
}

/** Answers of other threads, one by one, in the order in which they were asked for. */
const createBeside = () => {
  const waiting: Promise<() => void>[] = []
  let arrived = Promise.withResolvers<void>()
  const handOne = async (): Promise<boolean> => {
    const first = waiting.shift()
    if (!first) return false
    ;(await first)()
    return true
  }
  return {
    wait: <Value>(work: Promise<Value>): Promise<Value> =>
      new Promise((resolve, reject) => {
        waiting.push(
          work.then(
            (value) => () => resolve(value),
            (error: unknown) => () => reject(error),
          ),
        )
        arrived.resolve()
      }),
    handOne,
    /** Waits for a step that has the town to itself, and meanwhile hands on what it asks for. */
    during: async (step: Promise<unknown>): Promise<void> => {
      let isOver = false
      const over = step.then(
        () => {
          isOver = true
        },
        () => {
          isOver = true
        },
      )
      while (!isOver) {
        if (await handOne()) continue
        arrived = Promise.withResolvers<void>()
        await Promise.race([over, arrived.promise])
      }
    },
  }
}

/** A heap by time, and by order of asking within one millisecond. */
const createQueue = () => {
  const heap: Waiting[] = []
  const isBefore = (a: Waiting, b: Waiting) => a.at < b.at || (a.at === b.at && a.order < b.order)
  const swap = (left: number, right: number) => {
    const [a, b] = [heap[left], heap[right]]
    if (a && b) [heap[left], heap[right]] = [b, a]
  }
  const comesFirst = (left: number, right: number): boolean => {
    const [a, b] = [heap[left], heap[right]]
    return a !== undefined && (b === undefined || isBefore(a, b))
  }
  const pop = () => {
    const last = heap.pop()
    if (heap.length === 0 || !last) return
    heap[0] = last
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      const child = comesFirst(left, right) ? left : right
      if (child >= heap.length || comesFirst(at, child)) return
      swap(at, child)
      at = child
    }
  }
  return {
    /** Takes what comes next, if it is due by then. */
    next: (end: number): Waiting | null => {
      for (;;) {
        const first = heap[0]
        if (!first || (first.at > end && !first.isOff)) return null
        pop()
        if (!first.isOff) return first
      }
    },
    push: (item: Waiting) => {
      heap.push(item)
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1
        if (comesFirst(parent, at)) return
        swap(parent, at)
        at = parent
      }
    },
  }
}

/** Two hashes of 32 bits (FNV-1a, and the same with another offset): enough to tell two ways apart, and quick. */
const createTrace = () => {
  let [left, right] = [2_166_136_261, 40_389]
  return {
    add: (text: string) => {
      for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at)
        left = Math.imul(left ^ code, 16_777_619)
        right = Math.imul(right ^ code, 2_246_822_519) ^ (right >>> 13)
      }
    },
    text: () => [left, right].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join(''),
  }
}
