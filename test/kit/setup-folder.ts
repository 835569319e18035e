// The files of a small province's first installation. Codes, names and prices are made up.
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export const hashSecret = 'KEYOFTHECONTRACTKEYOFTHECONTRACT'

export const accountOf = (more: Record<string, unknown> = {}) => ({
  agency_code: 'H99',
  provider: 'vnpay',
  title: 'VNPAY',
  credentials: { tmn_code: 'LEPHI099', hash_secret: hashSecret },
  settings: {
    payment_url: 'https://pay.example.vn/paymentv2/vpcpay.html',
    api_url: 'https://pay.example.vn/merchant_webapi/api/transaction',
  },
  payee_account: { number: '0111000000099', bank_bin: '970436', holder: 'KHO BAC NHA NUOC TINH H99' },
  provider_fee: { basis_points: 55, vat_basis_points: 1_000 },
  cutoff: '00:00',
  settlement_days: 1,
  statement_sample: 'doi-soat.csv',
  ...more,
})

export const feeHeader =
  'agency_code,fee_code,name,kind,unit_amount,budget_item,legal_basis,refundable_when_rejected,valid_from,valid_to'

export const setupFiles = {
  'agencies.csv': [
    'agency_code,name,tax_code,budget_unit_code,fee_check',
    'H99.01,Sở Tư pháp,2899000002,1099002,enforce',
    'H99,Ủy ban nhân dân tỉnh,2899000001,,',
    'H99.02,"Ủy ban nhân dân phường A, tỉnh H99",2899000003,1099003,warn',
  ],
  'fees.csv': [
    feeHeader,
    'H99,LP-TEST,Lệ phí mẫu,le_phi,28.000,2771,Nghị quyết mẫu 01/2026,no,01/01/2026,',
    'H99,PHI-TEST,Phí mẫu,phi,50000,2716,,,2026-01-01,2026-12-31',
    'H99,PHI-TEST,Phí mẫu,phi,100000,2716,,,2027-01-01,',
    'H99.01,PHI-CT,Phí theo công thức,phi,,,,,2026-01-01,',
  ],
  'procedures.csv': [
    'procedure_code,name,fee_codes',
    '9.900193,Thủ tục mẫu,LP-TEST PHI-TEST',
    '9.900194.H99,Thủ tục không thu phí,',
  ],
  'clients.csv': [
    'name,agency_code,scopes',
    'Cổng dịch vụ công,H99,orders:read orders:write refunds:write webhooks:write',
    'Quản trị,H99,admin',
  ],
  'doi-soat.csv': [
    'BẢNG ĐỐI SOÁT;;;;;',
    'Mã đơn hàng;Thời gian giao dịch;Loại giao dịch;Số tiền;Phí;Trạng thái',
    'att01;23/11/2026 10:02:00;Thanh toán;150.000;2.118;Thành công',
    'att02;23/11/2026 23:12:09;Hoàn tiền;50.000;0;Thành công',
  ],
} as const

/** Writes the files, the named ones otherwise or not at all. */
export const writeSetupFolder = async (
  folder: string,
  others: Partial<Record<keyof typeof setupFiles, readonly string[] | null>> = {},
  accounts: readonly unknown[] | null = [accountOf()],
): Promise<void> => {
  await mkdir(folder, { recursive: true })
  for (const [name, lines] of Object.entries({ ...setupFiles, ...others }))
    if (lines) await writeFile(join(folder, name), `${lines.join('\r\n')}\r\n`)
  if (!accounts) return
  await writeFile(join(folder, 'merchant_accounts.json'), JSON.stringify(accounts))
  await chmod(join(folder, 'merchant_accounts.json'), 0o600)
}
