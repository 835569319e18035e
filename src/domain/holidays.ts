// Public holidays and make-up days of Vietnamese state bodies, 2025 to 2027, as data with sources. Only days that fall on
// Monday to Friday are listed as free, and only Saturdays as working; weekends need no entry.
//
// Left out: 24 November, Ngày Văn hóa Việt Nam. Nghị quyết 80-NQ/TW of 07/01/2026 names it as a paid day off, but the
// amendment of Bộ luật Lao động 45/2019/QH14, Điều 112, that would make it one was not at hand.

/** `announced`: the official calendar of that year. `inferred`: by the Labour Code, before the year's calendar is out. */
export type CalendarEntry = { day: string; name: string; certainty: 'announced' | 'inferred' }

/** The years whose lunar and swapped days are listed. In others only weekends and the fixed days are known. */
export const listedYears: readonly number[] = [2025, 2026, 2027]

/** Free in every year, as month and day (Bộ luật Lao động 45/2019/QH14, Điều 112). */
export const fixedHolidays: readonly string[] = ['01-01', '04-30', '05-01', '09-02']

/**
 * Free days that move: Tết (5 days), Giỗ Tổ Hùng Vương (10/3 of the lunar year), the second day of Quốc khánh, days in
 * lieu of those that fall on a weekend (Điều 111.3), and swapped days. 2025: the labour ministry's calendar of December
 * 2024. 2026: the home-affairs ministry's of October 2025, Tết as reported by congan.com.vn. 2027: by the Labour Code and
 * the lunar calendar (first day of Đinh Mùi: 06/02/2027); which day beside Tết and 02/09 is free is the ministry's choice.
 */
export const movingHolidays: readonly CalendarEntry[] = [
  ...entries('announced', 'Tết Ất Tỵ', '2025-01-27', '2025-01-28', '2025-01-29', '2025-01-30', '2025-01-31'),
  ...entries('announced', 'Giỗ Tổ Hùng Vương', '2025-04-07'),
  ...entries('announced', 'Swapped with 26/04/2025', '2025-05-02'),
  ...entries('announced', 'Quốc khánh', '2025-09-01'),
  ...entries('announced', 'Swapped with 10/01/2026', '2026-01-02'),
  ...entries('announced', 'Tết Bính Ngọ', '2026-02-16', '2026-02-17', '2026-02-18', '2026-02-19', '2026-02-20'),
  ...entries('announced', 'In lieu of Giỗ Tổ Hùng Vương, Sunday 26/04/2026', '2026-04-27'),
  ...entries('announced', 'Swapped with 22/08/2026', '2026-08-31'),
  ...entries('announced', 'Quốc khánh', '2026-09-01'),
  ...entries('inferred', 'Tết Đinh Mùi', '2027-02-05', '2027-02-08', '2027-02-09', '2027-02-10', '2027-02-11'),
  ...entries('inferred', 'Giỗ Tổ Hùng Vương', '2027-04-16'),
  ...entries('inferred', 'In lieu of Saturday 01/05/2027', '2027-05-03'),
  ...entries('inferred', 'Quốc khánh', '2027-09-03'),
]

/** Saturdays that are worked for a swapped day. */
export const makeUpDays: readonly CalendarEntry[] = [
  ...entries('announced', 'Worked for 02/05/2025', '2025-04-26'),
  ...entries('announced', 'Worked for 02/01/2026', '2026-01-10'),
  ...entries('announced', 'Worked for 31/08/2026', '2026-08-22'),
]

function entries(certainty: CalendarEntry['certainty'], name: string, ...days: string[]): CalendarEntry[] {
  return days.map((day) => ({ day, name, certainty }))
}
