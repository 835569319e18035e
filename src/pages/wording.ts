/** Amounts and times as a citizen reads them, in either language. Times are Vietnam's. */
import { amountInWords, amountInWordsEnglish } from '../domain/amount-in-words.ts'
import { formatDong } from '../domain/money.ts'
import { businessDay, formatVietnamese, formatVietnameseDay, toRfc3339 } from '../lib/time.ts'
import type { Language } from './language.ts'

/** `150.000 đ`, or `150,000 VND` where a reader would take the dot for a decimal point. */
export const money = (amount: bigint, language: Language): string =>
  language === 'vi' ? formatDong(amount) : `${amount.toString().replace(/\B(?=(\d{3})+$)/g, ',')} VND`

export const moneyInWords = (amount: bigint, language: Language): string =>
  language === 'vi' ? amountInWords(amount) : amountInWordsEnglish(amount)

/** `17:00, 23/11/2026`; in English with the month's name, since 05/11 is read both ways. */
export const shortTime = (instant: Date, language: Language): string => {
  if (language === 'vi') return formatVietnamese(instant)
  const { hour, minute, day, month, year } = clockOf(instant)
  return `${hour}:${minute}, ${Number(day)} ${months[Number(month) - 1]} ${year}`
}

/** A business day `yyyy-MM-dd`: `23/11/2026`; in English with the month's name. */
export const shortDay = (day: string, language: Language): string => {
  if (language === 'vi') return formatVietnameseDay(day)
  const [year, month, date] = day.split('-')
  return `${Number(date)} ${months[Number(month) - 1]} ${year}`
}

/** `17 giờ 00, thứ Hai ngày 23 tháng 11 năm 2026`. */
export const longTime = (instant: Date, language: Language): string => {
  const { hour, minute, day, month, year, weekday } = clockOf(instant)
  return language === 'vi'
    ? `${Number(hour)} giờ ${minute}, ${weekdays.vi[weekday]} ngày ${Number(day)} tháng ${Number(month)} năm ${year}`
    : `${hour}:${minute} on ${weekdays.en[weekday]}, ${Number(day)} ${months[Number(month) - 1]} ${year} (Vietnam time)`
}

/** `còn 25 phút`, `còn khoảng 8 giờ`, `còn khoảng 3 ngày`; rounded down, so that nobody is promised time that is not there. */
export const timeLeft = (ms: number, language: Language): string => {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  if (minutes < 120) return language === 'vi' ? `còn ${minutes} phút` : `${minutes} ${plural(minutes, 'minute')} left`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return language === 'vi' ? `còn khoảng ${hours} giờ` : `about ${hours} hours left`
  const days = Math.floor(hours / 24)
  return language === 'vi' ? `còn khoảng ${days} ngày` : `about ${days} days left`
}

const plural = (count: number, word: string): string => (count === 1 ? word : `${word}s`)

const clockOf = (instant: Date) => {
  const text = toRfc3339(instant)
  const weekday = new Date(`${businessDay(instant)}T00:00:00Z`).getUTCDay()
  return {
    year: text.slice(0, 4),
    month: text.slice(5, 7),
    day: text.slice(8, 10),
    hour: text.slice(11, 13),
    minute: text.slice(14, 16),
    weekday,
  }
}

const months = 'January February March April May June July August September October November December'.split(' ')
const weekdays: Record<Language, readonly string[]> = {
  vi: ['Chủ nhật', 'thứ Hai', 'thứ Ba', 'thứ Tư', 'thứ Năm', 'thứ Sáu', 'thứ Bảy'],
  en: 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' '),
}
