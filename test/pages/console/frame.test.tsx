// The console's frame: who is let in, what a role sees, which forms are believed.
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createInnerApi } from '../../../src/api/inner.ts'
import { createLimiter } from '../../../src/api/limits.ts'
import { routeTable } from '../../../src/api/routes.ts'
import { readConfig } from '../../../src/config.ts'
import { sessionIdleMs, sessionLongestMs } from '../../../src/domain/staff.ts'
import { consolePages } from '../../../src/pages/console/index.tsx'
import { ActForm, Field } from '../../../src/pages/console/parts.tsx'
import { defineScreen } from '../../../src/pages/console/screen.ts'
import { screens } from '../../../src/pages/console/screens.ts'
import { consoleScript } from '../../../src/pages/console/script.ts'
import { consoleStyle } from '../../../src/pages/console/style.ts'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { signIn } from '../../kit/console.ts'

let town: TestApp
beforeAll(async () => {
  town = await startTestApp()
})
afterAll(() => town.close())

/** Adds an agency, which the API lets an admin do once per code. */
const agencyScreen = defineScreen({
  path: '/try/:code',
  roles: ['operator'],
  done: { added: { vi: 'Đã thêm.', en: 'Added.' } },
  view: async (visit) => ({
    title: 'Thử',
    body: (
      <ActForm visit={visit} act="add">
        <Field id="name" name="name" label="Tên" value={visit.typed.get('name') ?? ''} language={visit.language} />
      </ActForm>
    ),
  }),
  acts: {
    add: async ({ api, params, form }) => {
      await api.send(z.object({ agency_code: z.string() }), {
        path: '/v1/agencies',
        json: { agency_code: params.code, name: form.get('name') ?? '' },
      })
      return { to: `/try/${params.code}`, done: 'added' }
    },
  },
})

const withTryScreen = () => {
  const innerApi = createInnerApi(routeTable, {
    deps: town.deps,
    limiter: createLimiter(readConfig({}).rateLimits),
    verifyToken: async () => null,
    checkAnswers: true,
  })
  const app = new Hono().route(
    '/console',
    consolePages({ deps: town.deps, innerApi, clientAddress: () => '192.0.2.1' }, [agencyScreen]),
  )
  return { deps: town.deps, app }
}

describe('lets in', () => {
  test('nobody without a session: they sign in first and are led back', async () => {
    const answer = await town.request('/console?from=2026-11-01')
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe('/console/sign-in?to=%2Fconsole%3Ffrom%3D2026-11-01')
  })
  test('who has signed in, with their name, role and agency on every page', async () => {
    const page = await (await signIn(town, 'checker')).open('')
    expect(page.status).toBe(200)
    expect(page.text).toContain('Nguyễn Thị checker')
    expect(page.text).toContain('Kiểm soát · H56')
    expect(page.response.headers.get('content-security-policy')).not.toContain('unsafe')
  })
  test('nobody after half an hour without use, nor ten hours after sign-in however much it was used', async () => {
    const [idle, busy] = [await signIn(town, 'auditor'), await signIn(town, 'auditor')]
    town.clock.advance(sessionIdleMs / 1_000)
    expect((await idle.open('')).status).toBe(303)
    for (let ms = 0; ms < sessionLongestMs - sessionIdleMs; ms += sessionIdleMs - 60_000) {
      await town.sql`update staff_sessions set seen_at = ${town.deps.now()} where subject = ${busy.staff.subject}`
      expect((await busy.open('')).status).toBe(200)
      town.clock.advance((sessionIdleMs - 60_000) / 1_000)
    }
    town.clock.advance(sessionIdleMs / 1_000)
    await town.sql`update staff_sessions set seen_at = ${town.deps.now()} where subject = ${busy.staff.subject}`
    expect((await busy.open('')).status).toBe(303)
  })
  test('nobody after signing out, whichever cookie they kept', async () => {
    const person = await signIn(town, 'accountant')
    expect((await person.send('/sign-out', {})).status).toBe(303)
    expect((await person.open('')).status).toBe(303)
  })
})

describe('shows', () => {
  test('English where it is asked for, and then on', async () => {
    const person = await signIn(town, 'accountant')
    const page = await person.open('?lang=en')
    expect(page.html).toContain('<html lang="en">')
    expect(page.response.headers.get('set-cookie')).toContain('lephi_lang=en')
  })
  test('its style and script at addresses that name their content', async () => {
    for (const { path } of [consoleStyle, consoleScript]) {
      const file = await town.request(path)
      expect([file.status, file.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
    }
  })
  test('a calm page for an address that is none', async () => {
    const page = await (await signIn(town, 'auditor')).open('/nowhere')
    expect([page.status, page.text.includes('Không tìm thấy')]).toEqual([404, true])
  })
  test('no broken page whatever stands in an address: it leads to no other call than the screen means', async () => {
    const people = await Promise.all((['accountant', 'operator'] as const).map((role) => signIn(town, role)))
    for (const { path, roles } of screens.filter((screen) => screen.path.includes(':')))
      for (const person of people.filter(({ staff }) => roles.includes(staff.role)))
        for (const hostile of [
          '..%2Fagencies',
          '%252E%252E',
          'x%2F..%2F..%2Fclients',
          'x%3Flimit=1',
          'x%23',
          '%00',
          'a%20b',
        ])
          for (const tried of [path.replaceAll(/:\w+/g, hostile)]) {
            const { status } = await person.open(tried)
            expect([tried, status < 500 && status >= 400]).toEqual([tried, true])
          }
  })
  test('what was done only where one of our own pages has led, not where somebody’s link says so', async () => {
    const { app } = withTryScreen()
    const operator = await signIn({ app, deps: town.deps }, 'operator')
    const open = async (site: string) =>
      (
        await app.request('/console/try/H56.93?done=added', {
          headers: { cookie: operator.cookie, 'sec-fetch-site': site },
        })
      ).text()
    expect(await open('same-origin')).toContain('Đã thêm.')
    for (const site of ['cross-site', 'same-site', 'none']) expect(await open(site)).not.toContain('Đã thêm.')
  })
  test('no screen that the role has not', async () => {
    const person = await signIn(withTryScreen(), 'auditor')
    const page = await person.open('/try/H56.99')
    expect([page.status, page.text.includes('Vai trò')]).toEqual([403, true])
    expect((await person.send('/try/H56.99', { act: 'add', name: 'X' })).status).toBe(403)
  })
})

describe('does', () => {
  test('what a form says, once however often it is sent, and says so', async () => {
    const operator = await signIn(withTryScreen(), 'operator')
    const form = { act: 'add', name: 'Phường Một', once: 'k'.repeat(22) }
    const first = await operator.send('/try/H56.91', form)
    expect([first.status, first.location]).toEqual([303, '/console/try/H56.91?done=added'])
    expect((await operator.follow(first)).text).toContain('Đã thêm.')
    const again = await operator.send('/try/H56.91', form)
    expect([again.status, again.location]).toEqual([303, '/console/try/H56.91?done=added'])
    const other = await operator.send('/try/H56.91', { ...form, once: 'l'.repeat(22) })
    expect(other.status).toBe(409)
    expect(other.text).toContain('Chưa thực hiện được')
    // What was typed is still there.
    expect(other.html).toContain('value="Phường Một"')
  })
  test('nothing for an act that only every object has', async () => {
    const operator = await signIn(withTryScreen(), 'operator')
    for (const act of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
      expect([act, (await operator.send('/try/H56.94', { act })).status]).toEqual([act, 403])
  })
  test('nothing for a form of another site, of another session, or of none', async () => {
    const operator = await signIn(withTryScreen(), 'operator')
    const send = (headers: Record<string, string>, body: string) =>
      withTryScreen().app.request('/console/try/H56.92', {
        method: 'POST',
        body,
        headers: { cookie: operator.cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      })
    const body = 'act=add&name=X'
    expect((await send({ 'sec-fetch-site': 'cross-site' }, body)).status).toBe(403)
    expect((await send({ 'sec-fetch-site': 'same-origin' }, body)).status).toBe(403)
    expect((await send({ 'sec-fetch-site': 'same-origin' }, `${body}&form_token=${'0'.repeat(64)}`)).status).toBe(403)
    expect(await town.sql`select from agencies where agency_code = 'H56.92'`).toHaveLength(0)
  })
  test('nothing for the agency of somebody else', async () => {
    const operator = await signIn(withTryScreen(), 'operator', { agency: 'H56.14' })
    expect((await operator.send('/try/H56.93', { act: 'add', name: 'X' })).status).toBe(404)
  })
})
