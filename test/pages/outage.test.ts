// What a citizen sees while a provider is down: which one, that another works, and no choice made for them that cannot work.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Stage, startStage, wordsOf } from './kit.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())
beforeEach(() => stage.sql`delete from provider_breakers`)

const takeDown = async (provider: 'alpha' | 'beta', seconds = 30) => {
  const now = stage.deps.now()
  const openUntil = new Date(now.getTime() + seconds * 1_000)
  const merchantAccountId = stage.accounts[provider]
  await stage.sql`insert into provider_breakers ${stage.sql({ merchantAccountId, agencyCode: 'H56', unanswered: 5, unansweredAt: now, openedAt: now, openUntil })}`
}
const radios = (html: string) =>
  [...html.matchAll(/<input type="radio"[^>]*>/g)].map(([input]) => ({
    provider: /value="(\w+)"/.exec(input)?.[1],
    isChecked: / checked/.test(input),
    isDisabled: / disabled/.test(input),
  }))

it('the page says which provider is down, suggests the other one and has it chosen', async () => {
  const { path } = await stage.order()
  expect(radios(await (await stage.get(path)).text()).map(({ isChecked }) => isChecked)).toEqual([false, false])
  await takeDown('alpha')
  const html = await (await stage.get(path)).text()
  expect(radios(html)).toEqual([
    { provider: 'beta', isChecked: true, isDisabled: false },
    { provider: 'alpha', isChecked: false, isDisabled: false },
  ])
  expect(wordsOf(html)).toContain('Hiện không kết nối được')
  expect(wordsOf(html)).toContain('Nên chọn Ví Beta')
  expect(wordsOf(await (await stage.get(`${path}?lang=en`)).text())).toContain('Cannot be reached at the moment')
})

it('nothing is chosen when all of them are down', async () => {
  const { path } = await stage.order()
  await takeDown('alpha')
  await takeDown('beta')
  const html = await (await stage.get(path)).text()
  expect(radios(html).map(({ isChecked }) => isChecked)).toEqual([false, false])
  expect(wordsOf(html)).not.toContain('Nên chọn')
})

it('who insists is told at once, with when to try again, and nothing has been started', async () => {
  const { id, path } = await stage.order()
  await takeDown('alpha', 20)
  const answer = await stage.post(path, { provider: 'alpha', seen: '0' })
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([502, '20'])
  expect(await stage.sql`select id from attempts where order_id = ${id}`).toEqual([])
  expect((await stage.post(path, { provider: 'beta', seen: '0' })).status).toBe(303)
})

it('a payment that waits at a provider which went down need not be waited for', async () => {
  const { path } = await stage.order()
  await stage.post(path, { provider: 'alpha', seen: '0' })
  expect(radios(await (await stage.get(path)).text())).toEqual([])
  await takeDown('alpha')
  expect(radios(await (await stage.get(path)).text())[0]).toMatchObject({ provider: 'beta' })
})

it('gauges tell a monitoring system, and are gone when nothing is known any more', async () => {
  await takeDown('alpha')
  const { path } = await stage.order()
  await stage.post(path, { provider: 'beta', seen: '0' })
  const metrics = async () => (await stage.get('/metrics')).text()
  const line = (provider: 'alpha' | 'beta') =>
    `lephi_provider_status{merchant_account="${stage.accounts[provider]}",provider="${provider}"}`
  expect(await metrics()).toContain(`${line('beta')} 1`)
  expect(await metrics()).toContain(`${line('alpha')} 0`)
  await stage.sql`delete from provider_breakers`
  stage.clock.advance(3_600)
  expect(await metrics()).not.toContain(line('beta'))
})
