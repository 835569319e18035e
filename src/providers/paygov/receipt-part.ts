/**
 * ThongTinBienLai: what the platform prints on the receipt and where it sends the money. It travels outside the signature, so a change on the way would
 * not be noticed by the hash; it goes out over TLS, and nothing of it is ever believed when it comes back.
 */
import type { FeeKind } from '../../domain/order-facts.ts'
import { readProcedureCode } from '../../domain/procedure-code.ts'
import { clip, nfc } from '../../lib/text.ts'
import { type Bill, type Payment, ProviderError } from '../contract.ts'
import type { Account } from './account.ts'

/** LoaiPhiLePhi. Fines and taxes are other messages (MaDichVu), with members that a fee order does not have. */
const feeKinds: Partial<Record<FeeKind, string>> = { phi: '1', le_phi: '2' }
/** MaDichVu of the fees and charges of a dossier. */
const dossierFees = '2'

/** Every member, empty where it is about a fine or is not known. Throws `rejected` for what the platform must not be told without. */
export const receiptPart = (payment: Payment, account: Account): Record<string, unknown> => {
  const { bill } = payment
  if (!bill) throw refusal('bill', 'the payment has no bill')
  const lines = billLines(bill, payment.amount)
  if (!bill.payee) throw refusal('bill_payee', 'the bill has no account of the payee')
  const identity = bill.payer.identityNumber
  // Some integrations send nine zeros instead; a receipt in nobody's name is none.
  if (!identity) throw refusal('bill_identity_number', "the payer's identity number is not known")
  const procedure = readProcedureCode(bill.procedure?.code ?? '')?.national ?? ''
  const procedureName = shortened(bill.procedure?.name ?? '')
  const service = procedure === '' ? '' : `${procedure}${account.service_code_suffix}`
  const content = paymentText(payment)
  return {
    MaDichVu: dossierFees,
    MaDonVi: account.unit_code ?? bill.agency.code,
    TenDonVi: nfc(bill.agency.name),
    MaHoSo: payment.dossierCode,
    MaTTHC: procedure,
    TenTTHC: procedureName,
    MaDVC: service,
    TenDVC: procedureName,
    TKThuHuong: bill.payee.number,
    MaNHThuHuong: account.payee_bank_code ?? bill.payee.bank_bin,
    TenTKThuHuong: bill.payee.holder,
    PhiLePhi: lines.map(({ kind, description, amount }) => ({
      LoaiPhiLePhi: feeKinds[kind] ?? '',
      MaPhiLePhi: account.fee_code ?? service,
      TenPhiLePhi: nfc(description),
      SoTien: String(amount),
    })),
    ...noFine,
    NoiDungThanhToan: content,
    HoTenNguoiNop: nfc(bill.payer.name),
    SoCMNDNguoiNop: identity,
    DiaChiNguoiNop: nfc(bill.payer.address ?? ''),
    MaCoQuanQD: account.deciding_agency_code ?? account.unit_code ?? bill.agency.code,
    TenCoQuanQD: nfc(account.deciding_agency_name ?? bill.agency.name),
    DSKhoanNop: lines.map(({ description, amount }) => ({ NoiDung: nfc(description), SoTien: String(amount) })),
    HuyenNguoiNop: '',
    TinhNguoiNop: '',
    TaiKhoanThuNSNN: '',
  }
}

/** ThongTinGiaoDich and NoiDungThanhToan: unaccented, and without the separator of signed texts. */
export const paymentText = ({ dossierCode, merchantReference }: Pick<Payment, 'dossierCode' | 'merchantReference'>) => {
  const code = dossierCode.replace(/[^0-9A-Za-z_./-]+/g, ' ').trim()
  return `THANH TOAN HO SO ${code || merchantReference}`.slice(0, 200)
}

const noFine = Object.fromEntries(
  [
    ...['MaLoaiHinhThuPhat', 'TenLoaiHinhThuPhat', 'KhoBac', 'NgayQD', 'SoQD', 'ThoiGianViPham', 'DiaDiemViPham'],
    'TenNguoiViPham',
  ].map((name) => [name, '']),
)

/** The lines with money in them. PhiLePhi and DSKhoanNop must each add up to SoTien. */
const billLines = (bill: Bill, amount: bigint): Bill['lines'] => {
  const lines = bill.lines.filter((line) => line.amount !== 0n)
  const foreign = lines.find((line) => line.amount < 0n || feeKinds[line.kind] === undefined)
  if (foreign) throw refusal('bill_kind', 'a line of the bill is neither phí nor lệ phí')
  if (lines.reduce((sum, line) => sum + line.amount, 0n) !== amount) {
    throw refusal('bill_sum', 'the lines of the bill do not add up to the amount')
  }
  return lines
}

/** Names above 250 characters are cut to 200 and three dots, as a public integration does. */
const shortened = (name: string): string => (name.length > 250 ? `${clip(nfc(name), 200)}...` : nfc(name))

const refusal = (code: string, message: string): ProviderError => new ProviderError('rejected', message, { code })
