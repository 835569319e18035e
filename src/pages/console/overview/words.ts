/** What the first page says. */
import type { Language } from '../../language.ts'

type Words = {
  title: string
  from: string
  to: string
  agency: string
  allAgencies: string
  period: (from: string, to: string, agency: string | null) => string
  figures: Record<
    'collected' | 'settled' | 'refunded' | 'unmatched' | 'unknown' | 'suspense',
    { name: string; means: string }
  >
  present: string
  unknownOf: (attempts: number, refunds: number) => string
  ages: string
  age: string
  days: (from: number, to: number | null) => string
  count: string
  amount: string
  all: string
  overdue: string
  noneOpen: string
  orders: string
  status: string
  byDay: (unit: 'day' | 'week' | 'month') => string
  byDayShows: string
  byAgency: string
  byProvider: string
  barsShow: string
  day: string
  agencyName: string
  provider: string
  collected: string
  settled: string
  refunded: string
  unknown: string
  total: string
  nothingMoved: string
}

export const words: Record<Language, Words> = {
  vi: {
    title: 'Tổng quan',
    from: 'Từ ngày',
    to: 'Đến ngày',
    agency: 'Đơn vị',
    allAgencies: 'Tất cả',
    period: (from, to, agency) => `Số liệu từ ${from} đến hết ${to}${agency ? `, đơn vị ${agency}` : ''}.`,
    figures: {
      collected: { name: 'Đã thu', means: 'Trong kỳ, theo bảng kê thu phí, lệ phí.' },
      settled: { name: 'Đã quyết toán về ngân hàng', means: 'Trong kỳ, theo sao kê ngân hàng.' },
      refunded: { name: 'Đã hoàn trả', means: 'Trong kỳ, theo báo cáo hoàn trả.' },
      unmatched: { name: 'Chưa khớp', means: 'Số tiền của các chênh lệch chưa xử lý xong.' },
      unknown: { name: 'Chưa rõ kết quả', means: 'Đối tác chưa trả lời: chưa biết đã thu, đã hoàn hay chưa.' },
      suspense: { name: 'Đang treo', means: 'Tiền đã về nhưng chưa thuộc đơn phí nào.' },
    },
    present: 'tính đến lúc này',
    unknownOf: (attempts, refunds) => `${attempts} lần thanh toán, ${refunds} lần hoàn trả`,
    ages: 'Chênh lệch chưa xử lý, theo tuổi',
    age: 'Đã mở',
    days: (from, to) => (to === null ? `trên ${from - 1} ngày` : `${from}–${to} ngày`),
    count: 'Số vụ',
    amount: 'Số tiền',
    all: 'Tất cả',
    overdue: 'Trong đó quá hạn',
    noneOpen: 'Không còn chênh lệch nào chưa xử lý.',
    orders: 'Đơn phí lập trong kỳ',
    status: 'Trạng thái',
    byDay: (unit) => `Thu và quyết toán theo ${{ day: 'ngày', week: 'tuần', month: 'tháng' }[unit]}`,
    byDayShows: 'Biểu đồ cột: mỗi mốc thời gian có số đã thu và số đã quyết toán. Số liệu đầy đủ ở bảng bên dưới.',
    byAgency: 'Theo đơn vị',
    byProvider: 'Theo đối tác',
    barsShow: 'Biểu đồ thanh: mỗi dòng có số đã thu và số đã quyết toán. Số liệu đầy đủ ở bảng bên dưới.',
    day: 'Ngày',
    agencyName: 'Đơn vị',
    provider: 'Đối tác',
    collected: 'Đã thu',
    settled: 'Đã quyết toán',
    refunded: 'Đã hoàn trả',
    unknown: 'Chưa rõ kết quả',
    total: 'Cộng',
    nothingMoved: 'Trong kỳ này chưa có khoản thu nào.',
  },
  en: {
    title: 'Overview',
    from: 'From',
    to: 'To',
    agency: 'Agency',
    allAgencies: 'All',
    period: (from, to, agency) => `Figures from ${from} to the end of ${to}${agency ? `, agency ${agency}` : ''}.`,
    figures: {
      collected: { name: 'Collected', means: 'In the period, as the report of collections has it.' },
      settled: { name: 'Settled to the bank', means: 'In the period, as bank statements show it.' },
      refunded: { name: 'Refunded', means: 'In the period, as the report of refunds has it.' },
      unmatched: { name: 'Unmatched', means: 'What the discrepancies that are not settled are about.' },
      unknown: { name: 'Unknown', means: 'The provider has not answered: neither paid nor failed, as far as we know.' },
      suspense: { name: 'In suspense', means: 'Money that arrived and belongs to no order yet.' },
    },
    present: 'as of now',
    unknownOf: (attempts, refunds) => `${attempts} payment attempts, ${refunds} refunds`,
    ages: 'Unsettled discrepancies by age',
    age: 'Open for',
    days: (from, to) => (to === null ? `over ${from - 1} days` : `${from}–${to} days`),
    count: 'Cases',
    amount: 'Amount',
    all: 'All',
    overdue: 'Of these overdue',
    noneOpen: 'No discrepancy is unsettled.',
    orders: 'Orders placed in the period',
    status: 'Status',
    byDay: (unit) => `Collected and settled by ${unit}`,
    byDayShows:
      'Column chart: what was collected and what was settled at each point in time. All figures are in the table below.',
    byAgency: 'By agency',
    byProvider: 'By provider',
    barsShow: 'Bar chart: what was collected and what was settled in each row. All figures are in the table below.',
    day: 'Day',
    agencyName: 'Agency',
    provider: 'Provider',
    collected: 'Collected',
    settled: 'Settled',
    refunded: 'Refunded',
    unknown: 'Unknown',
    total: 'Total',
    nothingMoved: 'Nothing was collected in this period.',
  },
}
