// Owns wall-clock time at UTC+7, which is what the providers write into messages and statements. Vietnam has had no
// daylight saving since 1975, so a fixed offset is exact.

const offsetMs = 7 * 60 * 60 * 1000
const dayMs = 24 * 60 * 60 * 1000

const shifted = (at: Date): string => new Date(at.getTime() + offsetMs).toISOString()

/** `yyyyMMddHHmmss` at UTC+7. */
export const stamp = (at: Date): string => shifted(at).replace(/\D/g, '').slice(0, 14)

/** Reads `yyyyMMddHHmmss` at UTC+7; null when it is not a real moment (30 February, hour 25). */
export const readStamp = (text: string): Date | null => {
  const parts = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text)
  if (!parts) return null
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number)
  const at = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day ?? 0, hour ?? 0, minute ?? 0, second ?? 0) - offsetMs)
  return stamp(at) === text ? at : null
}

/** RFC 3339 with offset +07:00, whole seconds. */
export const rfc3339 = (at: Date): string => `${shifted(at).slice(0, 19)}+07:00`

/** The business day (`yyyy-MM-dd`) at UTC+7. */
export const businessDay = (at: Date): string => shifted(at).slice(0, 10)

/** The midnight at UTC+7 that ends the business day. */
export const endOfDay = (at: Date): Date =>
  new Date((Math.floor((at.getTime() + offsetMs) / dayMs) + 1) * dayMs - offsetMs)

/** True for a `yyyy-MM-dd` that exists in the calendar. */
export const isDay = (day: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(day) &&
  !Number.isNaN(Date.parse(`${day}T00:00:00Z`)) &&
  new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)

/** Whole days from one calendar day to another; negative when `to` is earlier. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs)

export const addDays = (at: Date, days: number): Date => new Date(at.getTime() + days * dayMs)

/** The next Monday-to-Friday day after `day`. Public holidays are left out: a simulated bank works through Tết. */
export const nextWorkingDay = (day: string): string => {
  const next = addDays(new Date(`${day}T00:00:00Z`), 1)
  while (next.getUTCDay() === 0 || next.getUTCDay() === 6) next.setUTCDate(next.getUTCDate() + 1)
  return next.toISOString().slice(0, 10)
}
