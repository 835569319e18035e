// What a command prints to: its answer, what it says beside it, and, where a person looks on, a line that is drawn again and again.
import type { Progress } from '../../lib/progress.ts'
import type { Ask } from './command.ts'

export type Terminal = {
  /** A line of the answer. */
  out: (line: string) => void
  /** A line beside the answer, so that what is printed stays the answer alone. */
  error: (line: string) => void
  /** Where the side of errors is a terminal: writes without a line end. */
  screen?: { write: (text: string) => void; columns: () => number }
  /** Where a person sits at it. */
  ask?: Ask
}

type WithProgress = Terminal & { progress: Progress; clear: () => void }

/** The terminal, with a bar that gives way to every line. A short command says nothing of how far it is. */
export const withProgress = (terminal: Terminal, now: () => number): WithProgress => {
  const { screen } = terminal
  const everyMs = screen ? drawEveryMs : tellEveryMs
  let toldAt = now() - everyMs + (screen ? quietMs : everyMs)
  let isDrawn = false
  const clear = () => {
    if (isDrawn) screen?.write(eraseLine)
    isDrawn = false
  }
  const around = (print: (line: string) => void) => (line: string) => {
    clear()
    print(line)
  }
  return {
    ...terminal,
    out: around(terminal.out),
    error: around(terminal.error),
    clear,
    progress: (text, share) => {
      if (now() - toldAt < everyMs) return
      toldAt = now()
      if (!screen) return terminal.error(share === undefined ? text : `${percent(share)} ${text}`)
      screen.write(`${eraseLine}${barLine(text, share, screen.columns())}`)
      isDrawn = true
    },
  }
}

const tellEveryMs = 3_000
const drawEveryMs = 100
/** What is over by then needs no bar. */
const quietMs = 500
/** Back to its beginning, and all of it erased (ECMA-48, CR and EL). */
const eraseLine = '\r\u001b[2K'
const barWidth = 24

/** One line that fits: a bar where it is known what of the work is done. */
export const barLine = (text: string, share: number | undefined, columns: number): string => {
  const done = Math.round(withinOne(share ?? 0) * barWidth)
  const bar = share === undefined ? '' : `${'█'.repeat(done)}${'░'.repeat(barWidth - done)} ${percent(share)} `
  return Array.from(`${bar}${text}`)
    .slice(0, Math.max(0, columns - 1))
    .join('')
}

const percent = (share: number): string => `${String(Math.floor(withinOne(share) * 100)).padStart(3)} %`
const withinOne = (share: number): number => Math.min(1, Math.max(0, share))
