export const words = {
  vi: { title: 'Tổng quan', open: 'Chênh lệch đang mở', see: 'Xem các chênh lệch' },
  en: { title: 'Overview', open: 'Open discrepancies', see: 'See the discrepancies' },
}
