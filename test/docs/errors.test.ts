// The pages of errors, Vietnamese and English, have every code that the API can answer, once, with its status.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { problemCodes, problems } from '../../src/api/problem.ts'

const rowsOf = (page: string): string[][] =>
  readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )

describe.each(['errors.md', 'vi/errors.md'])('docs/%s', (page) => {
  const rows = rowsOf(page)

  it('has every code once with its status, and no other', () => {
    const told = rows.map(([code = '', status]) => `${code.replaceAll('`', '')} ${status}`)
    expect(told.sort()).toEqual(problemCodes.map((code) => `${code} ${problems[code].status}`).sort())
  })

  it('says of each why it happens and what to do', () => {
    for (const [code, , cause = '', cure = '', ...more] of rows) {
      expect(cause.length, code).toBeGreaterThan(3)
      expect(cure.length, code).toBeGreaterThan(3)
      expect(more, code).toEqual([])
    }
  })
})

it('tells what may be sent again as it is', () => {
  const [, again = ''] =
    /may be sent again: (.*?),? after/.exec(readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')) ??
    []
  for (const code of problemCodes.filter((each) => [429, 502, 503].includes(problems[each].status)))
    expect(again, code).toContain(String(problems[code].status))
})
