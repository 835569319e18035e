import { describe, expect, it } from 'vitest'
import { BodyTooLarge, decodeUtf8, readLimited, singleQueryParams } from '../../src/lib/body.ts'

/** A stream that counts how many chunks were asked of it. */
function counted(chunks: number, chunkBytes: number) {
  const seen = { pulled: 0, cancelled: false }
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        seen.pulled++
        controller.enqueue(new Uint8Array(chunkBytes).fill(seen.pulled))
        if (seen.pulled === chunks) controller.close()
      },
      cancel() {
        seen.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { seen, body }
}

describe('readLimited', () => {
  it('joins the chunks of a body that fits exactly', async () => {
    const { body } = counted(3, 2)
    expect(await readLimited({ headers: new Headers(), body }, 6)).toEqual(Uint8Array.of(1, 1, 2, 2, 3, 3))
  })

  it('gives no bytes for a message without a body', async () => {
    expect(await readLimited(new Request('http://x/'), 10)).toHaveLength(0)
  })

  it('reads a response as well', async () => {
    expect(decodeUtf8(await readLimited(new Response('phí'), 10))).toBe('phí')
  })

  it('refuses a declared length above the limit before it reads', async () => {
    const { seen, body } = counted(3, 2)
    const headers = new Headers({ 'content-length': '7' })
    await expect(readLimited({ headers, body }, 6)).rejects.toThrow(BodyTooLarge)
    expect(seen).toEqual({ pulled: 0, cancelled: true })
  })

  it('stops reading as soon as a body passes the limit, whatever length it declared', async () => {
    for (const declared of ['1', 'abc', '-5', '']) {
      const { seen, body } = counted(1000, 2)
      await expect(readLimited({ headers: new Headers({ 'content-length': declared }), body }, 6)).rejects.toThrow('6')
      expect(seen).toEqual({ pulled: 4, cancelled: true })
    }
  })
})

describe('decodeUtf8', () => {
  it('keeps what was sent, also a byte order mark', () => {
    expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa')
  })

  it.each([[[0xff]], [[0xc3]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]]])('gives null for the bytes %j', (bytes) => {
    expect(decodeUtf8(Uint8Array.from(bytes))).toBeNull()
  })
})

describe('singleQueryParams', () => {
  const entriesOf = (search: string) => {
    const read = singleQueryParams(search)
    return read.ok ? [...read.params] : read
  }

  it('decodes names and values once', () => {
    expect(entriesOf('?a=1+2%2B3&t%C3%AAn=Ph%C3%AD&b=%2541&c=x=y&d=&e')).toEqual([
      ['a', '1 2+3'],
      ['tên', 'Phí'],
      ['b', '%41'],
      ['c', 'x=y'],
      ['d', ''],
      ['e', ''],
    ])
  })

  it('reads nothing as no parameters', () => {
    for (const search of ['', '?', '&', '?&&']) expect(entriesOf(search)).toEqual([])
  })

  it('keeps a name that objects treat in a special way', () => {
    expect(entriesOf('__proto__=1&constructor=2')).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ])
  })

  it.each(['a=1&a=1', 'a=1&%61=2', '?a=1&b=2&a='])('names the parameter that comes twice in %s', (search) => {
    expect(entriesOf(search)).toEqual({ ok: false, problem: 'duplicate', name: 'a' })
  })

  it.each(['a=%', 'a=%4', 'a=%zz', 'a=%ff', 'a=%c3', 'a=%u0110'])(
    'names the parameter that is malformed in %s',
    (search) => {
      expect(entriesOf(`b=1&${search}`)).toEqual({ ok: false, problem: 'malformed', name: 'a' })
    },
  )

  it('names a malformed name as it came', () => {
    expect(entriesOf('%ff=1')).toEqual({ ok: false, problem: 'malformed', name: '%ff' })
  })
})
