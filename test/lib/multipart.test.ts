import { describe, expect, test } from 'vitest'
import { MultipartError, readField, readMultipart } from '../../src/lib/multipart.ts'

const limits = { maxBytes: 1_000_000, maxParts: 5 }

const streamOf = (bytes: Uint8Array, size: number) => {
  let at = 0
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.subarray(at, at + size))
      at += size
    },
  })
}
const collect = async (body: AsyncIterable<Uint8Array>) => {
  const all: number[] = []
  for await (const piece of body) all.push(...piece)
  return new Uint8Array(all)
}
/** Encoded by the platform itself, so that both sides are not ours. */
const encode = async (form: FormData) => {
  const request = new Request('http://x', { method: 'POST', body: form })
  return { type: request.headers.get('content-type') ?? '', bytes: new Uint8Array(await request.arrayBuffer()) }
}
const text = (body: string, type = 'multipart/form-data; boundary=B') => ({
  type,
  bytes: new TextEncoder().encode(body),
})
const read = async ({ type, bytes }: { type: string; bytes: Uint8Array }, size = 7, more = limits) => {
  const parts: { name: string; fileName: string | null; bytes: Uint8Array }[] = []
  for await (const part of readMultipart(streamOf(bytes, size), type, more)) {
    parts.push({ name: part.name, fileName: part.fileName, bytes: await collect(part.body) })
  }
  return parts
}

describe('multipart', () => {
  test('gives each part as the platform wrote it, however the bytes are cut', async () => {
    const content = new Uint8Array(3_000).map((_, index) => [13, 10, 45, 45, 66, index % 256][index % 6] ?? 0)
    const form = new FormData()
    form.append('source', 'provider')
    form.append('file', new File([content], 'đối "soát".csv'))
    form.append('empty', '')
    const encoded = await encode(form)
    for (const size of [1, 2, 3, 17, 64, 100_000]) {
      const parts = await read(encoded, size)
      expect(parts.map(({ name, fileName }) => [name, fileName])).toEqual([
        ['source', null],
        ['file', 'đối "soát".csv'],
        ['empty', null],
      ])
      expect(parts[1]?.bytes).toEqual(content)
      expect(parts[2]?.bytes).toHaveLength(0)
    }
  })

  test('skips a part that nobody reads, or reads only in part', async () => {
    const form = new FormData()
    form.append('a', 'x'.repeat(5_000))
    form.append('b', 'y'.repeat(5_000))
    form.append('c', 'z')
    const { type, bytes } = await encode(form)
    const names: string[] = []
    for await (const part of readMultipart(streamOf(bytes, 100), type, limits)) {
      names.push(part.name)
      if (part.name === 'b') for await (const _ of part.body) break
    }
    expect(names).toEqual(['a', 'b', 'c'])
  })

  test('reads a short field as text', async () => {
    const form = new FormData()
    form.append('a', 'lệ phí')
    const { type, bytes } = await encode(form)
    for await (const part of readMultipart(streamOf(bytes, 1), type, limits))
      expect(await readField(part, 100)).toBe('lệ phí')
  })

  test.each([
    ['another content type', text('', 'application/json')],
    ['no boundary', text('', 'multipart/form-data')],
    ['a form cut off in a part', text('--B\r\ncontent-disposition: form-data; name="a"\r\n\r\nxyz')],
    ['a form cut off in a head', text('--B\r\ncontent-dis')],
    ['no form at all', text('xyz')],
    ['a part without a name', text('--B\r\ncontent-type: text/plain\r\n\r\nx\r\n--B--')],
    ['a head without end', text(`--B\r\n${'x: y\r\n'.repeat(3_000)}`)],
    ['something behind a boundary', text('--Bxx\r\n\r\n--B--')],
  ])('refuses %s', async (_name, encoded) => {
    await expect(read(encoded)).rejects.toThrow(MultipartError)
  })

  test('refuses more bytes or parts than allowed', async () => {
    const form = new FormData()
    for (let index = 0; index < 6; index += 1) form.append(`f${index}`, 'x')
    const encoded = await encode(form)
    await expect(read(encoded)).rejects.toThrow('more than 5 parts')
    await expect(read(encoded, 7, { maxBytes: 100, maxParts: 9 })).rejects.toThrow('longer than 100 bytes')
    const long = new FormData()
    long.append('a', 'x'.repeat(101))
    const { type, bytes } = await encode(long)
    for await (const part of readMultipart(streamOf(bytes, 9), type, limits)) {
      await expect(readField(part, 100)).rejects.toThrow('longer than 100 bytes')
    }
  })
})
