/**
 * What the page of /verify says of a code, as words and rows. The browser does the same by itself from the very text of these functions, so they use nothing outside
 * of themselves; see verify-script.ts.
 */

import type { noticeFields } from '../domain/receipt.ts'
import type { ProofRecord, ProofStanding, ReceiptProof, ReceiptStatusList, WhyNot } from '../domain/receipt-proof.ts'
import type { Language } from './language.ts'

export type VerifyWords = Record<
  | 'title'
  | 'intro'
  | 'label'
  | 'button'
  | 'offline'
  | 'keep'
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
  | 'fee'
  | 'ask'
  | 'reversed'
  | 'reversedText'
  | 'noticed'
  | 'noticedText'
  | 'disputed'
  | 'disputedText'
  | 'revoked'
  | 'revokedText'
  | 'revokedSince'
  | 'absent'
  | 'absentText'
  | 'other'
  | 'otherText'
  | 'altered'
  | 'alteredText'
  | 'recorded'
  | 'replacedBy'
  | 'returnedSum'
  | 'reversedSum'
  | 'noticedOf'
  | `notice_${(typeof noticeFields)[number]}`,
  string
>

export const verifyWords: Record<Language, VerifyWords> = {
  vi: {
    title: 'Kiểm tra biên lai',
    intro: 'Quét mã trên biên lai bằng điện thoại, hoặc dán nội dung mã vào ô dưới đây.',
    label: 'Nội dung mã',
    button: 'Kiểm tra',
    ask: 'Hỏi hệ thống',
    offline:
      'Trình duyệt tự kiểm tra chữ ký, không gửi nội dung biên lai đi đâu. Chỉ nút Hỏi hệ thống gửi mã lên để xem tình trạng hiện nay.',
    keep: 'Có thể lưu trang này thành tệp (trên máy tính: Ctrl+S) để kiểm tra biên lai cả khi không có mạng. Tệp biết những biên lai đã được thay thế tính đến lúc lưu.',
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
    reversed: 'Biên lai thật, khoản thanh toán đã bị đảo',
    reversedText:
      'Chữ ký số đúng, nhưng nhà cung cấp hoặc ngân hàng đã thu lại một phần hoặc toàn bộ khoản thanh toán.',
    noticed: 'Biên lai thật, đã có thông báo sai sót',
    noticedText: 'Chữ ký số đúng, nhưng đã có thông báo về nội dung sai sót trên biên lai.',
    disputed: 'Biên lai thật, khoản thanh toán đang bị khiếu nại',
    disputedText: 'Chữ ký số đúng, nhưng khoản thanh toán đang bị khiếu nại và có thể bị thu lại.',
    revoked: 'Không xác nhận được',
    revokedText: 'Mã được ký bằng khóa đã bị thu hồi trước thời điểm ghi trên biên lai.',
    revokedSince: 'Khóa ký đã bị thu hồi lúc',
    absent: 'Không có biên lai này',
    absentText: 'Chữ ký số đúng, nhưng hệ thống không có biên lai mang số này. Vui lòng liên hệ cơ quan thu.',
    other: 'Không phải biên lai đã phát hành',
    otherText:
      'Chữ ký số đúng, nhưng biên lai mang số này trong hệ thống có nội dung khác. Vui lòng liên hệ cơ quan thu.',
    altered: 'Chưa xác nhận được',
    alteredText: 'Chữ ký số đúng, nhưng dữ liệu lưu trữ không khớp với chữ ký khi phát hành. Sự việc đã được ghi nhận.',
    recorded: 'Theo hệ thống lúc',
    replacedBy: 'Thay thế bởi',
    returnedSum: 'Đã hoàn',
    reversedSum: 'Đã bị thu lại',
    noticedOf: 'Thông báo về',
    notice_payer_name: 'tên người nộp',
    notice_address: 'địa chỉ',
    notice_phone: 'điện thoại',
    notice_procedure_name: 'tên thủ tục',
    notice_description: 'nội dung thu',
    notice_amount_in_words: 'số tiền bằng chữ',
    notice_refund: 'hoàn tiền',
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
    ask: 'Ask the gateway',
    offline:
      'The browser checks the signature by itself and sends the receipt nowhere. Only the button Ask the gateway sends the code, to learn how things stand now.',
    keep: 'You can save this page as a file (on a computer: Ctrl+S) and check receipts without a network. The file knows of receipts that were replaced until it was saved.',
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
    reversed: 'Genuine receipt, payment taken back',
    reversedText: 'The signature is right, but the provider or the bank took the payment back, in part or in whole.',
    noticed: 'Genuine receipt, with a notice of a mistake',
    noticedText: 'The signature is right, but notice was given of a mistake on it.',
    disputed: 'Genuine receipt, payment in dispute',
    disputedText: 'The signature is right, but the payment is in dispute and may be taken back.',
    revoked: 'Cannot be confirmed',
    revokedText: 'It is signed by a key that was revoked before the time that it bears.',
    revokedSince: 'The key was revoked at',
    absent: 'There is no such receipt',
    absentText: 'The signature is right, but the gateway has no receipt of that number. Please contact the agency.',
    other: 'Not the receipt that was issued',
    otherText: 'The signature is right, but the receipt of that number says something else. Please contact the agency.',
    altered: 'Cannot be confirmed yet',
    alteredText:
      'The signature is right, but what is stored does not fit the signature of its issue. This was recorded.',
    recorded: 'By the records of the gateway at',
    replacedBy: 'Replaced by',
    returnedSum: 'Returned',
    reversedSum: 'Taken back',
    noticedOf: 'Notice of',
    notice_payer_name: 'the name of the payer',
    notice_address: 'an address',
    notice_phone: 'a phone number',
    notice_procedure_name: 'the name of the procedure',
    notice_description: 'what was paid for',
    notice_amount_in_words: 'the amount in words',
    notice_refund: 'a refund',
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
  why: WhyNot | null
  proof: ReceiptProof | null
  /** When the key that signed it was revoked, in seconds since 1970: after what the receipt says, as far as anybody can tell. */
  revokedAt: number | null
  /** By the published list, where nobody was asked. */
  standing: ProofStanding
  list: Pick<ReceiptStatusList, 'at'> | null
  /** By our own records, which count for more; null where nobody was asked. */
  record: ProofRecord | null
}

/** What is said of a code. */
export const tellFinding = ({ why, proof, revokedAt, standing, list, record }: Finding, words: VerifyWords): Told => {
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
  const held = record?.is === 'held' ? record : null
  const found = () => {
    if (record && !held) return record.is as 'absent' | 'other' | 'altered'
    if (!held) return standing === 'standing' || standing === 'unknown' ? 'genuine' : standing
    if (held.replacedBy) return 'replaced'
    if (held.reversed > 0) return 'reversed'
    if (held.returned > 0) return 'refunded'
    if (held.isDisputed) return 'disputed'
    return held.noticed.length > 0 ? 'noticed' : 'genuine'
  }
  const name = found()
  const source = () => {
    if (record) return `${words.recorded} ${time(record.at)}.`
    return list ? `${words.listed} ${time(list.at)}.` : words.noList
  }
  // Whoever has the key can sign an earlier time as well: without our records nobody knows.
  const isDoubtful = revokedAt !== null && !held
  const isSure = name === 'genuine' && !isDoubtful && (held !== null || standing === 'standing')
  const isGone = held !== null && held.returned + held.reversed >= proof.t
  const fees =
    proof.l.length > 1
      ? proof.l.map((amount, index): [string, string] => [`${words.fee} ${index + 1}`, dong(amount)])
      : []
  const since: [string, string][] = []
  if (held?.replacedBy) since.push([words.replacedBy, held.replacedBy])
  if (held && held.returned > 0) since.push([words.returnedSum, dong(held.returned)])
  if (held && held.reversed > 0) since.push([words.reversedSum, dong(held.reversed)])
  if (held && held.noticed.length > 0)
    since.push([words.noticedOf, held.noticed.map((field) => words[`notice_${field}` as 'notice_refund']).join(', ')])
  return {
    tone: isSure ? 'good' : isGone || (record && !held) ? 'bad' : 'wait',
    title: words[name],
    text: [
      words[`${name}Text`],
      ...(isDoubtful && revokedAt !== null ? [`${words.revokedSince} ${time(revokedAt)}.`] : []),
      ...(!record && standing === 'unknown' && list ? [words.unknown] : []),
      source(),
    ].join(' '),
    rows: [
      ...since,
      [words[proof.k], `${proof.f} · ${proof.s} · ${proof.n}`],
      [words.amount, dong(proof.t)],
      ...fees,
      [words.agency, proof.a],
      [words.order, proof.o],
      [words.issued, time(proof.i)],
    ],
  }
}
