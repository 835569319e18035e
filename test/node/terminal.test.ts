// What is seen while a command works: lines in a log, a bar on a terminal, and nothing of a short one.
import { describe, expect, test } from 'vitest'
import { barLine, withProgress } from '../../src/node/commands/terminal.ts'

const erase = '\r\u001b[2K'

const watched = (isScreen: boolean) => {
  const seen: string[] = []
  const clock = { ms: 0 }
  const line = (text: string) => void seen.push(`${text}\n`)
  const screen = { write: (text: string) => void seen.push(text), columns: () => 60 }
  const terminal = withProgress({ out: line, error: line, ...(isScreen ? { screen } : {}) }, () => clock.ms)
  return { seen, clock, terminal }
}

describe('progress', () => {
  test('is a plain line every three seconds where nobody looks on, and none of a short command', () => {
    const { seen, clock, terminal } = watched(false)
    for (; clock.ms <= 10_000; clock.ms += 500) terminal.progress('rows', clock.ms / 20_000)
    terminal.clear()
    expect(seen).toEqual([' 15 % rows\n', ' 30 % rows\n', ' 45 % rows\n'])
    const short = watched(false)
    short.terminal.progress('rows')
    short.clock.ms = 2_900
    short.terminal.progress('rows')
    expect(short.seen).toEqual([])
  })

  test('is one line on a terminal that is drawn again, and gives way to what is printed', () => {
    const { seen, clock, terminal } = watched(true)
    terminal.progress('3 of 12 kinds', 0.25)
    expect(seen).toEqual([])
    clock.ms = 600
    terminal.progress('3 of 12 kinds', 0.25)
    terminal.progress('4 of 12 kinds', 0.33)
    expect(seen).toEqual([`${erase}██████░░░░░░░░░░░░░░░░░░  25 % 3 of 12 kinds`])
    terminal.out('the answer')
    terminal.out('more of it')
    expect(seen.slice(1)).toEqual([erase, 'the answer\n', 'more of it\n'])
  })

  test('fits into the line, whatever is told', () => {
    expect(barLine('x'.repeat(500), 0.5, 60)).toHaveLength(59)
    expect(barLine('x', 7, 60)).toBe(`${'█'.repeat(24)} 100 % x`)
    expect(barLine('counting', undefined, 60)).toBe('counting')
    expect(barLine('counting', 0.1, 0)).toBe('')
  })
})
