/** Receipts on paper: the content of form 01/PLPĐT (TT 91, annex V), each on a page of its own. The same receipts are the same bytes, whatever key signs now. */
import { decodeProtectedHeader } from 'jose'
import { encodeQR } from 'qr'
import { formatDong } from '../domain/money.ts'
import { type ReceiptHistory, receiptState, type SignedReceipt } from '../domain/receipt.ts'
import { addGap, addPage, addSides, addSquares, addText, closePdf, openPdf, type Pdf } from '../lib/pdf.ts'
import { addTable } from '../lib/pdf-table.ts'
import { formatVietnamese, formatVietnameseDay } from '../lib/time.ts'
import type { Deps } from './deps.ts'
import { receiptCode } from './prove-receipt.ts'

type SignedHistory = ReceiptHistory & { receipt: SignedReceipt }

/** At least one receipt. */
export const receiptPdf = async (deps: Deps, histories: readonly SignedHistory[]): Promise<Uint8Array<ArrayBuffer>> => {
  const [first] = histories
  if (!first) throw new RangeError('no receipt to print')
  const title = `Biên lai ${histories.map(({ receipt }) => `${receipt.serial}-${receipt.number}`).join(', ')}`
  const pdf = await openPdf({
    fonts: await deps.pdfFonts(),
    title,
    at: first.receipt.issuedAt,
    paper: 'a4',
    margin: 48,
  })
  for (const [index, history] of histories.entries()) {
    if (index > 0) addPage(pdf)
    await addReceipt(pdf, history, deps)
    addSignature(pdf, history, deps)
  }
  return closePdf(pdf, { foot: (page, pages) => `${title} · Trang ${page}/${pages}` })
}

/** Members that form 01/PLPĐT has and nobody told us stay to be filled in by hand. */
const blank = '…………………………'

const addReceipt = async (pdf: Pdf, history: ReceiptHistory, deps: Deps): Promise<void> => {
  const { document } = history.receipt
  const { collector, payment } = document
  addSides(pdf, [
    { share: 3, text: `Tên tổ chức thu: ${collector.name}`, bold: true },
    { share: 2, text: `Mẫu số: ${document.form}\nKý hiệu: ${document.serial}\nSố: ${document.number}`, align: 'right' },
  ])
  addText(pdf, `Mã số thuế: ${collector.tax_code ?? blank}`)
  addText(pdf, `Địa chỉ: ${collector.address ?? blank}`)
  addSides(pdf, [
    { share: 1, text: `Điện thoại: ${collector.phone ?? blank}` },
    { share: 1, text: `Số tài khoản: ${collector.account?.number ?? blank}` },
  ])
  addGap(pdf, 14)
  addText(pdf, document.title, { size: 16, bold: true, align: 'center' })
  addText(pdf, dayInWords(document.issued_on), { align: 'center', after: 4 })
  for (const line of standing(history)) addText(pdf, line, { bold: true, align: 'center' })
  addGap(pdf, 8)
  addText(pdf, `Tên người nộp: ${document.payer.name}`)
  addSides(pdf, [
    { share: 1, text: `Mã số thuế: ${blank}` },
    { share: 1, text: `Số tài khoản: ${blank}` },
  ])
  addText(pdf, `Địa chỉ: ${blank}`)
  if (document.procedure_name) addText(pdf, `Thủ tục: ${document.procedure_name}`)
  addText(pdf, `Mã hồ sơ: ${document.dossier_code}`, { after: 8 })
  await addTable(pdf, {
    size: 9,
    columns: [
      { title: 'STT', share: 0.5, align: 'center' },
      { title: 'Nội dung thu', share: 4 },
      { title: 'Số tiền', share: 1.4, align: 'right' },
      { title: 'Bằng chữ', share: 3 },
    ],
    rows: [
      ...document.fees.map((fee, index) => ({
        cells: [
          String(index + 1),
          fee.quantity > 1 ? `${fee.description} (${fee.quantity} × ${formatDong(fee.unit_amount)})` : fee.description,
          formatDong(fee.amount),
          fee.amount_in_words,
        ],
      })),
      { bold: true, span: 2, cells: ['Tổng cộng', '', formatDong(document.amount), document.amount_in_words] },
    ],
  })
  addGap(pdf, 8)
  addText(pdf, `Số tiền bằng chữ: ${document.amount_in_words}.`)
  const provider = Object.hasOwn(deps.providers, payment.provider) ? deps.providers[payment.provider]?.title.vi : null
  addText(pdf, `Hình thức thanh toán: ${payment.method}, qua ${provider ?? payment.provider}`)
  const paidAt = payment.paid_at ? `, lúc ${formatVietnamese(new Date(payment.paid_at))}` : ''
  addText(pdf, `Mã giao dịch: ${payment.provider_reference ?? payment.merchant_reference}${paidAt}`)
}

const dayInWords = (day: string): string => {
  const [year, month, date] = day.split('-')
  return `Ngày ${date} tháng ${month} năm ${year}`
}

const standing = (history: ReceiptHistory): string[] => {
  const { replaces } = history.receipt.document
  const { replacedBy } = history
  return [
    ...(replaces
      ? [
          `Thay thế biên lai ${replaces.form} ${replaces.serial} số ${replaces.number} ngày ${formatVietnameseDay(replaces.issued_on)}. Lý do: ${replaces.reason}`,
        ]
      : []),
    ...(receiptState(history) === 'replaced' && replacedBy
      ? [`ĐÃ BỊ THAY THẾ bởi biên lai ${replacedBy.form} ${replacedBy.serial} số ${replacedBy.number}`]
      : []),
    ...history.notices.map(({ text, noticedAt }) => `Thông báo ngày ${formatVietnamese(noticedAt)}: ${text}`),
  ]
}

/** 4 cm and the quiet zone. */
const codeSize = 132

const addSignature = (pdf: Pdf, { receipt }: SignedHistory, { publicUrl }: Pick<Deps, 'publicUrl'>): void => {
  const { document, issuedAt } = receipt
  const root = document.ledger_root
  addGap(pdf, 14)
  addText(pdf, 'CHỮ KÝ SỐ', { bold: true })
  addText(pdf, `Ký bởi: ${document.collector.name}, qua cổng thanh toán LePhi`)
  addText(pdf, `Ngày ký: ${formatVietnamese(issuedAt)}`)
  addText(pdf, `Ed25519, khóa ${decodeProtectedHeader(receipt.proof).kid}`, { size: 8 })
  if (root) addText(pdf, `Mã niêm phong sổ cái ngày ${formatVietnameseDay(root.day)}: ${root.root}`, { size: 8 })
  addGap(pdf, 8)
  addSquares(pdf, {
    modules: encodeQR(receiptCode({ publicUrl }, receipt), 'raw', { ecc: 'medium', border: 4 }),
    size: codeSize,
  })
  addText(
    pdf,
    `Quét mã để kiểm tra biên lai, hoặc vào ${publicUrl}/verify. Trang này không gửi nội dung biên lai đi đâu.`,
    {
      size: 8,
    },
  )
}
