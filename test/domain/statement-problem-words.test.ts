// Every message of the readers of statements has Vietnamese words: whoever writes a new one is told here.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { problemInVietnamese } from '../../src/domain/statement-problem-words.ts'

const readers = [
  'domain/statement-account.ts',
  'domain/statement-camt.ts',
  'domain/statement-camt-entry.ts',
  'domain/statement-camt-totals.ts',
  'domain/statement-columns.ts',
  'domain/statement-layout.ts',
  'domain/statement-line.ts',
  'domain/statement-tally.ts',
  'flows/import-statement.ts',
  'flows/read-camt.ts',
  'flows/read-csv.ts',
  'flows/read-mt940.ts',
  'flows/read-xlsx.ts',
  'lib/mt940.ts',
  'lib/mt940-fields.ts',
  'lib/xlsx-cell.ts',
  'lib/xlsx-parts.ts',
  'lib/xlsx-read.ts',
  'lib/xml.ts',
  'lib/zip.ts',
]

/** Sentences of three words and more that begin small, as messages do; what a template puts in is stood for by X. */
const messagesOf = (path: string): string[] => {
  const code = readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8').replace(
    /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm,
    '',
  )
  return [...code.matchAll(/'((?:[^'\\\n]|\\.)+)'|"((?:[^"\\\n]|\\.)+)"|`((?:[^`\\]|\\.)+)`/g)]
    .map(([, a, b, c]) => (a ?? b ?? c ?? '').replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, 'X'))
    .filter(
      (text) => /^[a-zX"].* [a-z]+ /.test(text) && !/[;=<>{}]|^X?\.\.?\/|^(a|an) statement (could|was|is) /.test(text),
    )
}

/** What the readers tell the log and programmers. */
const notForPeople = [/^a statement /, /^the lines /]

describe('a message of a reader', () => {
  for (const path of readers) {
    test(`has Vietnamese words: ${path}`, () => {
      const silent = messagesOf(path).filter(
        (message) => problemInVietnamese(message) === null && !notForPeople.some((shape) => shape.test(message)),
      )
      expect(silent).toEqual([])
    })
  }
  test('keeps what it quotes, and words what it quotes of itself', () => {
    expect(problemInVietnamese('the row has 3 cells, the header 5')).toBe('dòng có 3 ô, tiêu đề có 5 ô')
    expect(problemInVietnamese('"Số tiền": an amount is a whole number of đồng')).toBe(
      '“Số tiền”: số tiền là số nguyên đồng',
    )
    expect(problemInVietnamese('the row opens a quote that is never closed')).toBe('dòng mở ngoặc kép mà không đóng')
    expect(
      problemInVietnamese('the statement has no opening balance, so nobody can tell whether it is whole'),
    ).toContain('đầu kỳ')
    expect(problemInVietnamese('$& {} \\1 something')).toBeNull()
  })
})
