// What every benchmark of `npm run bench` answers, and the table of all of them.
import { table } from '../../src/node/commands/table.ts'

export type Row = {
  what: string
  /** Callers at once; 0 where there are none. */
  clients: number
  /** How many a second, or how many milliseconds one takes. */
  ours: number
  floor: number | null
  unit: '/s' | 'ms'
  p50: number | null
  p99: number | null
  peakMiB: number | null
}

/** Says what is under way. */
export type Told = (line: string) => void

const columns = ['what', 'clients', 'ours', 'floor', 'ratio', 'p50 ms', 'p99 ms', 'MiB']

/** The ratio is what of the floor's speed is reached, whichever way it is told; above 1 ours is the faster one. */
export const ratioOf = ({ ours, floor, unit }: Row): number | null => {
  if (floor === null) return null
  return unit === '/s' ? ours / floor : floor / ours
}

export const linesOf = (rows: readonly Row[]): string[] =>
  table(
    columns,
    rows.map((row) => [
      row.what,
      row.clients === 0 ? '' : String(row.clients),
      told(row.ours, row.unit),
      row.floor === null ? '' : told(row.floor, row.unit),
      ratioOf(row)?.toFixed(2) ?? '',
      row.p50?.toFixed(1) ?? '',
      row.p99?.toFixed(1) ?? '',
      row.peakMiB === null ? '' : String(row.peakMiB),
    ]),
  )

const told = (figure: number, unit: Row['unit']): string =>
  `${figure >= 100 ? Math.round(figure) : figure.toFixed(figure >= 1 ? 1 : 3)} ${unit}`
