import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readLines, type TextLine } from '../../src/lib/lines.ts'
import { streamOf } from '../kit/streams.ts'

const linesOf = async (text: string | Uint8Array, size = 3): Promise<TextLine[]> => {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const all: TextLine[] = []
  for await (const lines of readLines(streamOf(bytes, size), { maxChars: 10 })) all.push(...lines)
  return all
}
const good = (line: number, text: string): TextLine => ({ line, text, problem: null })

it('reads lines over a mark, mixed ends, empty ones and no last end', async () => {
  const expected = [good(1, 'lệ phí'), good(2, ''), good(3, 'a'), good(4, 'b')]
  for (const size of [1, 2, 3, 100]) {
    expect(await linesOf('\ufefflệ phí\r\n\na\r\nb', size)).toEqual(expected)
    expect(await linesOf('\ufefflệ phí\n\r\na\nb\n', size)).toEqual(expected)
  }
  expect(await linesOf('')).toEqual([])
  for (const size of [1, 2, 3, 100]) {
    expect(await linesOf('a\rb\r\nc\n\rd\r\r', size)).toEqual(
      ['a', 'b', 'c', '', 'd', ''].map((text, at) => good(at + 1, text)),
    )
  }
})

it('agrees with a regular expression on every mixture of line ends, whatever the pieces', async () => {
  const bits = fc.array(fc.constantFrom('a', 'lệ', '\r', '\n', '\r\n'), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(bits, fc.integer({ min: 1, max: 5 }), async (parts, size) => {
      const text = parts.join('')
      const expected = text.split(/\r\n|\r|\n/)
      if (expected.at(-1) === '') expected.pop()
      const tooLong = expected.some((line) => line.length > 10)
      if (!tooLong) expect((await linesOf(text, size)).map((line) => line.text)).toEqual(expected)
    }),
  )
})

it('tells the line that is too long, or no text, and reads the others', async () => {
  for (const size of [1, 4, 100]) {
    expect(await linesOf(`0123456789\r\n${'x'.repeat(50)}\nb\n${'y'.repeat(11)}`, size)).toEqual([
      good(1, '0123456789'),
      { line: 2, text: 'xxxxxxxxxx', problem: 'line_too_long' },
      good(3, 'b'),
      { line: 4, text: 'yyyyyyyyyy', problem: 'line_too_long' },
    ])
  }
  expect(await linesOf(Uint8Array.of(0xe9, 0x0a, 0x61, 0x00, 0x0a, 0x62))).toEqual([
    good(1, 'é'),
    { line: 2, text: 'a\0', problem: 'bad_encoding' },
    good(3, 'b'),
  ])
})

it('keeps no more than the beginning of a line without end', async () => {
  const piece = new Uint8Array(1_000_000).fill(0x78)
  let left = 60
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => (left-- > 0 ? controller.enqueue(piece) : controller.close()),
  })
  const all: TextLine[] = []
  for await (const lines of readLines(stream, { maxChars: 10 })) all.push(...lines)
  expect(all).toEqual([{ line: 1, text: 'xxxxxxxxxx', problem: 'line_too_long' }])
})
