// Owns the words of the payment platform of the National Public Service Portal, version 1.0.6: fields, orders, forms, and what the receipt block must hold.
// Source: public code of two portals (2021, 2025); the platform's own documents and hosts are not public, so the paths are this simulator's own.
import { type PipedTerms, wireText, words } from '../piped-terms.ts'

/** Every one must be there, empty where it does not apply. */
const receiptMembers = words(
  'MaDichVu MaDonVi TenDonVi MaHoSo MaTTHC TenTTHC MaDVC TenDVC TKThuHuong MaNHThuHuong TenTKThuHuong PhiLePhi MaLoaiHinhThuPhat TenLoaiHinhThuPhat KhoBac NgayQD SoQD ThoiGianViPham DiaDiemViPham TenNguoiViPham NoiDungThanhToan HoTenNguoiNop SoCMNDNguoiNop DiaChiNguoiNop MaCoQuanQD TenCoQuanQD DSKhoanNop HuyenNguoiNop TinhNguoiNop TaiKhoanThuNSNN',
)
const neverEmpty = words('MaDonVi MaHoSo TKThuHuong NoiDungThanhToan HoTenNguoiNop SoCMNDNguoiNop')

export const terms: PipedTerms = {
  provider: 'paygov',
  title: 'Nền tảng thanh toán trực tuyến quốc gia',
  paths: { init: '/khoi-tao', query: '/truy-van' },
  names: {
    ...{ code: 'MaLoi', text: 'MoTaLoi', merchant: 'MaDoiTac', reference: 'MaThamChieu', amount: 'SoTien' },
    ...{ currency: 'MaTienTe', number: 'MaGiaoDich', method: 'MaNganHang', time: 'ThoiGianGD' },
    ...{ info: 'ThongTinGiaoDich', status: 'TrangThaiGD', signature: 'MaXacThuc', payUrl: 'UrlThanhToan' },
    initTime: 'ThoiGianGD',
  },
  orders: {
    init: words(
      'LoaiBanTin PhienBan MaDoiTac MaThamChieu SoTien LoaiHinhThanhToan MaKenhThanhToan MaThietBi NgonNgu MaTienTe MaNganHang ThongTinGiaoDich ThoiGianGD Ip',
    ),
    query: words('LoaiBanTin PhienBan MaDoiTac MaThamChieu ThoiGianGD'),
    notice: words(
      'LoaiBanTin MaLoi MaDoiTac MaThamChieu SoTien MaTienTe MaGiaoDich MaNganHang ThoiGianGD ThongTinGiaoDich',
    ),
  },
  initForms: {
    ...{
      LoaiBanTin: /^INIT$/,
      PhienBan: /^1\.0\.6$/,
      MaThamChieu: /^[0-9A-Za-z_]{1,50}$/,
      SoTien: /^[1-9][0-9]{0,11}$/,
    },
    ...{ LoaiHinhThanhToan: /^PAY$/, MaKenhThanhToan: /^1$/, MaThietBi: /^1$/, NgonNgu: /^vi-VN$/, MaTienTe: /^VND$/ },
    ...{ MaNganHang: /^PAYMENT$/, ThongTinGiaoDich: /^[ -~]{1,255}$/, ThoiGianGD: /^\d{14}$/ },
    Ip: /^[0-9A-Fa-f.:]{2,50}$/,
  },
  queryForms: { LoaiBanTin: /^QUERY$/, PhienBan: /^1\.0\.6$/, ThoiGianGD: /^\d{14}$/ },
  initProblem: (raw) => receiptProblem(raw.ThongTinBienLai, wireText(raw.SoTien)),
  noticeKind: 'CONFIRM',
  queryExtras: ({ id }) => ({ MaDoiTac: id, LoaiBanTin: 'QUERY', MaNganHang: 'VNPTPAY' }),
  description: (raw) => wireText(raw.ThongTinGiaoDich),
  writeAmount: (amount, message) => (message === 'query' ? Number(amount) : String(amount)),
}

const receiptProblem = (block: unknown, amount: string): string | null => {
  if (typeof block !== 'object' || block === null || Array.isArray(block)) return 'Invalid ThongTinBienLai'
  const given: Record<string, unknown> = { ...block }
  const missing = receiptMembers.find((name) => !(name in given))
  if (missing) return `Missing ThongTinBienLai.${missing}`
  const empty = neverEmpty.find((name) => wireText(given[name]) === '')
  if (empty) return `Empty ThongTinBienLai.${empty}`
  if (given.MaDichVu !== '2' || given.SoCMNDNguoiNop === '000000000') return 'Invalid ThongTinBienLai'
  const sums = [sumOf(given.PhiLePhi), sumOf(given.DSKhoanNop)]
  return sums.every((sum) => String(sum) === amount) ? null : 'ThongTinBienLai does not add up to SoTien'
}

/** The sum of a list's SoTien; null where one of them is no amount. */
const sumOf = (list: unknown): bigint | null => {
  if (!Array.isArray(list)) return null
  const amounts = list.map((line: unknown) =>
    wireText(typeof line === 'object' && line !== null && 'SoTien' in line ? line.SoTien : ''),
  )
  if (!amounts.every((text) => /^[1-9][0-9]{0,11}$/.test(text))) return null
  return amounts.reduce((sum, text) => sum + BigInt(text), 0n)
}
