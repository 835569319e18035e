// Timers of a town follow its clock, also those that a process sets while the driver of the database is at work.
import { expect, test } from 'vitest'
import { createRandom } from '../../src/simulation/random.ts'
import { createSchedule } from '../../src/simulation/schedule.ts'
import { stillRuntime } from '../../src/simulation/still-runtime.ts'

const start = new Date('2026-11-23T00:00:00Z')

test('rings by the town’s clock what a process sets within a step, and leaves to the driver what is its own', async () => {
  const schedule = createSchedule({ start, turn: () => new Promise((resolve) => setImmediate(resolve)) })
  const restore = stillRuntime({ schedule, random: createRandom('1') })
  const rung: string[] = []
  const ring = (whose: string) => rung.push(`${whose} after ${schedule.now().getTime() - start.getTime()} ms`)
  try {
    schedule.after(10, 'a unit', async () => {
      await Promise.resolve()
      await new Promise((resolve) => setTimeout(resolve, 0))
      setTimeout(() => ring('of a process'), 1_000)
      clearTimeout(setTimeout(() => ring('called off'), 1_000))
      clearTimeout(setTimeout(ring, 60_000, 'of the driver'))
    })
    await schedule.runUntil(new Date(start.getTime() + 5_000))
  } finally {
    restore()
  }
  expect(rung).toEqual(['of a process after 1010 ms'])
})
