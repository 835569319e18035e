/**
 * What the page of /verify says of a code, as words and rows. The browser does the same by itself from the very text of these functions, so they use nothing outside
 * of themselves; see verify-script.ts.
 */
import type { ReceiptProof, ReceiptStatusList } from '../domain/receipt-proof.ts'
import type { Language } from './language.ts'

export type VerifyWords = Record<
  | 'title'
  | 'intro'
  | 'label'
  | 'button'
  | 'offline'
  | 'genuine'
  | 'genuineText'
  | 'replaced'
  | 'replacedText'
  | 'refunded'
  | 'refundedText'
  | 'unknown'
  | 'malformed'
  | 'malformedText'
  | 'unknown_key'
  | 'unknown_keyText'
  | 'forged'
  | 'forgedText'
  | 'unsupported'
  | 'unsupportedText'
  | 'listed'
  | 'noList'
  | 'phi'
  | 'le_phi'
  | 'number'
  | 'agency'
  | 'order'
  | 'issued'
  | 'amount'
  | 'fee',
  string
>

export const verifyWords: Record<Language, VerifyWords> = {
  vi: {
    title: 'Kiểm tra biên lai',
    intro: 'Quét mã trên biên lai bằng điện thoại, hoặc dán nội dung mã vào ô dưới đây.',
    label: 'Nội dung mã',
    button: 'Kiểm tra',
    offline: 'Trình duyệt tự kiểm tra chữ ký, không gửi nội dung biên lai đi đâu.',
    genuine: 'Biên lai thật',
    genuineText: 'Chữ ký số đúng. Nội dung dưới đây là nội dung đã phát hành.',
    replaced: 'Biên lai đã được thay thế',
    replacedText: 'Chữ ký số đúng, nhưng đã có biên lai khác thay thế biên lai này.',
    refunded: 'Biên lai thật, đã hoàn tiền',
    refundedText: 'Chữ ký số đúng, nhưng khoản thu này đã được hoàn một phần hoặc toàn bộ.',
    unknown: 'Danh sách công bố không bao gồm biên lai lập lâu như vậy: chưa rõ đã hoàn hay thay thế.',
    malformed: 'Không phải mã biên lai',
    malformedText: 'Nội dung không đọc được. Hãy quét lại toàn bộ mã trên biên lai.',
    unknown_key: 'Không xác nhận được',
    unknown_keyText: 'Mã được ký bằng khóa không có trong danh sách đã công bố.',
    forged: 'Biên lai không hợp lệ',
    forgedText: 'Chữ ký số không khớp với nội dung. Biên lai có thể đã bị sửa hoặc giả mạo.',
    unsupported: 'Trình duyệt chưa tự kiểm tra được',
    unsupportedText: 'Trình duyệt này chưa hỗ trợ chữ ký Ed25519. Bấm Kiểm tra để hệ thống kiểm tra giúp.',
    listed: 'Theo danh sách công bố lúc',
    noList: 'Không có danh sách biên lai đã hoàn, đã thay thế.',
    phi: 'Biên lai thu phí',
    le_phi: 'Biên lai thu lệ phí',
    number: 'Mẫu số, ký hiệu, số',
    agency: 'Mã đơn vị thu',
    order: 'Mã yêu cầu thanh toán',
    issued: 'Lập lúc',
    amount: 'Tổng số tiền',
    fee: 'Khoản',
  },
  en: {
    title: 'Check a receipt',
    intro: 'Scan the code on the receipt with a phone, or paste what it holds below.',
    label: 'What the code holds',
    button: 'Check',
    offline: 'The browser checks the signature by itself and sends the receipt nowhere.',
    genuine: 'Genuine receipt',
    genuineText: 'The signature is right. What is below is what was issued.',
    replaced: 'Receipt that was replaced',
    replacedText: 'The signature is right, but another receipt stands in its place.',
    refunded: 'Genuine receipt, money returned',
    refundedText: 'The signature is right, but the money was returned in part or in whole.',
    unknown: 'The published list does not reach back that far: whether it was refunded or replaced is not known.',
    malformed: 'Not the code of a receipt',
    malformedText: 'It cannot be read. Please scan the whole code again.',
    unknown_key: 'Cannot be confirmed',
    unknown_keyText: 'It is signed by a key that is not among those published.',
    forged: 'Not a valid receipt',
    forgedText: 'The signature does not fit the content. It may have been altered or forged.',
    unsupported: 'This browser cannot check by itself',
    unsupportedText: 'It does not know Ed25519 signatures yet. Press Check and the gateway checks it.',
    listed: 'By the list published at',
    noList: 'There is no list of refunded and replaced receipts.',
    phi: 'Receipt for fees (phí)',
    le_phi: 'Receipt for fees (lệ phí)',
    number: 'Form, serial, number',
    agency: 'Agency code',
    order: 'Payment order',
    issued: 'Issued at',
    amount: 'Total',
    fee: 'Fee',
  },
}

export type Told = { tone: 'good' | 'wait' | 'bad'; title: string; text: string; rows: [string, string][] }

export type Finding = {
  why: 'malformed' | 'unknown_key' | 'forged' | 'unsupported' | null
  proof: ReceiptProof | null
  standing: 'replaced' | 'refunded' | 'standing' | 'unknown'
  list: Pick<ReceiptStatusList, 'at'> | null
}

/** What is said of a code. */
export const tellFinding = ({ why, proof, standing, list }: Finding, words: VerifyWords): Told => {
  const dong = (amount: number) => `${String(amount).replace(/\B(?=(\d{3})+$)/g, '.')} đ`
  // By the clock of Vietnam, whatever that of the device.
  const time = (seconds: number) => {
    const text = new Date((seconds + 7 * 3_600) * 1_000).toISOString()
    return `${text.slice(11, 19)} ${text.slice(8, 10)}/${text.slice(5, 7)}/${text.slice(0, 4)}`
  }
  if (!proof) {
    const name = why ?? 'malformed'
    return { tone: name === 'unsupported' ? 'wait' : 'bad', title: words[name], text: words[`${name}Text`], rows: [] }
  }
  const name = standing === 'replaced' || standing === 'refunded' ? standing : 'genuine'
  const told = list ? `${words.listed} ${time(list.at)}.` : words.noList
  const fees =
    proof.l.length > 1
      ? proof.l.map((amount, index): [string, string] => [`${words.fee} ${index + 1}`, dong(amount)])
      : []
  return {
    tone: name === 'genuine' && standing === 'standing' ? 'good' : 'wait',
    title: words[name],
    text: [words[`${name}Text`], ...(standing === 'unknown' && list ? [words.unknown] : []), told].join(' '),
    rows: [
      [words[proof.k], `${proof.f} · ${proof.s} · ${proof.n}`],
      [words.amount, dong(proof.t)],
      ...fees,
      [words.agency, proof.a],
      [words.order, proof.o],
      [words.issued, time(proof.i)],
    ],
  }
}
