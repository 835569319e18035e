/**
 * ThongTinBienLai as the platform wants it: what it prints on the receipt and where it sends the money. It travels outside the signature, so a change on
 * the way would not be noticed by the hash; it goes out over TLS, and nothing of it is ever believed when it comes back.
 */
import { readProcedureCode } from '../../domain/procedure-code.ts'
import { clip } from '../../lib/text.ts'
import { type Payment, ProviderError } from '../contract.ts'
import { type ReceiptBlock, receiptBlock } from '../receipt-block.ts'
import type { Account } from './account.ts'

/** Throws `rejected` as `receiptBlock`, and for a payee or an identity number that is not known. */
export const receiptPart = (payment: Payment, account: Account): ReceiptBlock => {
  const block = receiptBlock({ ...payment, description: paymentText(payment) }, { serviceSuffix: null })
  if (block.TKThuHuong === '') throw refusal('bill_payee', 'the bill has no account of the payee')
  // Some integrations send nine zeros instead; a receipt in nobody's name is none.
  if (block.SoCMNDNguoiNop === '') throw refusal('bill_identity_number', "the payer's identity number is not known")
  // Of the national catalogue, and never a local one.
  const procedure = readProcedureCode(payment.bill?.procedure?.code ?? '')?.national ?? ''
  const service = procedure === '' ? '' : `${procedure}${account.service_code_suffix}`
  const name = shortened(String(block.TenTTHC))
  const unit = account.unit_code ?? String(block.MaDonVi)
  const lines = Array.isArray(block.PhiLePhi) ? block.PhiLePhi : []
  return {
    ...block,
    MaDonVi: unit,
    ...{ MaTTHC: procedure, TenTTHC: name, MaDVC: service, TenDVC: name },
    MaNHThuHuong: account.payee_bank_code ?? String(block.MaNHThuHuong),
    PhiLePhi: lines.map((line) => ({ ...line, MaPhiLePhi: account.fee_code ?? service })),
    MaCoQuanQD: account.deciding_agency_code ?? unit,
    TenCoQuanQD: account.deciding_agency_name ?? String(block.TenCoQuanQD),
  }
}

/** ThongTinGiaoDich and NoiDungThanhToan: unaccented, and without the separator of signed texts. */
export const paymentText = ({ dossierCode, merchantReference }: Pick<Payment, 'dossierCode' | 'merchantReference'>) => {
  const code = dossierCode.replace(/[^0-9A-Za-z_./-]+/g, ' ').trim()
  return `THANH TOAN HO SO ${code || merchantReference}`.slice(0, 200)
}

/** Names above 250 characters are cut to 200 and three dots, as a public integration does. */
const shortened = (name: string): string => (name.length > 250 ? `${clip(name, 200)}...` : name)

const refusal = (code: string, message: string): ProviderError => new ProviderError('rejected', message, { code })
