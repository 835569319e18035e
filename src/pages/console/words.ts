/** What the frame of the console says, and the words that many screens share. */
import type { Role } from '../../domain/staff.ts'
import type { Language } from '../language.ts'
import type { Section } from './screen.ts'

type Words = {
  console: string
  skip: string
  otherLanguage: string
  menu: string
  sections: Record<Section, string>
  roles: Record<Role, string>
  signOut: string
  demo: string
  filter: string
  clear: string
  next: string
  first: string
  nothing: string
  /** What a table's frame is called, which is no second name of the card around it. */
  tableOf: (caption: string) => string
  yes: string
  no: string
  required: string
  underway: string
  stop: string
  goOn: string
  problem: string
  problems: Record<
    'forbidden' | 'notFound' | 'broken' | 'foreign' | 'tooLarge' | 'busy',
    { title: string; text: string }
  >
  back: string
  requestId: string
}

export const words: Record<Language, Words> = {
  vi: {
    console: 'LePhi – Đối soát phí, lệ phí',
    skip: 'Đến nội dung chính',
    otherLanguage: 'English',
    menu: 'Danh mục',
    sections: { daily: 'Hằng ngày', books: 'Sổ sách, báo cáo', setup: 'Thiết lập' },
    roles: { accountant: 'Kế toán', checker: 'Kiểm soát', auditor: 'Kiểm toán', operator: 'Quản trị' },
    signOut: 'Đăng xuất',
    demo: 'BẢN DÙNG THỬ',
    filter: 'Lọc',
    clear: 'Xóa bộ lọc',
    next: 'Trang sau',
    first: 'Về trang đầu',
    nothing: 'Không có dữ liệu.',
    tableOf: (caption) => `Bảng: ${caption}`,
    yes: 'Có',
    no: 'Không',
    required: 'bắt buộc',
    underway: 'Trang tự cập nhật.',
    stop: 'Dừng tự cập nhật',
    goOn: 'Cập nhật tiếp',
    problem: 'Chưa thực hiện được',
    problems: {
      forbidden: {
        title: 'Vai trò của Ông/Bà không xem được trang này',
        text: 'Nếu cần, đề nghị quản trị hệ thống phân lại vai trò.',
      },
      notFound: { title: 'Không tìm thấy', text: 'Địa chỉ không đúng, hoặc nội dung thuộc đơn vị khác.' },
      broken: {
        title: 'Hệ thống gặp lỗi',
        text: 'Nếu Ông/Bà vừa gửi một biểu mẫu, việc đó có thể đã được ghi nhận: mở lại trang trước và xem, rồi mới gửi lại. Nếu vẫn lỗi, báo cho quản trị mã yêu cầu dưới đây.',
      },
      foreign: {
        title: 'Biểu mẫu đã cũ hoặc được gửi từ nơi khác',
        text: 'Chưa có gì thay đổi. Mở lại trang rồi thực hiện lại.',
      },
      tooLarge: { title: 'Nội dung gửi lên quá lớn', text: 'Chưa có gì thay đổi.' },
      busy: {
        title: 'Hệ thống đang bận',
        text: 'Chờ nửa phút rồi mở lại trang. Nếu Ông/Bà vừa gửi một biểu mẫu, xem việc đó đã được ghi nhận chưa trước khi gửi lại.',
      },
    },
    back: 'Về trang đầu',
    requestId: 'Mã yêu cầu',
  },
  en: {
    console: 'LePhi – Fee reconciliation',
    skip: 'Skip to the main part',
    otherLanguage: 'Tiếng Việt',
    menu: 'Menu',
    sections: { daily: 'Every day', books: 'Books and reports', setup: 'Set-up' },
    roles: { accountant: 'Accountant', checker: 'Checker', auditor: 'Auditor', operator: 'Operator' },
    signOut: 'Sign out',
    demo: 'DEMO',
    filter: 'Filter',
    clear: 'Clear the filter',
    next: 'Next page',
    first: 'Back to the first page',
    nothing: 'There is nothing here.',
    tableOf: (caption) => `Table: ${caption}`,
    yes: 'Yes',
    no: 'No',
    required: 'required',
    underway: 'This page updates by itself.',
    stop: 'Stop that',
    goOn: 'Go on updating',
    problem: 'This was not done',
    problems: {
      forbidden: {
        title: 'Your role does not see this page',
        text: 'Should you need it, ask your operator for another role.',
      },
      notFound: { title: 'Not found', text: 'The address is wrong, or what it names belongs to another agency.' },
      broken: {
        title: 'Something went wrong on our side',
        text: 'If you have just sent a form, what it asked for may have been done: open the page before and look, and only then send it again. If it still fails, tell your operator the request id below.',
      },
      foreign: {
        title: 'The form is old, or came from elsewhere',
        text: 'Nothing was changed. Open the page again and repeat what you did.',
      },
      tooLarge: { title: 'That is too much to take', text: 'Nothing was changed.' },
      busy: {
        title: 'The system is busy',
        text: 'Wait half a minute and open the page again. If you have just sent a form, look whether it was done before you send it again.',
      },
    },
    back: 'Back to the first page',
    requestId: 'Request id',
  },
}
