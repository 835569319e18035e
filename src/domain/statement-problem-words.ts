/**
 * What is wrong with a statement or one of its rows, in Vietnamese. The readers say it in one language, so that what is stored and compared never depends on who
 * looks; it is put into words for a person here. A message without words fails a test.
 */

/** Null for a message that has no words here. `{}` stands for what a message quotes. */
export const problemInVietnamese = (message: string): string | null => {
  const exact = words.get(message)
  if (exact !== undefined) return exact
  for (const { shape, vietnamese } of patterns) {
    const match = shape.exec(message)
    if (!match) continue
    const quoted = match.slice(1).map((part) => problemInVietnamese(part) ?? part)
    return vietnamese.replaceAll('{}', () => quoted.shift() ?? '')
  }
  return null
}

/** The last ones are beginnings, whose rest is a message of its own. */
const table: readonly (readonly [string, string])[] = [
  // The file as a whole.
  ['the file is empty', 'tệp rỗng'],
  ['the first sheet is empty', 'trang tính đầu tiên rỗng'],
  ['the file has no line {}', 'tệp không có dòng {}'],
  ['line {}, where the header row should be, is empty', 'dòng {}, nơi phải có tiêu đề cột, để trống'],
  ['no line of the file could be read', 'không đọc được dòng nào của tệp'],
  ['the file has no statement that could be read', 'tệp không có sao kê nào đọc được'],
  ['the file is not in đồng (VND)', 'tệp không ghi bằng đồng Việt Nam (VND)'],
  ['the statement is not in đồng (VND)', 'sao kê không ghi bằng đồng Việt Nam (VND)'],
  ['the statement is in {}, and not in đồng (VND)', 'sao kê ghi bằng {}, không phải đồng Việt Nam (VND)'],
  [
    'the statement is of another account than the merchant account names',
    'sao kê của số tài khoản khác với tài khoản thụ hưởng đã khai',
  ],
  ['the file has statements of more than one account', 'tệp có sao kê của nhiều tài khoản'],
  ['the merchant account has no statement profile', 'tài khoản thanh toán chưa có cấu hình cột cho sao kê'],
  ['the statement profile says nothing of {}', 'cấu hình cột không nói đến {}'],
  [
    'the header row has no column "{}", which the statement profile names for {}',
    'dòng tiêu đề không có cột “{}” mà cấu hình cột ghi cho {}',
  ],
  ['the column "{}" comes twice in the header row', 'cột “{}” có hai lần trong dòng tiêu đề'],
  ['the column {} comes twice in the header row', 'cột {} có hai lần trong dòng tiêu đề'],
  ['the header row has no column {}', 'dòng tiêu đề thiếu cột {}'],
  [
    "the header row is that of a provider's statement, and not of a bank's",
    'dòng tiêu đề là của sao kê đối tác, không phải của ngân hàng',
  ],
  ['refused by the database: {}', 'cơ sở dữ liệu từ chối: {}'],
  [
    'the file could not be imported in {} tries: {}. Upload it again when the operator has found out why',
    'không nhập được tệp sau {} lần thử: {}. Tải lại khi quản trị đã tìm ra nguyên nhân',
  ],
  ['the database answered {}', 'cơ sở dữ liệu trả lời {}'],
  ['the fault is not in the file', 'lỗi không nằm ở tệp'],
  ['its import never came to an end', 'việc nhập không kết thúc'],
  // Rows and cells.
  ['the row has {} cells, the header {}', 'dòng có {} ô, tiêu đề có {} ô'],
  ['is not {} text', 'không phải chữ theo bảng mã {}'],
  ['opens a quote that is never closed', 'mở ngoặc kép mà không đóng'],
  ['has text behind a closing quote', 'có chữ sau dấu đóng ngoặc kép'],
  ['is too long', 'quá dài'],
  ['has more than {} cells', 'có hơn {} ô'],
  ['has a cell of more than {} characters', 'có ô dài hơn {} ký tự'],
  [
    'a time is RFC 3339 with offset, or dd/MM/yyyy HH:mm:ss in Vietnamese time',
    'thời gian phải viết theo RFC 3339 có múi giờ, hoặc dd/MM/yyyy HH:mm:ss giờ Việt Nam',
  ],
  ['the amount is missing', 'thiếu số tiền'],
  ['the amount is missing or 0', 'số tiền thiếu hoặc bằng 0'],
  ['the amount of a capture or refund is positive', 'số tiền thu hoặc hoàn trả phải là số dương'],
  [
    'the amount of a successful capture or refund is more than 0',
    'số tiền thu hoặc hoàn trả thành công phải lớn hơn 0',
  ],
  ['a provider fee is not negative', 'phí dịch vụ không được âm'],
  ['the value date is missing', 'thiếu ngày hiệu lực'],
  ['a day is written yyyy-MM-dd', 'ngày phải viết yyyy-MM-dd'],
  ['a date is written {}', 'ngày phải viết {}'],
  [
    'an amount is a whole number of đồng, at most 15 digits, without separators',
    'số tiền là số nguyên đồng, nhiều nhất 15 chữ số, không có dấu ngăn',
  ],
  ['an amount is a whole number of đồng', 'số tiền là số nguyên đồng'],
  [
    'an amount is written as the profile says (thousands "{}", decimal "{}")',
    'số tiền phải viết như cấu hình cột (ngăn nghìn “{}”, thập phân “{}”)',
  ],
  [
    'an amount is written as the profile says (thousands "", decimal "{}")',
    'số tiền phải viết như cấu hình cột (không ngăn nghìn, thập phân “{}”)',
  ],
  ['the row has both money in and money out', 'dòng có cả tiền vào và tiền ra'],
  ['money in and money out are written without a minus', 'tiền vào, tiền ra phải viết không có dấu trừ'],
  ['the word is not among the values of the statement profile', 'từ này chưa có nghĩa trong cấu hình cột'],
  ['with this amount the sum of the file is beyond 2^53 đồng', 'với số tiền này, tổng của tệp vượt 2^53 đồng'],
  ['{} is one of {}', '{} phải là một trong {}'],
  ['a reference is longer than {} characters', 'mã tham chiếu dài hơn {} ký tự'],
  ['{} is longer than {} characters', '{} dài hơn {} ký tự'],
  ['a balance is beyond 2^53 đồng', 'số dư vượt 2^53 đồng'],
  [
    'the statement does not open with the balance that the one before it closed with',
    'số dư đầu kỳ không bằng số dư cuối kỳ của sao kê ngay trước',
  ],
  // Workbooks.
  ['the file is no workbook with a sheet (.xlsx)', 'tệp không phải bảng tính có trang tính (.xlsx)'],
  ['the workbook shares more texts than are taken', 'bảng tính có nhiều chuỗi chữ dùng chung hơn mức nhận'],
  ['the workbook lacks its first sheet', 'bảng tính thiếu trang tính đầu tiên'],
  ['a row has more cells than a sheet has columns', 'một dòng có nhiều ô hơn số cột của trang tính'],
  ['the row has two cells in one place', 'dòng có hai ô ở cùng một chỗ'],
  ['the row has cells of another row', 'dòng có ô của dòng khác'],
  ['the sheet has more empty cells than are taken', 'trang tính có nhiều ô trống hơn mức nhận'],
  ['the row has more than {} cells', 'dòng có hơn {} ô'],
  ['the sheet has more rows than a sheet can have', 'trang tính có nhiều dòng hơn mức có thể'],
  ['a row has no number of a row', 'một dòng không có số dòng'],
  ['the sheet has this row twice', 'trang tính có dòng này hai lần'],
  ['the cell has more than {} characters', 'ô dài hơn {} ký tự'],
  ['the cell holds bytes that are no text', 'ô có ký tự không phải chữ'],
  ['the formula has no stored value', 'công thức không có giá trị được lưu'],
  ['the cell names a text that the workbook does not have', 'ô trỏ đến chuỗi chữ không có trong bảng tính'],
  ['the cell holds an error of its formula', 'ô báo lỗi công thức'],
  ['the cell is of a kind that is not read', 'ô thuộc kiểu không đọc được'],
  ['the cell is no whole number', 'ô không phải số nguyên'],
  [
    'a number of more than 15 digits is not exact; keep it as text',
    'số dài hơn 15 chữ số không chính xác; hãy để dạng chữ',
  ],
  ['the cell is no date from 01/03/1900 on', 'ô không phải ngày từ 01/03/1900 trở đi'],
  ['the cell is a date; keep it as text, or as a number', 'ô là ngày; hãy để dạng chữ hoặc dạng số'],
  ['the file has more than {} bytes', 'tệp lớn hơn {} byte'],
  ['the file is damaged or cut off', 'tệp bị hỏng hoặc bị cắt'],
  ['the file has more than {} entries', 'tệp nén có hơn {} mục'],
  ['the file has two entries of one name', 'tệp nén có hai mục trùng tên'],
  ['the file is packed in a way that is not read', 'tệp nén theo cách không đọc được'],
  ['the file unpacks to more than is taken', 'tệp giải nén ra lớn hơn mức nhận'],
  // XML and camt.053.
  ['not well-formed XML', 'không đúng cú pháp XML'],
  ['an element is too long', 'một phần tử quá dài'],
  ['a document type is not taken', 'không nhận khai báo DOCTYPE'],
  ['an element has too many attributes', 'một phần tử có quá nhiều thuộc tính'],
  ['the XML is nested too deep', 'XML lồng quá sâu'],
  ['an attribute is too long', 'một thuộc tính quá dài'],
  ['the XML is too long', 'XML quá dài'],
  ['an entry is too long', 'một bút toán quá dài'],
  ['the file holds no camt.053 statement', 'tệp không có sao kê camt.053'],
  ['the file is another message than camt.053', 'tệp là thông điệp khác, không phải camt.053'],
  ['the entry is not in đồng (VND)', 'bút toán không ghi bằng đồng Việt Nam (VND)'],
  ['the entry is not booked and is left out', 'bút toán chưa hạch toán, được bỏ qua'],
  [
    'the amount is missing, or is no number with a decimal point',
    'số tiền thiếu, hoặc không phải số có dấu chấm thập phân',
  ],
  ['the amount is 0', 'số tiền bằng 0'],
  ['the amount has no currency', 'số tiền không ghi loại tiền'],
  ['CdtDbtInd is CRDT or DBIT', 'CdtDbtInd phải là CRDT hoặc DBIT'],
  ['the entry has no real value date or booking date', 'bút toán không có ngày hiệu lực hoặc ngày hạch toán đúng'],
  [
    'the entry holds bytes that are no text in the encoding of the file',
    'bút toán có ký tự không đúng bảng mã của tệp',
  ],
  ['the amount is not in whole đồng, at most 15 digits', 'số tiền không phải số nguyên đồng, nhiều nhất 15 chữ số'],
  ['a reference is too long', 'một mã tham chiếu quá dài'],
  ['this is page {}; the pages before it are other files', 'đây là trang {}; các trang trước nằm ở tệp khác'],
  [
    'this is not the last page; the pages after it are other files',
    'đây chưa phải trang cuối; các trang sau nằm ở tệp khác',
  ],
  [
    'the balances do not close: opening balance and entries do not give the closing balance',
    'số dư không khớp: đầu kỳ cộng các bút toán không ra cuối kỳ',
  ],
  ['the statement announces another number of entries than it has', 'sao kê ghi số lượng bút toán khác với thực có'],
  ['the statement announces other sums than its entries have', 'sao kê ghi tổng tiền khác với các bút toán'],
  [
    'the bank marks the statement as a copy of one that was sent before',
    'ngân hàng đánh dấu sao kê này là bản sao của sao kê đã gửi',
  ],
  ['the statement repeats the one of line {}', 'sao kê lặp lại sao kê ở dòng {}'],
  // MT940.
  [
    'the balance is not written as C or D, date, currency and amount',
    'số dư không viết đúng dạng: C hoặc D, ngày, loại tiền và số tiền',
  ],
  ['the date of the balance is no day', 'ngày của số dư không phải ngày có thật'],
  ['the entry is only expected (EC, ED), and no money has moved', 'bút toán mới dự kiến (EC, ED), tiền chưa chuyển'],
  [
    'the entry is not written as date, mark, amount, type and reference',
    'bút toán không viết đúng dạng: ngày, dấu, số tiền, loại và mã tham chiếu',
  ],
  ['the value date is no day', 'ngày hiệu lực không phải ngày có thật'],
  ['the entry date is no day', 'ngày hạch toán không phải ngày có thật'],
  [
    'the amount is not written in at most 15 digits with one comma and at most two decimals',
    'số tiền không viết đúng dạng: nhiều nhất 15 chữ số, một dấu phẩy và nhiều nhất hai số lẻ',
  ],
  ['the amount is not a whole number of đồng', 'số tiền không phải số nguyên đồng'],
  [
    'the text of an entry has a line that looks like a field ({}) and cannot be one; it is read as text',
    'nội dung bút toán có dòng giống một trường ({}) nhưng không thể là trường; được đọc như nội dung',
  ],
  ['holds bytes that are no text', 'có ký tự không phải chữ'],
  ['has more than {} characters', 'dài hơn {} ký tự'],
  ['a closing balance without a statement', 'có số dư cuối kỳ mà không có sao kê'],
  [
    'the page does not open with the balance that the page before it closed with',
    'số dư đầu trang không bằng số dư cuối trang trước',
  ],
  ['the text of the entry is longer than {} characters or {} lines', 'nội dung bút toán dài hơn {} ký tự hoặc {} dòng'],
  ['the entry stands behind the closing balance of its statement', 'bút toán đứng sau số dư cuối kỳ của sao kê'],
  ['the entry cannot be read', 'không đọc được bút toán'],
  [
    'the letter behind the mark is not the last one of the currency; the entry is read as written',
    'chữ sau dấu ghi nợ/có không phải chữ cuối của mã tiền; bút toán được đọc như đã viết',
  ],
  [
    "the entry cancels others of the lines {} to {}, and a payer's text may have put them here; it is not taken",
    'bút toán hủy các bút toán ở dòng {} đến {}, có thể do nội dung người chuyển tạo ra; không được nhận',
  ],
  [
    'the statement has no {} balance, so nobody can tell whether it is whole',
    'sao kê thiếu số dư {}, nên không biết có đủ hay không',
  ],
  ['opening', 'đầu kỳ'],
  ['closing', 'cuối kỳ'],
  ['the last page of the statement is missing', 'thiếu trang cuối của sao kê'],
  ['opening balance and entries do not add up to the closing balance', 'đầu kỳ cộng các bút toán không bằng cuối kỳ'],
  [
    'without this entry the balances would close: see whether the bank has it, or a text of a payer',
    'bỏ bút toán này thì số dư khớp: kiểm tra xem ngân hàng có bút toán này không, hay do nội dung người chuyển',
  ],
  // Beginnings.
  ['the workbook cannot be read: {}', 'không đọc được bảng tính: {}'],
  ['the file cannot be read: {}', 'không đọc được tệp: {}'],
  ['"{}": {}', '“{}”: {}'],
  ['the header row {}', 'dòng tiêu đề {}'],
  ['the row {}', 'dòng {}'],
  ['the line {}', 'dòng {}'],
  ['line {} {}', 'dòng {} {}'],
]

const words = new Map(table.filter(([english]) => !english.includes('{}')))

const patterns = table
  .filter(([english]) => english.includes('{}'))
  .map(([english, vietnamese]) => ({
    shape: new RegExp(`^${english.replace(/[\\^$.*+?()[\]|/]/g, '\\$&').replaceAll('{}', '(.+?)')}$`, 's'),
    vietnamese,
  }))
