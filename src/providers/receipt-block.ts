/**
 * The receipt block (`ThongTinBienLai`) in which the national payment platform, and gateways that feed it, are told what a fee is for, who owes it and who
 * receives it. Public code of provincial one-stop systems, 2020 to 2026, has its fields; no vendor document does.
 */
import { readProcedureCode } from '../domain/procedure-code.ts'
import { nfc } from '../lib/text.ts'
import { type Bill, type Payment, ProviderError } from './contract.ts'

export type ReceiptBlock = Record<string, string | readonly Record<string, string>[]>

/** Fees and charges of a dossier. A fine (`1`) needs its decision's number, date and place, which no order of ours carries. */
const feesAndCharges = '2'
/** What such a receipt can be for, as `LoaiPhiLePhi` numbers it. */
const chargeTypes: Readonly<Partial<Record<Bill['lines'][number]['kind'], string>>> = { phi: '1', le_phi: '2' }

/**
 * The block of one payment: every key, with empty text for what does not apply or is not known, amounts as text. `serviceSuffix` makes the public service's
 * code out of the procedure's (one system writes `.01`); null leaves the service out. Throws `rejected` without a bill, for a line that is neither phí nor lệ
 * phí, and when the lines are not the amount.
 */
export const receiptBlock = (
  payment: Pick<Payment, 'bill' | 'amount' | 'dossierCode' | 'description'>,
  { serviceSuffix }: { serviceSuffix: string | null },
): ReceiptBlock => {
  const { bill } = payment
  if (!bill) throw new ProviderError('rejected', 'the receipt block needs what the fee is for', { code: 'no_bill' })
  const lines = bill.lines.filter((line) => line.amount > 0n)
  if (lines.some((line) => !chargeTypes[line.kind])) {
    throw new ProviderError('rejected', 'the receipt block is for phí and lệ phí only', { code: 'bill_kind' })
  }
  if (lines.reduce((sum, line) => sum + line.amount, 0n) !== payment.amount) {
    throw new ProviderError('rejected', 'the fee lines are not the amount', { code: 'bill_amount' })
  }
  const service = serviceOf(bill, serviceSuffix)
  return {
    MaDichVu: feesAndCharges,
    MaDonVi: clean(bill.agency.code),
    TenDonVi: clean(bill.agency.name),
    MaHoSo: clean(payment.dossierCode),
    MaTTHC: procedureCode(bill),
    TenTTHC: clean(bill.procedure?.name),
    MaDVC: service.code,
    TenDVC: service.name,
    TKThuHuong: clean(bill.payee?.number),
    MaNHThuHuong: clean(bill.payee?.bank_bin),
    TenTKThuHuong: clean(bill.payee?.holder),
    PhiLePhi: lines.map((line) => ({
      LoaiPhiLePhi: chargeTypes[line.kind] ?? '',
      MaPhiLePhi: clean(line.code),
      TenPhiLePhi: clean(line.description),
      SoTien: String(line.amount),
    })),
    ...ofFinesOnly,
    NoiDungThanhToan: clean(payment.description),
    HoTenNguoiNop: clean(bill.payer.name),
    SoCMNDNguoiNop: clean(bill.payer.identityNumber),
    DiaChiNguoiNop: clean(bill.payer.address),
    ...{ HuyenNguoiNop: '', TinhNguoiNop: '', TaiKhoanThuNSNN: '' },
    MaCoQuanQD: clean(bill.agency.code),
    TenCoQuanQD: clean(bill.agency.name),
    DSKhoanNop: lines.map((line) => ({ NoiDung: clean(line.description), SoTien: String(line.amount) })),
  }
}

/** Members of the block that hold personal data. */
export const personalInReceiptBlock = ['HoTenNguoiNop', 'SoCMNDNguoiNop', 'DiaChiNguoiNop'] as const

const ofFinesOnly = {
  ...{ MaLoaiHinhThuPhat: '', TenLoaiHinhThuPhat: '', KhoBac: '', NgayQD: '', SoQD: '' },
  ...{ ThoiGianViPham: '', DiaDiemViPham: '', TenNguoiViPham: '' },
}

/** The code of the national catalogue, which the block asks for, and not the province's writing of it. */
const procedureCode = ({ procedure }: Bill): string =>
  procedure ? (readProcedureCode(procedure.code)?.national ?? clean(procedure.code)) : ''

const serviceOf = (bill: Bill, suffix: string | null): { code: string; name: string } =>
  suffix === null || !bill.procedure
    ? { code: '', name: '' }
    : { code: `${procedureCode(bill)}${suffix}`, name: clean(bill.procedure.name) }

const clean = (text: string | null | undefined): string =>
  nfc((text ?? '').toWellFormed())
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, 500)
    .toWellFormed()
