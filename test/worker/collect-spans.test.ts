// One invocation's spans: what is sent, what is lost, and that nothing else comes of it.
import { expect, test } from 'vitest'
import type { Deps } from '../../src/flows/deps.ts'
import { openSpans } from '../../src/lib/spans.ts'
import { collectSpans } from '../../src/worker/collect-spans.ts'

const to = { url: 'https://collector.example/v1/traces', headers: { 'x-key': 'k' } }

const invocation = (fetchIssuer: Deps['fetchIssuer'], spans = openSpans({ share: 1 })) => {
  const lines: { fields: object; message: string }[] = []
  const note = (fields: object, message: string) => void lines.push({ fields, message })
  const log = { debug: note, info: note, warn: note, error: note }
  return { ...collectSpans(spans, to, { fetchIssuer, log }), lines, spans }
}

/** Takes everything, and keeps the names of the spans of each call. */
const taking = () => {
  const taken: string[][] = []
  const fetch: Deps['fetchIssuer'] = async (_url, init) => {
    const { resourceSpans } = (await new Response(init.body).json()) as {
      resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[]
    }
    taken.push(
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name))),
    )
    return new Response('{}')
  }
  return { taken, fetch }
}

test('are sent once, in one call, and not at all where there are none', async () => {
  const { taken, fetch } = taking()
  const { tracing, send } = invocation(fetch)
  await tracing.within({ name: 'one' }, () => tracing.within({ name: 'two' }, async () => undefined))
  await send()
  await tracing.within({ name: 'late' }, async () => undefined)
  await send()
  await invocation(fetch).send()
  expect(taken).toEqual([['two', 'one']])
})

test('of two invocations at a time are each one’s own, and what is under way is known to both', async () => {
  const { taken, fetch } = taking()
  const one = invocation(fetch)
  const other = invocation(fetch, one.spans)
  await one.tracing.within({ name: 'one' }, async () => {
    expect(other.tracing.current()).toBe(one.spans.current())
    await other.tracing.within({ name: 'other' }, async () => undefined)
  })
  await Promise.all([one.send(), other.send()])
  expect(taken).toEqual([['one'], ['other']])
  expect(one.spans.current()).toBeNull()
})

test('have a limit', async () => {
  const { taken, fetch } = taking()
  const { tracing, send } = invocation(fetch)
  for (let number = 0; number < 1_100; number += 1) await tracing.within({ name: 'one' }, async () => undefined)
  await send()
  expect(taken.map((names) => names.length)).toEqual([1_024])
})

test('are lost where the collector refuses them or is away, which the log tells to whoever debugs', async () => {
  const refusing = invocation(async () => new Response('no such key', { status: 403 }))
  const away = invocation(() => Promise.reject(new TypeError('fetch failed')))
  for (const { tracing, send } of [refusing, away]) {
    await tracing.within({ name: 'one' }, async () => undefined)
    await send()
  }
  expect(refusing.lines).toEqual([{ fields: { spans: 1, status: 403 }, message: 'spans are lost' }])
  expect(away.lines).toEqual([{ fields: { spans: 1, error: expect.any(TypeError) }, message: 'spans are lost' }])
})
