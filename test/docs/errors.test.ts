// The pages of errors, Vietnamese and English, have every code that the API can answer, once, with its status.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { limitClasses } from '../../src/api/limits.ts'
import { problemCodes, problems } from '../../src/api/problem.ts'
import { readConfig } from '../../src/config.ts'

const read = (page: string): string => readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')

const rowsOf = (page: string): string[][] =>
  read(page)
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

  it('publishes every limit as it stands', () => {
    const { rateLimits } = readConfig({})
    const language = page.startsWith('vi/') ? 'vi' : 'en'
    for (const limitClass of limitClasses)
      expect(read(page)).toContain(`\`${limitClass}\` ${rateLimits[limitClass].toLocaleString(language)}`)
  })
})

it('tells what may be sent again as it is', () => {
  const [, again = ''] = /may be sent again: (.*?),? after/.exec(read('errors.md')) ?? []
  for (const code of problemCodes.filter((each) => [429, 502, 503].includes(problems[each].status)))
    expect(again, code).toContain(String(problems[code].status))
})
