// What a merchant account of each provider is asked for: enough to draw a form that its own rules then accept.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registry } from '../../src/providers/registry.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'

let town: TestApp
beforeAll(async () => {
  town = await startTestApp({ providers: registry })
})
afterAll(() => town.close())

test('every provider names its members, and each of its secrets is one of them', async () => {
  const answer = await town.request('/v1/provider_contracts', { token: await town.token(['admin']) })
  expect(answer.status).toBe(200)
  const { data } = (await answer.json()) as {
    data: { provider: string; members: { name: string; secret: boolean; required: boolean; type: string }[] }[]
  }
  expect(data.map(({ provider }) => provider).toSorted()).toEqual(Object.keys(registry).toSorted())
  for (const { provider, members } of data) {
    const secrets = members.filter(({ secret }) => secret).map(({ name }) => name)
    expect([provider, secrets.toSorted()]).toEqual([provider, [...(registry[provider]?.secrets ?? [])].toSorted()])
    // A member that is required is missed when it is left out.
    const missed = registry[provider]?.checkAccount({})
    const named = missed && !missed.ok ? missed.problems.map(({ pointer }) => pointer.slice(1)) : []
    for (const { name, required } of members) if (required) expect(named).toContain(name)
  }
})
