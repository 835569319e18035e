import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { type CsvCell, type CsvReadOptions, type CsvRow, readCsv, writeCsv } from '../../src/lib/csv.ts'

const limits = { maxColumns: 20, maxFieldChars: 1_000 }
const encoder = new TextEncoder()

/** A stream of the bytes in pieces of `size`. */
function streamOf(bytes: Uint8Array, size = 7): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close()
      else controller.enqueue(bytes.slice(at, at + size))
      at += size
    },
  })
}

async function rowsOf(text: string | Uint8Array, options: Partial<CsvReadOptions> = {}, size = 7): Promise<CsvRow[]> {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text
  return await allOf(readCsv(streamOf(bytes, size), { ...limits, ...options }))
}

async function allOf(rows: AsyncIterable<readonly CsvRow[]>): Promise<CsvRow[]> {
  const all: CsvRow[] = []
  for await (const piece of rows) all.push(...piece)
  return all
}

const good = (line: number, ...cells: string[]): CsvRow => ({ line, cells, problem: null })
const bad = (line: number, problem: CsvRow['problem'], cell?: number): CsvRow =>
  cell === undefined ? { line, cells: [], problem } : { line, cells: [], problem, cell }

describe('readCsv', () => {
  it('passes over lines at the top, whatever they hold, and counts them', async () => {
    const top = `"torn, ${'x'.repeat(200_000)}\r\n\n`
    for (const size of [7, 65_536]) {
      expect(await rowsOf(`${top}a;b\n1,5;2\n`, { skipLines: 2 }, size)).toEqual([
        good(3, 'a', 'b'),
        good(4, '1,5', '2'),
      ])
    }
    expect(await rowsOf('a\nb', { skipLines: 2 })).toEqual([])
  })
  it('reads rows with their lines, over mark, mixed line ends and no last one', async () => {
    expect(await rowsOf('\ufeffa,b\r\n1,2\n\n3,\r\n,4')).toEqual([
      good(1, 'a', 'b'),
      good(2, '1', '2'),
      good(4, '3', ''),
      good(5, '', '4'),
    ])
  })

  it('reads quotes with delimiters, quotes and line ends, and counts physical lines', async () => {
    expect(await rowsOf('a,"x, ""y""\r\nz"\r\n"",b\n"1\n2\n3","4\n"\r\nend,"last"')).toEqual([
      good(1, 'a', 'x, "y"\r\nz'),
      good(3, '', 'b'),
      good(4, '1\n2\n3', '4\n'),
      good(8, 'end', 'last'),
    ])
  })

  it('reads any mixture of line ends, within quotes as they stand, and counts each line once', async () => {
    const text = 'a,b\r1,"x\ry"\r\n2,"p\r\nq"\n\r3,z\r'
    const expected = [good(1, 'a', 'b'), good(2, '1', 'x\ry'), good(4, '2', 'p\r\nq'), good(7, '3', 'z')]
    for (const size of [1, 2, 3, 5, 1_000]) expect(await rowsOf(text, {}, size), `pieces of ${size}`).toEqual(expected)
    const bits = fc.array(fc.constantFrom('a', ',', '"', '\r', '\n', '\r\n', '"x\r"'), { maxLength: 14 })
    await fc.assert(
      fc.asyncProperty(bits, fc.integer({ min: 1, max: 4 }), async (parts, size) => {
        const mixed = parts.join('')
        expect(await rowsOf(mixed, { delimiter: ',' }, size)).toEqual(await rowsOf(mixed, { delimiter: ',' }, 1_000))
        // A line that is not within quotes has the number that an editor gives it.
        for (const { line, problem } of await rowsOf(mixed)) {
          expect(problem === null || mixed.split(/\r\n|\r|\n/)[line - 1] !== undefined).toBe(true)
        }
      }),
    )
  })

  it.each([
    ['a,b;c,d', [',', 3]],
    ['a;b;c,d', [';', 3]],
    ['a\tb', ['\t', 2]],
    ['"x;y;z",b', [',', 2]],
    ['alone', [',', 1]],
  ])('finds the delimiter of %j', async (text, [, columns]) => {
    expect((await rowsOf(`\n\n${text}\n`))[0]).toMatchObject({ line: 3, cells: { length: columns } })
  })

  it('keeps to the delimiter that it is told', async () => {
    expect(await rowsOf('a;b,c', { delimiter: ',' })).toEqual([good(1, 'a;b', 'c')])
    expect(await rowsOf('a|b,c', { delimiter: '|' })).toEqual([good(1, 'a', 'b,c')])
  })

  it('takes a quote within an unquoted cell as a letter', async () => {
    expect(await rowsOf('5" pipe,"q"\nx,y" z\n')).toEqual([good(1, '5" pipe', 'q'), good(2, 'x', 'y" z')])
  })

  it('reads other encodings by name', async () => {
    const utf16 = new Uint8Array(Buffer.from('\ufeffphí,lệ phí\n', 'utf16le'))
    expect(await rowsOf(utf16, { encoding: 'utf-16le' })).toEqual([good(1, 'phí', 'lệ phí')])
    await expect(rowsOf('a', { encoding: 'tcvn3' })).rejects.toThrow(RangeError)
  })

  it('reads the same whatever the pieces are', async () => {
    const text = 'mã,"tên\nhồ ""sơ""",1\r\n💰,,"x"\r\n"a"b,c\nd,"e'
    const whole = await rowsOf(text, {}, 1_000)
    expect(whole).toHaveLength(4)
    for (let size = 1; size < 20; size++) expect(await rowsOf(text, {}, size)).toEqual(whole)
  })

  it('agrees with papaparse on every well-formed file', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'đ', ',', ';', '"', '\n', '\r\n', ' ', '0') })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1 }),
        fc.constantFrom('\n', '\r\n'),
        async (rows, newline) => {
          const text = Papa.unparse(rows, { newline })
          const read = await rowsOf(text, { delimiter: ',' }, 3)
          expect(read.map((row) => row.cells)).toEqual(Papa.parse(text, { delimiter: ',', newline }).data)
        },
      ),
    )
  })

  it('gives its stream back when the reader stops early', async () => {
    let cancelled = false
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(encoder.encode('a,b\n'.repeat(20_000))),
      cancel: () => {
        cancelled = true
      },
    })
    for await (const rows of readCsv(stream, limits)) if (rows.some((row) => row.line === 3)) break
    expect(cancelled).toBe(true)
  })
})

describe('readCsv survives', () => {
  it('a quote that is never closed: the other lines are read', async () => {
    expect(await rowsOf('a,b\n1,"2\n3,4\n5,6\n')).toEqual([
      good(1, 'a', 'b'),
      bad(2, 'unclosed_quote'),
      good(3, '3', '4'),
      good(4, '5', '6'),
    ])
  })

  it('a letter after a closing quote', async () => {
    expect(await rowsOf('"a"x,b\n1,2\n"3" ,4\n5,6')).toEqual([
      bad(1, 'malformed_quote'),
      good(2, '1', '2'),
      bad(3, 'malformed_quote'),
      good(4, '5', '6'),
    ])
  })

  it('bytes that are not text, on their line only', async () => {
    const bytes = Uint8Array.from([
      ...encoder.encode('a,b\n'),
      0x31,
      0x2c,
      0xff,
      0x0a,
      ...encoder.encode('ế,2\n3,\0\n'),
    ])
    expect(await rowsOf(bytes)).toEqual([
      good(1, 'a', 'b'),
      bad(2, 'bad_encoding', 1),
      good(3, 'ế', '2'),
      bad(4, 'bad_encoding', 1),
    ])
    expect((await rowsOf(Uint8Array.of(0x61, 0xc3)))[0]).toEqual(bad(1, 'bad_encoding', 0))
  })

  it('too many columns, long cells and endless lines', async () => {
    const text = `a${',b'.repeat(20)}\n${'x'.repeat(1_001)},1\n1,2\n${'y,'.repeat(200_000)}\n3,4\n`
    expect(await rowsOf(text, {}, 50_000)).toEqual([
      bad(1, 'too_many_columns'),
      bad(2, 'field_too_long', 0),
      good(3, '1', '2'),
      bad(4, 'too_many_columns'),
      good(5, '3', '4'),
    ])
    const endless = `1,2\n${'z'.repeat(3_000_000)}\n3,4\n`
    expect(await rowsOf(endless, {}, 50_000)).toEqual([good(1, '1', '2'), bad(2, 'row_too_long'), good(3, '3', '4')])
  })

  it('a quote that opens on every line, in time that grows with the file only', async () => {
    const rows = await rowsOf('"a,1\n'.repeat(100_000), {}, 50_000)
    expect(rows).toHaveLength(100_000)
    expect(rows.at(-1)).toEqual(bad(100_000, 'unclosed_quote'))
  })

  it('an unclosed quote at the start of a large file', async () => {
    const rows = await rowsOf(`h,i\n"a,1\n${'b,2\n'.repeat(400_000)}`, {}, 50_000)
    expect(rows).toHaveLength(400_002)
    expect(rows[1]).toEqual(bad(2, 'unclosed_quote'))
    expect(rows.at(-1)).toEqual(good(400_002, 'b', '2'))
  })

  it('nothing at all', async () => {
    expect(await rowsOf('')).toEqual([])
    expect(await rowsOf('\ufeff\r\n\n')).toEqual([])
  })

  it('any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        for (const row of await rowsOf(bytes)) expect(row.cells.length > 0).toBe(row.problem === null)
      }),
    )
  })
})

describe('writeCsv', () => {
  const written = async (rows: CsvCell[][]) =>
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(await new Response(writeCsv(rows)).arrayBuffer())

  it('writes a mark, commas, CRLF and plain numbers', async () => {
    expect(
      await written([
        ['Mã hồ sơ', 'Số tiền'],
        ['H56.14-261122-0001', -1234567n],
        ['Tổng cộng', 0.5],
        [null, 7],
      ]),
    ).toBe('\ufeffMã hồ sơ,Số tiền\r\nH56.14-261122-0001,-1234567\r\nTổng cộng,0.5\r\n,7\r\n')
  })

  it.each(['=1+1', '+84912345678', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1'])(
    'defuses the text %j',
    async (text) => {
      const read = Papa.parse<string[]>((await written([[text]])).slice(1)).data[0]?.[0]
      expect(read).toBe(`'${text}`)
    },
  )

  it('is read back as it was written', async () => {
    const cell = fc
      .string({ unit: 'grapheme', maxLength: 20 })
      .filter((text) => !/^[=+\-@\t\r\n＝＋－＠]|\0|\ufffd/.test(text))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 })), async (rows) => {
        const read = await allOf(readCsv(writeCsv(rows), { ...limits, delimiter: ',' }))
        expect(read.map((row) => row.cells)).toEqual(rows)
      }),
    )
  })

  it('asks for rows only as they are read, and ends them when the reader leaves', async () => {
    let made = 0
    let ended = false
    async function* rows() {
      try {
        for (;;) yield [`row ${++made}`, 'x'.repeat(1_000)]
      } finally {
        ended = true
      }
    }
    const reader = writeCsv(rows()).getReader()
    await reader.read()
    await reader.cancel()
    expect(made).toBeLessThan(300)
    expect(ended).toBe(true)
  })
})
