// Who `issuer#subject` is: told to colleagues, and of those above to who has their deed in hand.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { signIn } from '../kit/console.ts'

let gateway: TestApp
beforeAll(async () => {
  gateway = await startTestApp()
})
afterAll(() => gateway.close())

const ask = async (agency: string, query = '') => {
  const token = await gateway.token(['reconciliation:read'], agency)
  const answer = await gateway.request(`/v1/staff${query}`, { token })
  return { status: answer.status, body: (await answer.json()) as { data: { name: string; subject: string }[] } }
}
const named = (...subjects: string[]) =>
  `?subjects=${encodeURIComponent(subjects.map((each) => encodeURIComponent(each)).join(' '))}`

it('names the people of the caller’s agencies as they were called last, and those above only when asked for', async () => {
  const [province, commune, other] = ['https://id.vn#p 1', 'https://id.vn#c', 'https://id.vn#o']
  await signIn(gateway, 'checker', { subject: province, name: 'Trần Văn Tỉnh' })
  await signIn(gateway, 'accountant', { subject: commune, name: 'Lê Thị Cũ', agency: 'H56.12.03' })
  gateway.clock.advance(60)
  await signIn(gateway, 'accountant', { subject: commune, name: 'Lê Thị Xã', agency: 'H56.12.03' })
  await signIn(gateway, 'accountant', { subject: other, name: 'Người Khác', agency: 'H56.14' })
  const names = async (agency: string, query?: string) =>
    (await ask(agency, query)).body.data.map(({ name }) => name).toSorted()
  expect(await names('H56')).toEqual(['Lê Thị Xã', 'Người Khác', 'Trần Văn Tỉnh'])
  expect(await names('H56', '?role=accountant')).toEqual(['Lê Thị Xã', 'Người Khác'])
  expect(await names('H56.12')).toEqual(['Lê Thị Xã'])
  expect(await names('H56.12', named(province, commune, other, 'cli_nobody'))).toEqual(['Lê Thị Xã', 'Trần Văn Tỉnh'])
  expect(await names('H56', '?limit=1')).toHaveLength(1)
})

it('refuses a list that is none', async () => {
  for (const query of ['?subjects=%25', `?subjects=${'a+'.repeat(50)}b`, '?role=boss'])
    expect((await ask('H56', query)).status).toBe(422)
})
