/** How the days of a month stand: from the closes that hold and from what keeps the last of the days open. */
import type { Day, Gate } from './shapes.ts'
import type { Standing } from './words.ts'

export type DayStanding = { standing: Standing; openLines: number }

/**
 * `gate` is that of the last day of them that is over; its lines lie on days, and each keeps open its own day and all behind it. The page of a day asks again for that
 * very day.
 */
export const standingOf = (
  { day, status, reopened, close }: Day,
  { today, gate }: { today: string; gate: Gate | null },
): DayStanding => {
  const as = (standing: Standing, openLines = 0): DayStanding => ({ standing, openLines })
  if (status === 'closed') return as(close?.countersigned_at ? 'countersigned' : 'closed')
  if (day > today) return as('coming')
  if (day === today) return as('today')
  const lines = (gate?.lines ?? []).filter((line) => line.day <= day).length
  const hindrances = gate?.hindrances ?? []
  if (reopened && lines === 0) return as('reopened')
  if (hindrances.some(({ kind, id }) => kind === 'day' && id < day)) return as('waiting', lines)
  if (lines > 0 || hindrances.some(({ kind }) => kind !== 'day')) return as('blocked', lines)
  return as('closable')
}
