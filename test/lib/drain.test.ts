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

it('asks once where nothing is due, whatever may be under way at once', async () => {
  let asked = 0
  const take = async () => {
    asked += 1
    return null
  }
  expect(await drain({ limit: 100, concurrency: 6 }, take, async () => undefined, never)).toBe(0)
  expect(asked).toBe(1)
})

it('has as many under way as it may, and never more', async () => {
  const under = { way: 0, most: 0 }
  const work = async () => {
    under.way += 1
    under.most = Math.max(under.most, under.way)
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    under.way -= 1
  }
  await drain({ limit: 100, concurrency: 4 }, from(Array.from({ length: 40 }, (_, index) => index)), work, never)
  expect(under.most).toBe(4)
})

it('hands on what taking throws', async () => {
  const broken = async () => Promise.reject(new Error('no database'))
  await expect(drain({ limit: 10, concurrency: 3 }, broken, async () => undefined, never)).rejects.toThrow(
    'no database',
  )
})
