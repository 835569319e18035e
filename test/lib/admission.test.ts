import { expect, test } from 'vitest'
import { createAdmission, Shed } from '../../src/lib/admission.ts'

const patient = { waiting: 2, waitMs: 60_000 }

/** Whether a promise is kept by the end of this turn of the event loop. */
const isKept = async (promise: Promise<unknown>): Promise<boolean> => {
  let kept = false
  promise.then(
    () => {
      kept = true
    },
    () => undefined,
  )
  await new Promise((resolve) => setImmediate(resolve))
  return kept
}

test('lets in as many as there are places, lets some wait, and refuses the rest at once', async () => {
  const admission = createAdmission({ api: { together: 1, ...patient } })
  const leave = await admission.enter('api')
  const [second, third] = [admission.enter('api'), admission.enter('api')]
  expect(admission.isFull('api')).toBe(true)
  await expect(admission.enter('api')).rejects.toMatchObject({ name: 'Shed', reason: 'full' })
  expect(await isKept(second)).toBe(false)
  leave()
  // Given back twice is given back once.
  leave()
  expect([await isKept(second), await isKept(third)]).toEqual([true, false])
  expect(admission.standing()).toEqual({ api: { underWay: 1, waiting: 1 } })
})

test('keeps places for what is urgent, and lets it in before those who came first', async () => {
  const admission = createAdmission({ callback: { together: 2, ...patient }, api: { together: 1, ...patient } })
  const leave = await admission.enter('api')
  const api = admission.enter('api')
  expect(await isKept(admission.enter('callback'))).toBe(true)
  const callback = admission.enter('callback')
  leave()
  expect([await isKept(callback), await isKept(api)]).toEqual([true, false])
})

test('bounds a class by itself', async () => {
  const admission = createAdmission({ api: { together: 9, ...patient }, bulk: { together: 9, own: 1, ...patient } })
  await admission.enter('bulk')
  expect(await isKept(admission.enter('bulk'))).toBe(false)
  expect(await isKept(admission.enter('api'))).toBe(true)
})

test('refuses who waited too long, and forgets them', async () => {
  const admission = createAdmission({ api: { together: 1, waiting: 2, waitMs: 1 } })
  const leave = await admission.enter('api')
  await expect(admission.enter('api')).rejects.toBeInstanceOf(Shed)
  expect(admission.standing()).toEqual({ api: { underWay: 1, waiting: 0 } })
  leave()
  expect(admission.standing().api.underWay).toBe(0)
})

test('gives the place away while its holder waits for somebody else', async () => {
  const admission = createAdmission({ api: { together: 1, ...patient } })
  const leave = await admission.enter('api')
  const second = admission.enter('api')
  const answer = Promise.withResolvers<string>()
  const away = admission.away(() => answer.promise)
  expect(await isKept(second)).toBe(true)
  answer.resolve('back')
  expect(await away).toBe('back')
  // Who came back has one as well; the next one waits for both.
  const third = admission.enter('api')
  leave()
  expect(await isKept(third)).toBe(false)
  ;(await second)()
  expect(await isKept(third)).toBe(true)
})

test('counts work that goes on behind its request, also when it fails', async () => {
  const admission = createAdmission({ api: { together: 1, ...patient } })
  const work = Promise.withResolvers<void>()
  admission.besides(work.promise)
  const next = admission.enter('api')
  expect(await isKept(next)).toBe(false)
  work.reject(new Error('no'))
  expect(await isKept(next)).toBe(true)
})

test('without a line nobody waits', async () => {
  const admission = createAdmission({ api: { together: 1, waiting: 0, waitMs: 0 } })
  const leave = await admission.enter('api')
  await expect(admission.enter('api')).rejects.toMatchObject({ reason: 'full' })
  leave()
  expect(admission.isFull('api')).toBe(false)
})

test('counts what was cut off as over after its time, and what ends later counts once', async () => {
  let at = 0
  const lapse = { now: () => new Date(at), afterMs: 100 }
  const admission = createAdmission({ api: { together: 1, waiting: 0, waitMs: 0 } }, lapse)
  // As when a runtime stops it where it stands: nobody ever says that these are over.
  const leave = await admission.enter('api')
  admission.besides(new Promise(() => undefined))
  void admission.away(() => new Promise(() => undefined))
  await expect(admission.enter('api')).rejects.toMatchObject({ reason: 'full' })
  at = 99
  expect(admission.isFull('api')).toBe(true)
  at = 100
  expect(admission.isFull('api')).toBe(false)
  const second = await admission.enter('api')
  leave()
  expect([admission.standing().api.underWay, admission.isFull('api')]).toEqual([1, true])
  second()
  expect(admission.standing().api.underWay).toBe(0)
})
