// Vietnamese time: UTC+7, no daylight saving since 1975. All of it is arithmetic on the instant, so that the zone of the
// process, and whether it has a zone database at all (Workers, small containers), makes no difference.

/** The business day (`yyyy-MM-dd`) of an instant. Throws RangeError on an invalid date or one outside 1900 … 9999. */
export function businessDay(instant: Date): string {
  const time = instant.getTime()
  // A statement has a million times of a few days, mostly one after the other.
  if (time >= lastDay.from && time < lastDay.from + dayMs && inRange(instant)) return lastDay.text
  const text = local(instant).slice(0, 10)
  lastDay = { from: time - ((((time + offsetMs) % dayMs) + dayMs) % dayMs), text }
  return text
}

/** Whether `text` is a real day written `yyyy-MM-dd`, after 1900-01-01 (the empty date of SQL Server and Excel). */
export function isBusinessDayText(text: string): boolean {
  if (text === lastDayText) return true
  const [, year = '', month = '', day = ''] = dayShape.exec(text) ?? []
  const isReal = instantOf({ year, month, day }) !== null
  if (isReal) lastDayText = text
  return isReal
}

/** The half-open range of instants `from <= t < to` of a business day. Throws RangeError on anything but `yyyy-MM-dd`. */
export function businessDayRange(day: string): { from: Date; to: Date } {
  const from = startOf(day)
  return { from, to: new Date(from.getTime() + dayMs) }
}

/** The business day `n` calendar days later (earlier when negative). Throws RangeError on an invalid day or result. */
export function addDays(day: string, n: number): string {
  return businessDay(new Date(startOf(day).getTime() + n * dayMs))
}

/** `yyyyMMddHHmmss` in UTC+7, as VNPAY and others write times. Milliseconds are cut off. */
export function formatStamp(instant: Date): string {
  return local(instant).slice(0, 19).replace(/[-:T]/g, '')
}

/** The instant of a `yyyyMMddHHmmss` in UTC+7; null when it has another shape or is no real time. */
export function parseStamp(text: string): Date | null {
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = stampShape.exec(text) ?? []
  return instantOf({ year, month, day, hour, minute, second })
}

/** `HH:mm, dd/MM/yyyy` in UTC+7, as citizens and accountants read it. */
export function formatVietnamese(instant: Date): string {
  const text = local(instant)
  return `${text.slice(11, 16)}, ${formatVietnameseDay(text.slice(0, 10))}`
}

/** `dd/MM/yyyy` of a business day `yyyy-MM-dd`. */
export function formatVietnameseDay(day: string): string {
  return `${day.slice(8, 10)}/${day.slice(5, 7)}/${day.slice(0, 4)}`
}

/** RFC 3339 with `+07:00`, for the wire. Milliseconds appear when there are any, so that nothing is lost. */
export function toRfc3339(instant: Date): string {
  const text = local(instant)
  return `${text.slice(0, 19)}${text.slice(19) === '.000' ? '' : text.slice(19)}+07:00`
}

/** The instant of an RFC 3339 time; null when it has another shape, no offset, or is no real time. */
export function parseRfc3339(text: string): Date | null {
  const time = vietnameseClock(text)
  if (!Number.isNaN(time)) return new Date(time)
  const match = rfc3339Shape.exec(text)
  if (!match) return null
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', sign, oh, om] = match
  const wall = instantOf({ year, month, day, hour, minute, second, zoneMs: 0 })
  if (!wall || Number(oh ?? 0) > 23 || Number(om ?? 0) > 59) return null
  const offsetMs = (Number(oh ?? 0) * 60 + Number(om ?? 0)) * 60_000 * (sign === '-' ? -1 : 1)
  return inRange(new Date(wall.getTime() - offsetMs + Number(fraction.slice(0, 3).padEnd(3, '0'))))
}

/**
 * A statement's time: RFC 3339 with offset, or `dd/MM/yyyy HH:mm:ss` in UTC+7; null for everything else and for a time that
 * is not credible.
 */
export function parseStatementTime(text: string): Date | null {
  const match = vietnameseShape.exec(text)
  if (!match) return credibleTime(parseRfc3339(text))
  const [, day = '', month = '', year = '', hour = '', minute = '', second = ''] = match
  return credibleTime(instantOf({ year, month, day, hour, minute, second }))
}

/**
 * The time at which others say that money moved, if it lies in 2000 … 2099 UTC; else null. Systems write 0001, 1753, 1900, 1970
 * or 9999 where they have no time, and money that is booked on such a day is in nobody's report.
 */
export function credibleTime(instant: Date | null): Date | null {
  return instant && instant.getTime() >= credibleFrom && instant.getTime() < credibleTo ? instant : null
}

const dayMs = 86_400_000
const offsetMs = 7 * 3_600_000
const dayShape = /^(\d{4})-(\d\d)-(\d\d)$/
const stampShape = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/
const vietnameseShape = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d):(\d\d)$/
const rfc3339Shape = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/
const earliest = Date.UTC(1900, 0, 1)
const latest = Date.UTC(9999, 11, 31)
const credibleFrom = Date.UTC(2000, 0, 1)
const credibleTo = Date.UTC(2100, 0, 1)
/** The business day that was asked for last, with its first instant. */
let lastDay = { from: Number.NaN, text: '' }
/** The real day that was asked about last. */
let lastDayText: string | null = null
/** The day of the clock on the wall that was read last, and its first instant. */
let lastWallDay = { text: '', from: Number.NaN }

/**
 * The milliseconds of `yyyy-MM-ddTHH:mm:ss+07:00`, as nearly every line of a statement has it; NaN for everything else, and for a day that is not the one of
 * the line before.
 */
function vietnameseClock(text: string): number {
  if (text.length !== 25 || !text.endsWith('+07:00') || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':')
    return Number.NaN
  if (!text.startsWith(lastWallDay.text) || lastWallDay.text === '') {
    const day = text.slice(0, 10)
    const from = isBusinessDayText(day) ? startOf(day).getTime() : Number.NaN
    if (Number.isNaN(from)) return Number.NaN
    lastWallDay = { text: day, from }
  }
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)]
  if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN
  return lastWallDay.from + (hour * 3_600 + minute * 60 + second) * 1_000
}

/** The number of two digits; NaN when they are none. */
function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 48, text.charCodeAt(at + 1) - 48]
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

/** The wall clock of UTC+7 in the shape of `Date.toISOString`, without its `Z`. */
function local(instant: Date): string {
  if (!inRange(instant)) throw new RangeError('not a time between the years 1900 and 9999')
  return new Date(instant.getTime() + offsetMs).toISOString().slice(0, -1)
}

function inRange(instant: Date): Date | null {
  const time = instant.getTime()
  return time >= earliest && time < latest ? instant : null
}

function startOf(day: string): Date {
  const [, year = '', month = '', dayOfMonth = ''] = dayShape.exec(day) ?? []
  const from = instantOf({ year, month, day: dayOfMonth })
  if (!from) throw new RangeError(`not a day written yyyy-MM-dd: "${day.slice(0, 20)}"`)
  return from
}

type WallClock = { year: string; month: string; day: string; hour?: string; minute?: string; second?: string }

function instantOf(wall: WallClock & { zoneMs?: number }): Date | null {
  const { year, month, day, hour = '00', minute = '00', second = '00', zoneMs = offsetMs } = wall
  const [y, m, d] = [+year, +month, +day]
  // Date.UTC rolls 31/02 over into March, and takes the year 26 for 1926: only what lies within its own bounds is a real time.
  const isReal =
    y >= 1900 && m >= 1 && m <= 12 && d >= 1 && d <= daysIn(y, m) && +hour < 24 && +minute < 60 && +second < 60
  if (!isReal) return null
  const time = Date.UTC(y, m - 1, d, +hour, +minute, +second)
  if (!(time >= earliest && time < latest)) return null
  // The morning of 1900-01-01 in Vietnam is still 1899 in UTC: an instant that none of the functions here would take back.
  return inRange(new Date(time - zoneMs))
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
