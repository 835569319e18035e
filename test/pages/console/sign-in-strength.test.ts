// Where the operator names the ways with two factors, nobody comes in by another one.
import type { JWTPayload } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { createClock } from '../../kit/deps.ts'
import { createHostileIssuer, type HostileIssuer, issuerSettings, type Mischief } from '../../kit/hostile-issuer.ts'
import { createVisitor, sameSitePost } from '../../kit/visitor.ts'

const origin = 'https://fees.example.vn'

let gateway: TestApp
let issuer: HostileIssuer
beforeAll(async () => {
  issuer = await createHostileIssuer()
  gateway = await startTestApp({
    publicUrl: origin,
    fetch: (url, init) => issuer.fetch(url, init),
    clock: createClock(new Date().toISOString()),
    config: { openId: { ...issuerSettings, acr: ['urn:card', 'urn:key'] } },
  })
})
afterAll(() => gateway.close())

const tryWith = async (mischief: Mischief) => {
  const visitor = createVisitor(origin, async (url, init) => gateway.app.request(url, init))
  issuer.state.mischief = mischief
  const asked = (await visitor.ask('/console/sign-in', sameSitePost({ to: '/console' }))).headers.get('location') ?? ''
  const answer = await visitor.ask(`/console/signed-in?${issuer.agree(asked)}`)
  const isIn = visitor.cookies.has('__Host-lephi_console')
  return { asked: new URL(asked), status: answer.status, text: await answer.text(), isIn }
}
const saying = (acr: unknown) => ({ claims: (genuine: JWTPayload) => ({ ...genuine, acr }) })

test('the issuer is asked for one of these ways, and who came by it is let in', async () => {
  const tried = await tryWith(saying('urn:key'))
  expect(tried.asked.searchParams.get('acr_values')).toBe('urn:card urn:key')
  expect([tried.status, tried.isIn]).toEqual([303, true])
})

test.for([
  ['a way that is not named', saying('urn:password')],
  ['no way at all', {}],
  ['several ways at once', saying(['urn:card', 'urn:key'])],
  [
    'a way that only UserInfo tells of',
    {
      claims: ({ lephi_role: _role, ...genuine }: JWTPayload) => genuine,
      userinfo: { sub: 'lan', lephi_role: 'accountant', acr: 'urn:card' },
    },
  ],
] as const)('who came by %s is kept out, told why, and on record', async ([, mischief]) => {
  const tried = await tryWith(mischief)
  expect([tried.status, tried.isIn]).toEqual([403, false])
  expect(tried.text).toContain('bằng hai lớp')
  const [noted] = await gateway.sql`select action, query from audit_log order by at desc, id desc limit 1`
  expect(noted).toEqual({ action: 'session.refused', query: { problem: 'too_weak' } })
})
