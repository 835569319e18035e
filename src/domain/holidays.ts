// Days off and make-up days of Vietnamese state bodies and banks, 2025 to 2034, as data: what the law says of each year, and
// where it comes from. Calendars are announced in the autumn before; until then a year is inferred, and its entries are to be
// replaced by the announced ones, with a new `calendarVersion`.
//
// Left out: 24 November, Ngày Văn hóa Việt Nam. Nghị quyết 80-NQ/TW of 07/01/2026 names it as a paid day off, but the
// amendment of Bộ luật Lao động 45/2019/QH14, Điều 112, that would make it one was not at hand.

/** The day on which these data were last compared with their sources. It changes with every change of a day. */
export const calendarVersion = '2026-11-28'

export type CalendarYear = {
  year: number
  /** `announced`: the official calendar of that year. `inferred`: by the Labour Code and the lunar calendar alone. */
  certainty: 'announced' | 'inferred'
  source: string
  /** The five days of Tết (Bộ luật Lao động 45/2019/QH14, Điều 112.1 b), also those on a weekend; which ones is announced (Điều 112.3). */
  tet: readonly [string, string, string, string, string]
  /** Giỗ Tổ Hùng Vương, the 10th of the third lunar month (Điều 112.1 e). */
  hungKings: string
  /** Quốc khánh: 2 September and the day before or after it (Điều 112.1 đ); which one is announced (Điều 112.3). */
  nationalDay: readonly [string, string]
  /** The working day that is free because a holiday fell on a weekly rest day (Điều 111.3). */
  inLieu: readonly { day: string; of: string }[]
  /** A working day that is free because a Saturday is worked for it. Only ever announced. */
  swaps: readonly { free: string; worked: string }[]
}

/** Free in every year, as month and day: Tết dương lịch, Ngày Chiến thắng, Ngày Quốc tế lao động (Điều 112.1 a, c, d). */
export const fixedHolidays: readonly string[] = ['01-01', '04-30', '05-01']

/**
 * What is inferred where nothing is announced: Tết is the last day of the old lunar year and the first four of the new, as in
 * 2026; the second day of Quốc khánh is the one that leaves no working day between it, 2 September and a weekend. The lunar
 * days are those of UTC+7 (Quyết định 121/CP of 08/8/1967): in 2030 Tết begins a day earlier than in China.
 */
const inferred = {
  certainty: 'inferred',
  source: 'Bộ luật Lao động 45/2019/QH14, Điều 111.3 and 112; lunar calendar of UTC+7',
  swaps: [],
} as const

export const calendarYears: readonly CalendarYear[] = [
  {
    year: 2025,
    certainty: 'announced',
    source: "the labour ministry's calendar of December 2024",
    tet: ['2025-01-27', '2025-01-28', '2025-01-29', '2025-01-30', '2025-01-31'],
    hungKings: '2025-04-07',
    nationalDay: ['2025-09-01', '2025-09-02'],
    inLieu: [],
    swaps: [{ free: '2025-05-02', worked: '2025-04-26' }],
  },
  {
    year: 2026,
    certainty: 'announced',
    source: "the home-affairs ministry's calendar of October 2025; Tết as reported by congan.com.vn",
    tet: ['2026-02-16', '2026-02-17', '2026-02-18', '2026-02-19', '2026-02-20'],
    hungKings: '2026-04-26',
    nationalDay: ['2026-09-01', '2026-09-02'],
    inLieu: [{ day: '2026-04-27', of: '2026-04-26' }],
    swaps: [
      { free: '2026-01-02', worked: '2026-01-10' },
      { free: '2026-08-31', worked: '2026-08-22' },
    ],
  },
  {
    ...inferred,
    year: 2027,
    tet: ['2027-02-05', '2027-02-06', '2027-02-07', '2027-02-08', '2027-02-09'],
    hungKings: '2027-04-16',
    nationalDay: ['2027-09-02', '2027-09-03'],
    inLieu: [
      { day: '2027-02-10', of: '2027-02-06' },
      { day: '2027-02-11', of: '2027-02-07' },
      { day: '2027-05-03', of: '2027-05-01' },
    ],
  },
  {
    ...inferred,
    year: 2028,
    tet: ['2028-01-25', '2028-01-26', '2028-01-27', '2028-01-28', '2028-01-29'],
    hungKings: '2028-04-04',
    nationalDay: ['2028-09-01', '2028-09-02'],
    inLieu: [
      { day: '2028-01-03', of: '2028-01-01' },
      { day: '2028-01-31', of: '2028-01-29' },
      { day: '2028-05-02', of: '2028-04-30' },
      { day: '2028-09-04', of: '2028-09-02' },
    ],
  },
  {
    ...inferred,
    year: 2029,
    tet: ['2029-02-12', '2029-02-13', '2029-02-14', '2029-02-15', '2029-02-16'],
    hungKings: '2029-04-23',
    nationalDay: ['2029-09-02', '2029-09-03'],
    inLieu: [{ day: '2029-09-04', of: '2029-09-02' }],
  },
  {
    ...inferred,
    year: 2030,
    tet: ['2030-02-01', '2030-02-02', '2030-02-03', '2030-02-04', '2030-02-05'],
    hungKings: '2030-04-12',
    nationalDay: ['2030-09-02', '2030-09-03'],
    inLieu: [
      { day: '2030-02-06', of: '2030-02-02' },
      { day: '2030-02-07', of: '2030-02-03' },
    ],
  },
  {
    ...inferred,
    year: 2031,
    tet: ['2031-01-22', '2031-01-23', '2031-01-24', '2031-01-25', '2031-01-26'],
    hungKings: '2031-04-01',
    nationalDay: ['2031-09-01', '2031-09-02'],
    inLieu: [
      { day: '2031-01-27', of: '2031-01-25' },
      { day: '2031-01-28', of: '2031-01-26' },
    ],
  },
  {
    ...inferred,
    year: 2032,
    tet: ['2032-02-10', '2032-02-11', '2032-02-12', '2032-02-13', '2032-02-14'],
    hungKings: '2032-04-19',
    nationalDay: ['2032-09-02', '2032-09-03'],
    inLieu: [
      { day: '2032-02-16', of: '2032-02-14' },
      { day: '2032-05-03', of: '2032-05-01' },
    ],
  },
  {
    ...inferred,
    year: 2033,
    tet: ['2033-01-30', '2033-01-31', '2033-02-01', '2033-02-02', '2033-02-03'],
    hungKings: '2033-04-09',
    nationalDay: ['2033-09-01', '2033-09-02'],
    inLieu: [
      { day: '2033-01-03', of: '2033-01-01' },
      { day: '2033-02-04', of: '2033-01-30' },
      { day: '2033-04-11', of: '2033-04-09' },
      { day: '2033-05-02', of: '2033-04-30' },
      { day: '2033-05-03', of: '2033-05-01' },
    ],
  },
  {
    ...inferred,
    year: 2034,
    tet: ['2034-02-18', '2034-02-19', '2034-02-20', '2034-02-21', '2034-02-22'],
    hungKings: '2034-04-28',
    nationalDay: ['2034-09-01', '2034-09-02'],
    inLieu: [
      { day: '2034-01-02', of: '2034-01-01' },
      { day: '2034-02-23', of: '2034-02-18' },
      { day: '2034-02-24', of: '2034-02-19' },
      { day: '2034-05-02', of: '2034-04-30' },
      { day: '2034-09-04', of: '2034-09-02' },
    ],
  },
]
