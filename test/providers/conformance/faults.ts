/**
 * What a network and a server in trouble do to a call. Whether money may be asked for again hangs on the difference
 * between these.
 */
import { expect, test } from 'vitest'
import type { FetchPort } from '../../../src/providers/contract.ts'
import { refusalOf, type Subject, secretsOf, serverOf } from './subject.ts'

const failedWith = (code: string, more: Record<string, unknown> = {}): FetchPort => {
  const cause = Object.assign(new Error(code), { code, ...more })
  return async () => {
    throw new TypeError('fetch failed', { cause })
  }
}

const unsent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED']
const perhapsSent = [
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'EWHATEVER',
]
/** What Linux calls a connection that cannot be made, and a made one that lost its way: only the failed call tells which. */
const routeCodes = ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN']

/** `run` makes the call over a given network. */
export const faultCases = (subject: Subject, verb: string, run: (fetch: FetchPort) => () => Promise<unknown>): void => {
  // A call that can leave nothing behind may be tried again, whether it was heard or not.
  const silence = verb === 'start' && subject.kit.start.leavesNothing ? 'unreachable' : 'unknown'
  test(`${verb}: a connection that was never made is unreachable, and may be tried again`, async () => {
    for (const code of unsent) await refusalOf(run(failedWith(code)), ['unreachable'], code)
    for (const code of [...routeCodes, 'ECONNREFUSED'])
      await refusalOf(run(failedWith(code, { syscall: 'connect' })), ['unreachable'], `connect ${code}`)
  })

  test(`${verb}: a connection that broke is ${silence}, and tried again only where nothing can be left behind`, async () => {
    for (const code of [...perhapsSent, ...routeCodes]) await refusalOf(run(failedWith(code)), [silence], code)
    for (const syscall of ['read', 'write']) {
      for (const code of [...routeCodes, 'ECONNREFUSED', 'ECONNRESET'])
        await refusalOf(run(failedWith(code, { syscall })), [silence], `${syscall} ${code}`)
    }
    const broken: FetchPort = async () => {
      throw new TypeError('fetch failed')
    }
    await refusalOf(run(broken), [silence], 'no cause')
  })

  test(`${verb}: a timeout or an abort is ${silence}`, async () => {
    for (const name of ['TimeoutError', 'AbortError']) {
      const fetch: FetchPort = async () => {
        throw new DOMException('the operation ended', name)
      }
      await refusalOf(run(fetch), [silence], name)
    }
  })

  test(`${verb}: an answer that breaks off is ${silence}`, async () => {
    const fetch: FetchPort = async () => {
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode('{"a":')),
        pull: (controller) => controller.error(new TypeError('terminated')),
      })
      return new Response(stream)
    }
    await refusalOf(run(fetch), [silence])
  })

  test(`${verb}: a server in trouble or too busy is ${silence}`, async () => {
    for (const status of [429, 500, 502, 503, 504]) {
      for (const body of ['', '<html>Bad gateway</html>', '{}']) {
        await refusalOf(run(serverOf(() => new Response(body, { status })).fetch), [silence], `${status} ${body}`)
      }
    }
  })

  test(`${verb}: a good status over something else than the protocol is malformed`, async () => {
    const bodies = [
      '',
      '<html>Maintenance</html>',
      '[]',
      'null',
      '"ok"',
      '{',
      new Uint8Array([0x7b, 0xff, 0x7d]),
      'x'.repeat(300_000),
    ]
    for (const body of bodies)
      await refusalOf(run(serverOf(() => new Response(body)).fetch), ['malformed'], String(body).slice(0, 20))
  })

  test(`${verb}: an endless answer is cut off`, async () => {
    const cancelled: unknown[] = []
    const endless: UnderlyingDefaultSource<Uint8Array> = {
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
      cancel: (reason) => {
        cancelled.push(reason)
      },
    }
    await refusalOf(
      run(async () => new Response(new ReadableStream(endless))),
      ['malformed'],
    )
    expect(cancelled, 'the rest is not read').toHaveLength(1)
  })

  test(`${verb}: a redirect is not followed, and every call has a deadline`, async () => {
    const signals: unknown[] = []
    const { fetch, calls } = serverOf(
      () => new Response(null, { status: 302, headers: { location: 'https://evil.example/' } }),
    )
    const watched: FetchPort = (url, init) => {
      signals.push(init.signal)
      return fetch(url, init)
    }
    await refusalOf(run(watched), [silence, 'malformed'])
    expect(calls.map((call) => call.redirect)).toEqual(['manual'])
    expect(signals).toEqual([expect.any(AbortSignal)])
  })

  test(`${verb}: neither the error nor the call holds a secret`, async () => {
    const { fetch, calls } = serverOf(() => new Response('<html></html>', { status: 500 }))
    const error = await refusalOf(run(fetch), [silence])
    const all = JSON.stringify([
      error.message,
      error.code,
      calls.map((call) => [call.url, call.body, [...call.headers]]),
    ])
    for (const secret of secretsOf(subject)) expect(all).not.toContain(secret)
  })
}
