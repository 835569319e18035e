// What was entered, in lines.
import type { Change, Fault, Step } from '../../domain/set-up/step.ts'

const shownMax = 20
const marks: Readonly<Record<Change['what'], string>> = { add: '+', change: '~', end: '×' }

export const stepLines = (steps: readonly Step[], isDry: boolean): string[] =>
  steps.flatMap((step) => linesOf(step, isDry))

const linesOf = ({ file, changes, unchanged, faults, notes }: Step, isDry: boolean): string[] => {
  if (faults.length > 0)
    return [
      `✗ ${file}: ${faults.length} faults, nothing of it is applied`,
      ...shown(faults.map((fault) => `    ${faultLine(fault)}`)),
    ]
  const would = isDry ? 'would be ' : ''
  const count = (what: Change['what'], word: string) => {
    const found = changes.filter((change) => change.what === what).length
    return found > 0 ? [`${found} ${would}${word}`] : []
  }
  const counts = [
    ...count('add', 'added'),
    ...count('change', 'changed'),
    ...count('end', 'ended'),
    ...(unchanged > 0 ? [`${unchanged} as before`] : []),
  ]
  return [
    `✓ ${file}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`,
    ...shown(changes.map(({ what, name, detail }) => `    ${marks[what]} ${name}${detail ? ` (${detail})` : ''}`)),
    ...notes.map((note) => `    ! ${note}`),
  ]
}

/** By its place: rows of a table have lines, those of a list have numbers. */
const faultLine = ({ file, line, column, reason }: Fault): string => {
  const place = line === null ? '' : `${file.endsWith('.json') ? 'number' : 'line'} ${line}`
  return `${[file, place, column ?? ''].filter(Boolean).join(', ')}: ${reason}`
}

const shown = (lines: readonly string[]): string[] =>
  lines.length > shownMax
    ? [...lines.slice(0, shownMax), `    … and ${lines.length - shownMax} more: see --json`]
    : [...lines]
