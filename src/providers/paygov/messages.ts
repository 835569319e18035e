/** The platform's fields in their signing order, version 1.0.6, and what is written into them (README.md). */
import type { Payment } from '../contract.ts'
import type { Account } from './account.ts'
import { paymentText } from './receipt-part.ts'

const names = (text: string): readonly string[] => text.split(/\s+/)

/** Time and text change places between INIT and CONFIRM. GET_BILL is signed as QUERY is. */
export const orders = {
  init: names(`LoaiBanTin PhienBan MaDoiTac MaThamChieu SoTien LoaiHinhThanhToan MaKenhThanhToan MaThietBi NgonNgu MaTienTe
    MaNganHang ThongTinGiaoDich ThoiGianGD Ip`),
  query: names('LoaiBanTin PhienBan MaDoiTac MaThamChieu ThoiGianGD'),
  notice: names(`LoaiBanTin MaLoi MaDoiTac MaThamChieu SoTien MaTienTe MaGiaoDich MaNganHang ThoiGianGD
    ThongTinGiaoDich`),
}

type At = { account: Account; time: string }

export const initFields = (payment: Payment, { account, time, ip }: At & { ip: string }) => ({
  LoaiBanTin: 'INIT',
  PhienBan: account.version,
  MaDoiTac: account.partner_code,
  MaThamChieu: payment.merchantReference,
  SoTien: String(payment.amount),
  LoaiHinhThanhToan: 'PAY',
  MaKenhThanhToan: '1',
  MaThietBi: '1',
  NgonNgu: 'vi-VN',
  MaTienTe: 'VND',
  // The payer picks on the platform's page: what the other codes mean is not public.
  MaNganHang: 'PAYMENT',
  ThongTinGiaoDich: paymentText(payment),
  ThoiGianGD: time,
  Ip: ip,
})

export const queryFields = ({ merchantReference }: Payment, { account, time }: At) => ({
  LoaiBanTin: 'QUERY',
  PhienBan: account.version,
  MaDoiTac: account.partner_code,
  MaThamChieu: merchantReference,
  ThoiGianGD: time,
})
