import { describe, expect, test } from 'vitest'
import { callProvider, jsonObject, postJson } from '../../src/providers/call.ts'
import { type FetchPort, ProviderError } from '../../src/providers/contract.ts'
import { isSameHex, readParams, readText } from '../../src/providers/signed-text.ts'

const url = 'https://provider.example/api'
const answer =
  (body: BodyInit | null, init: ResponseInit = {}): FetchPort =>
  async () =>
    new Response(body, init)
const failing =
  (error: unknown): FetchPort =>
  async () => {
    throw error
  }
const kindOf = (call: Promise<unknown>) =>
  call.then(() => 'answered').catch((error: unknown) => (error instanceof ProviderError ? error.kind : error))
const coded = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more })

describe('a call to a provider', () => {
  test('returns any status with its text, for the adapter to judge', async () => {
    for (const status of [200, 201, 302, 400, 404, 422, 429, 500, 503]) {
      expect(await callProvider(answer('Lệ phí', { status }), url)).toEqual({ status, text: 'Lệ phí' })
    }
    expect(await callProvider(answer(null, { status: 204 }), url)).toEqual({ status: 204, text: '' })
  })

  test('leaves out a byte order mark, which is no part of the text', async () => {
    expect(await callProvider(answer('\uFEFF{}'), url)).toEqual({ status: 200, text: '{}' })
  })

  test('ends at its deadline, and what was sent is then unknown', async () => {
    const silent: FetchPort = (_, { signal }) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }))
    expect(await kindOf(callProvider(silent, url, { timeoutMs: 1 }))).toBe('unknown')
  })

  test('is unreachable only when every try to connect failed before sending', async () => {
    const both = new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH', { syscall: 'connect' })])
    const one = new AggregateError([coded('ECONNREFUSED'), coded('ECONNRESET')])
    expect(await kindOf(callProvider(failing(new TypeError('fetch failed', { cause: both })), url))).toBe('unreachable')
    expect(await kindOf(callProvider(failing(new TypeError('fetch failed', { cause: one })), url))).toBe('unknown')
    expect(await kindOf(callProvider(failing(coded('ENOTFOUND')), url))).toBe('unreachable')
    expect(await kindOf(callProvider(failing(new AggregateError([])), url))).toBe('unknown')
    expect(await kindOf(callProvider(failing('a text'), url))).toBe('unknown')
    const loop = new Error('loop')
    loop.cause = loop
    expect(await kindOf(callProvider(failing(loop), url))).toBe('unknown')
  })

  test('may have been sent when an open connection lost its route while the answer was awaited', async () => {
    for (const code of ['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'ETIMEDOUT']) {
      const failed = (more: object) => failing(new TypeError('fetch failed', { cause: coded(code, more) }))
      expect(await kindOf(callProvider(failed({ syscall: 'read', errno: -113 }), url)), code).toBe('unknown')
      expect(await kindOf(callProvider(failed({}), url)), code).toBe('unknown')
      expect(await kindOf(callProvider(failed({ syscall: 'connect' }), url)), code).toBe('unreachable')
    }
  })

  test('passes on an error that the network port itself has judged', async () => {
    const error = new ProviderError('unreachable', 'the circuit is open')
    await expect(callProvider(failing(error), url)).rejects.toBe(error)
  })

  test('lets no text of an error page hide its status', async () => {
    const broken = new Uint8Array([0xff, 0xfe])
    expect(await callProvider(answer(broken, { status: 502 }), url)).toEqual({ status: 502, text: '' })
    expect(await callProvider(answer('x'.repeat(300_000), { status: 500 }), url)).toEqual({ status: 500, text: '' })
    expect(await kindOf(callProvider(answer(broken), url))).toBe('malformed')
    expect(await kindOf(callProvider(answer('x'.repeat(262_145)), url))).toBe('malformed')
    expect((await callProvider(answer('x'.repeat(262_144)), url)).text).toHaveLength(262_144)
  })
})

describe('posting JSON', () => {
  test('sends JSON and reads an object, also from a worded refusal', async () => {
    const seen: RequestInit[] = []
    const fetch: FetchPort = async (_, init) => {
      seen.push(init)
      return Response.json({ resultCode: 20 }, { status: 400 })
    }
    expect(await postJson(fetch, url, { a: 'đ' }, { headers: { 'x-key': '1' } })).toEqual({
      status: 400,
      json: { resultCode: 20 },
    })
    expect(seen).toMatchObject([{ method: 'POST', body: '{"a":"đ"}', redirect: 'manual' }])
    const headers = new Headers(seen[0]?.headers)
    expect(headers.get('content-type')).toBe('application/json; charset=UTF-8')
    expect(headers.get('x-key')).toBe('1')
  })

  test('tells a refusal without words from trouble and from nonsense', async () => {
    const expected = {
      200: 'malformed',
      302: 'unknown',
      400: 'rejected',
      403: 'rejected',
      408: 'unknown',
      429: 'unknown',
      500: 'unknown',
      503: 'unknown',
    }
    for (const [status, kind] of Object.entries(expected)) {
      const call = postJson(answer('<html></html>', { status: Number(status) }), url, {})
      expect(await kindOf(call), status).toBe(kind)
      await expect(call).rejects.toMatchObject({ code: `http_${status}` })
    }
    expect(await kindOf(postJson(answer('{"a":1}', { status: 500 }), url, {}))).toBe('unknown')
  })

  test('reads an object and nothing else, and loses no digit', () => {
    expect(jsonObject('{"a":{"b":[1]}}')).toEqual({ a: { b: [1] } })
    for (const text of [
      '',
      '[]',
      'null',
      '1',
      '"a"',
      '{',
      '{"a":9007199254740993}',
      `${'['.repeat(100)}${']'.repeat(100)}`,
    ]) {
      expect(jsonObject(text), text).toBeNull()
    }
    expect(Object.getPrototypeOf(jsonObject('{"__proto__":{"x":1}}'))).toBe(Object.prototype)
  })
})

describe('reading signed text', () => {
  const options = { lengthMax: 100, signatures: ['sig'] }
  const kind = (text: string) => kindOf(Promise.resolve().then(() => readParams(text, options)))

  test('decodes parameters once and refuses what it would have to repair', async () => {
    expect([...readParams('a=%252B+x&b=&c&d=%E1%BB%87', options)]).toEqual([
      ['a', '%2B x'],
      ['b', ''],
      ['c', ''],
      ['d', 'ệ'],
    ])
    for (const text of ['a=%', 'a=%ZZ', '%ff=1', 'a=1&a=2', 'a=1&a=1', 'x'.repeat(101)])
      expect(await kind(text), text).toBe('malformed')
    expect(await kind('sig=1&sig=1')).toBe('forged')
  })

  test('reads a body as UTF-8 within its limit', async () => {
    expect(readText(new TextEncoder().encode('Lệ phí'), { bytesMax: 10 })).toBe('Lệ phí')
    for (const body of [new Uint8Array([0xc3, 0x28]), new Uint8Array(11)]) {
      expect(await kindOf(Promise.resolve().then(() => readText(body, { bytesMax: 10 })))).toBe('malformed')
    }
  })

  test('compares hex in either letter case, and nothing else with it', () => {
    const expected = 'ab01'
    for (const received of ['ab01', 'AB01', 'aB01']) expect(isSameHex({ expected, received })).toBe(true)
    for (const received of ['ab02', 'ab0', 'ab011', '', ' ab01', 'ab01\n', 'аb01'])
      expect(isSameHex({ expected, received })).toBe(false)
  })
})
