import { expect, it } from 'vitest'
import { drain } from '../../src/lib/drain.ts'

const never = () => {
  throw new Error('nothing should fail')
}
const from = (items: number[]) => async () => items.shift() ?? null

it('works on everything that is due and counts it', async () => {
  const done: number[] = []
  const work = async (item: number) => void done.push(item)
  expect(await drain({ limit: 100, concurrency: 3 }, from([1, 2, 3, 4, 5]), work, never)).toBe(5)
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 5])
})

it('takes no more than the limit', async () => {
  const waiting = [1, 2, 3, 4, 5]
  expect(await drain({ limit: 2, concurrency: 3 }, from(waiting), async () => undefined, never)).toBe(2)
  expect(waiting).toEqual([3, 4, 5])
})

it('goes on behind a slow thing and with what follows a failed one', async () => {
  const slow = Promise.withResolvers<void>()
  const failed: number[] = []
  const done: number[] = []
  const work = async (item: number) => {
    if (item === 1) await slow.promise
    if (item === 2) throw new Error('broken')
    done.push(item)
    if (item === 4) slow.resolve()
  }
  await drain({ limit: 10, concurrency: 2 }, from([1, 2, 3, 4]), work, (_, item) => void failed.push(item))
  expect(failed).toEqual([2])
  expect(done).toEqual([3, 4, 1])
})
