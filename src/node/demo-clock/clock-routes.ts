// `POST /simulators/clock/advance`: what takes hours or days is due at once, and done before the answer comes.
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { parseRfc3339, toRfc3339 } from '../../lib/time.ts'
import { aheadMaxMs, type DemoClock } from './demo-clock.ts'
import type { DueWork } from './do-due-work.ts'

const bodyBytesMax = 1_024
const dayMs = 86_400_000
const secondsMax = aheadMaxMs / 1_000

const input = z
  .strictObject({
    seconds: z.int().min(1).max(secondsMax).optional(),
    days: z
      .int()
      .min(1)
      .max(aheadMaxMs / dayMs)
      .optional(),
    to: z
      .string()
      .max(40)
      .refine((text) => parseRfc3339(text) !== null, 'must be a time such as 2027-02-06T08:00:00+07:00')
      .optional(),
  })
  .refine((given) => Object.values(given).filter((value) => value !== undefined).length === 1, {
    message: 'give one of seconds, days and to',
  })

type ClockParts = { clock: DemoClock; doDueWork: () => Promise<DueWork> }

export const clockRoutes = ({ clock, doDueWork }: ClockParts): Hono => {
  const app = new Hono()
  const standing = () => ({ now: toRfc3339(clock.now()), ahead_seconds: clock.aheadMs() / 1_000 })
  let isMoving = false
  app.get('/', (c) => c.json(standing()))
  app.post('/advance', async (c) => {
    const text = await c.req.text()
    const given = input.safeParse(text.length > bodyBytesMax ? null : parse(text))
    if (!given.success)
      return invalid(
        c,
        given.error.issues.map(({ path, message }) => ({ pointer: `/${path.join('/')}`, message })),
      )
    const byMs = distanceOf(given.data, clock.now())
    const [field = ''] = Object.keys(given.data)
    if (byMs <= 0) return invalid(c, [{ pointer: `/${field}`, message: 'must lie ahead: this clock never goes back' }])
    if (clock.aheadMs() + byMs > aheadMaxMs)
      return invalid(c, [
        {
          pointer: `/${field}`,
          message: `must leave the clock at most ${aheadMaxMs / dayMs} days ahead of the machine's`,
        },
      ])
    if (isMoving) return problem(c, 409, 'the clock is moving already; ask again when that has been answered')
    isMoving = true
    try {
      const former = clock.now()
      await clock.advance(byMs)
      const { done, failed, isComplete } = await doDueWork()
      return c.json({ former: toRfc3339(former), ...standing(), done, failed, is_complete: isComplete })
    } finally {
      isMoving = false
    }
  })
  return app
}

const distanceOf = ({ seconds, days, to }: z.output<typeof input>, now: Date): number => {
  if (to !== undefined) return (parseRfc3339(to)?.getTime() ?? 0) - now.getTime()
  return seconds === undefined ? (days ?? 0) * dayMs : seconds * 1_000
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const invalid = (c: Context, errors: { pointer: string; message: string }[]): Response =>
  problem(c, 422, 'the request is not valid', errors)

const problem = (c: Context, status: 409 | 422, title: string, errors?: object[]): Response =>
  c.json({ title, status, ...(errors ? { errors } : {}) }, status, { 'content-type': 'application/problem+json' })
