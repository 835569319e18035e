// Owns what the simulated providers' pages say, in Vietnamese and English.
import type { Choice } from './choices.ts'
import type { Language } from './page-language.ts'

type ChoiceWords = { label: string; hint: string }

export interface Words {
  frame: { simulated: string; noteTitle: string; note: string; other: string }
  pay: {
    heading: string
    amount: string
    merchant: string
    reference: string
    description: string
    deadline: string
    notPaid: string
    unclear: string
    trouble: string
    troubleHint: string
    seconds: string
    otherAmount: string
    invalid: string
    choices: Record<Choice, ChoiceWords>
  }
  over: {
    heading: string
    final: string
    waiting: string
    refused: string
    back: string
    again: string
    closed: string
  }
  error: { heading: string; code: string; tooMany: string; notOver: string }
  app: {
    heading: string
    text: string
    code: string
    scan: string
    recent: string
    recentEmpty: string
    toTransfer: string
    fields: { bank_bin: string; account_number: string; amount: string; text: string }
    unreadable: string
    badForm: string
    noAccount: string
    sent: string
    notSent: string
    moved: string
    movedTwice: string
    account: string
    number: string
    back: string
    another: string
    send: ChoiceWords
    twice: ChoiceWords
    wrongText: ChoiceWords
    spoiltText: string
  }
}

const vi: Words = {
  frame: {
    simulated: 'mô phỏng',
    noteTitle: 'Trang mô phỏng.',
    note: 'Đây không phải ngân hàng hay ví thật; không có tiền nào được chuyển.',
    other: 'English',
  },
  pay: {
    heading: 'Xác nhận thanh toán',
    amount: 'Số tiền',
    merchant: 'Đơn vị nhận tiền',
    reference: 'Mã giao dịch',
    description: 'Nội dung',
    deadline: 'Hạn thanh toán',
    notPaid: 'Không trả được',
    unclear: 'Chưa có kết quả',
    trouble: 'Đã trừ tiền, nhưng báo cho đơn vị không suôn sẻ',
    troubleHint:
      'Người nộp trả xong. Đơn vị nhận tiền phải tự xoay xở với thông báo đến chậm, bị mất, bị lặp hoặc sai.',
    seconds: 'Chậm bao nhiêu giây (1–3.600)',
    otherAmount: 'Số tiền bị trừ (đ)',
    invalid: 'Chưa hợp lệ: số giây từ 1 đến 3.600; số tiền là số nguyên từ 1 đến 9.999.999.999.',
    choices: {
      success: { label: 'Thanh toán', hint: 'Trừ đúng số tiền và báo cho đơn vị ngay.' },
      insufficient: { label: 'Không đủ số dư', hint: 'Giao dịch bị từ chối.' },
      wrong_otp: { label: 'Nhập sai OTP', hint: 'Giao dịch bị từ chối.' },
      cancelled: { label: 'Hủy giao dịch', hint: 'Người nộp đổi ý.' },
      pending: { label: 'Để giao dịch chờ xử lý', hint: 'Không ai được báo gì.' },
      suspicious: { label: 'Tạm giữ vì nghi ngờ', hint: 'Đã trừ tiền nhưng còn xem xét.' },
      late: { label: 'Trả, báo chậm', hint: 'Thông báo đến sau số giây này.' },
      lost: { label: 'Trả, không báo', hint: 'Thông báo bị mất; đơn vị phải tự hỏi.' },
      doubled: { label: 'Trả, báo hai lần', hint: 'Hai thông báo giống nhau cùng lúc.' },
      wrong_amount: { label: 'Trừ sai số tiền', hint: 'Thông báo đúng chữ ký, nhưng khác số tiền.' },
    },
  },
  over: {
    heading: 'Kết quả giao dịch',
    final: 'Giao dịch này đã kết thúc.',
    waiting: 'Giao dịch đang chờ xử lý. Bạn có thể đóng trang này; đơn vị sẽ được báo kết quả.',
    refused: 'Giao dịch không thành công; không có tiền nào được chuyển. Bạn có thể thử lại khi còn hạn.',
    back: 'Về trang của đơn vị',
    again: 'Mở lại giao dịch này',
    closed: 'Không có đường về tự động: hãy quay lại trang của đơn vị mà bạn đã mở trước đó.',
  },
  error: {
    heading: 'Không mở được giao dịch',
    code: 'Mã lỗi',
    tooMany: 'Đang có quá nhiều lỗi chờ ở đối tác này; hãy xóa bớt trước.',
    notOver: 'Giao dịch chưa kết thúc.',
  },
  app: {
    heading: 'Chuyển khoản',
    text: 'Điện thoại quét mã của đơn vị; ở đây bạn dán nội dung mã, chọn một mã đã quét, hoặc tự nhập.',
    code: 'Nội dung mã QR',
    scan: 'Quét mã',
    recent: 'Mã đã quét gần đây',
    recentEmpty: 'Chưa có mã nào.',
    toTransfer: 'Lệnh chuyển tiền',
    fields: {
      bank_bin: 'Mã ngân hàng nhận (BIN)',
      account_number: 'Số tài khoản nhận',
      amount: 'Số tiền (đ)',
      text: 'Nội dung chuyển khoản',
    },
    unreadable: 'Ứng dụng không đọc được mã này.',
    badForm: 'Số tiền là số nguyên lớn hơn 0; nội dung không quá dài; số giây từ 1 đến 3.600.',
    noAccount: 'Không tìm thấy tài khoản thụ hưởng.',
    sent: 'Đã chuyển tiền',
    notSent: 'Giao dịch không thành công; không có tiền nào được chuyển.',
    moved: 'Đã chuyển',
    movedTwice: 'Đã chuyển hai lần, mỗi lần',
    account: 'Tới tài khoản',
    number: 'Số giao dịch',
    back: 'Về trang của đơn vị',
    another: 'Chuyển khoản khác',
    send: { label: 'Chuyển tiền', hint: 'Chuyển như lệnh ở trên; đơn vị được báo ngay.' },
    twice: { label: 'Chuyển hai lần', hint: 'Bấm nhầm hai lần: hai lệnh giống nhau.' },
    wrongText: { label: 'Sai nội dung', hint: 'Nội dung không còn mã của đơn vị.' },
    spoiltText: 'nop le phi',
  },
}

const en: Words = {
  frame: {
    simulated: 'simulated',
    noteTitle: 'Simulated page.',
    note: 'This is no real bank or wallet; no money moves.',
    other: 'Tiếng Việt',
  },
  pay: {
    heading: 'Confirm the payment',
    amount: 'Amount',
    merchant: 'Paid to',
    reference: 'Reference',
    description: 'Details',
    deadline: 'To be paid by',
    notPaid: 'It cannot be paid',
    unclear: 'No result yet',
    trouble: 'Paid, but telling the merchant goes wrong',
    troubleHint: 'The payer is done. The merchant has to cope with news that is late, lost, doubled or wrong.',
    seconds: 'How many seconds late (1–3,600)',
    otherAmount: 'Amount that is taken (đ)',
    invalid: 'Not valid: seconds are 1 to 3,600; an amount is a whole number from 1 to 9,999,999,999.',
    choices: {
      success: { label: 'Pay', hint: 'Takes the right amount and tells the merchant at once.' },
      insufficient: { label: 'Not enough money', hint: 'The payment is declined.' },
      wrong_otp: { label: 'Wrong one-time code', hint: 'The payment is declined.' },
      cancelled: { label: 'Cancel', hint: 'The payer changes their mind.' },
      pending: { label: 'Leave it pending', hint: 'Nobody is told anything.' },
      suspicious: { label: 'Held as suspicious', hint: 'The money is taken but looked into.' },
      late: { label: 'Pay, tell late', hint: 'The news arrives after so many seconds.' },
      lost: { label: 'Pay, tell nobody', hint: 'The news is lost; the merchant has to ask.' },
      doubled: { label: 'Pay, tell twice', hint: 'Two copies of the same news at once.' },
      wrong_amount: { label: 'Take a wrong amount', hint: 'The news is genuine but names another amount.' },
    },
  },
  over: {
    heading: 'Result of the payment',
    final: 'This payment is over.',
    waiting: 'The payment is being processed. You may close this page; the merchant will be told.',
    refused: 'The payment was declined; no money moved. You may try again while there is time.',
    back: 'Back to the merchant',
    again: 'Open this payment again',
    closed: 'Nothing leads back by itself: return to the merchant’s page that you had opened before.',
  },
  error: {
    heading: 'The payment cannot be opened',
    code: 'Code',
    tooMany: 'Too many faults are waiting at this provider; clear some first.',
    notOver: 'The payment is not over.',
  },
  app: {
    heading: 'Bank transfer',
    text: 'A phone would scan the merchant’s code; here you paste its text, choose one that was scanned, or type a transfer.',
    code: 'Text of the QR code',
    scan: 'Scan',
    recent: 'Codes scanned lately',
    recentEmpty: 'None yet.',
    toTransfer: 'The transfer',
    fields: {
      bank_bin: 'Receiving bank (BIN)',
      account_number: 'Receiving account',
      amount: 'Amount (đ)',
      text: 'Transfer text',
    },
    unreadable: 'The app cannot read this code.',
    badForm: 'An amount is a whole number above 0; the text must not be too long; seconds are 1 to 3,600.',
    noAccount: 'There is no such account.',
    sent: 'Transfer sent',
    notSent: 'The transfer failed; no money moved.',
    moved: 'Sent',
    movedTwice: 'Sent twice, each time',
    account: 'To account',
    number: 'Number',
    back: 'Back to the merchant',
    another: 'Another transfer',
    send: { label: 'Send', hint: 'Sent as it stands above; the agency is told at once.' },
    twice: { label: 'Send it twice', hint: 'Pressed twice by mistake: two equal transfers.' },
    wrongText: { label: 'Wrong text', hint: 'The text no longer holds the merchant’s reference.' },
    spoiltText: 'nop le phi',
  },
}

export const words: Readonly<Record<Language, Words>> = { vi, en }
