/** What is said around signing in. */
import { roles } from '../../domain/staff.ts'
import type { SignInProblem } from '../../flows/sign-in-refused.ts'
import type { Language } from '../language.ts'

/** What a problem's sentences may mention. */
export type ProblemWords = { host: string; roleClaim: string; agencyClaim: string; agency: string }

type Paragraph = { title: string; text: (words: ProblemWords) => string }

type Words = {
  signIn: { title: string; text: string; button: (host: string) => string; demo: string }
  notSetUp: { title: string; text: string }
  signedOut: { title: string; text: string; there: (host: string) => string }
  tooMany: { title: string; text: (seconds: number) => string }
  again: string
  problems: Record<SignInProblem, Paragraph>
}

const listedRoles = roles.join(', ')

export const signInWords: Record<Language, Words> = {
  vi: {
    signIn: {
      title: 'Đăng nhập',
      text: 'Trang này dành cho kế toán, kiểm soát, kiểm toán và quản trị của đơn vị thu. Ông/Bà đăng nhập tại dịch vụ định danh của cơ quan; hệ thống này không hỏi và không giữ mật khẩu.',
      button: (host) => `Đăng nhập qua ${host}`,
      demo: 'Bản dùng thử: ở trang sau chọn một người dùng mẫu, không cần mật khẩu.',
    },
    notSetUp: {
      title: 'Chưa thiết lập đăng nhập',
      text: 'Hệ thống chưa biết dịch vụ định danh của cơ quan nên chưa ai đăng nhập được. Quản trị cần khai báo LEPHI_OIDC_ISSUER, LEPHI_OIDC_CLIENT_ID và LEPHI_OIDC_AGENCY. Người dân vẫn nộp tiền bình thường.',
    },
    signedOut: {
      title: 'Đã đăng xuất',
      text: 'Phiên làm việc đã kết thúc, trên cả các cửa sổ khác.',
      there: (host) => `Đăng xuất cả ở ${host}`,
    },
    tooMany: {
      title: 'Đăng nhập quá nhiều lần',
      text: (seconds) => `Từ mạng này vừa có quá nhiều lần đăng nhập. Chờ ${seconds} giây rồi thử lại.`,
    },
    again: 'Đăng nhập lại',
    problems: {
      unreachable: {
        title: 'Dịch vụ định danh chưa trả lời',
        text: ({ host }) =>
          `Chưa kết nối được với ${host}. Chờ một phút rồi thử lại; nếu vẫn không được, báo cho quản trị. Dữ liệu không bị ảnh hưởng.`,
      },
      misconfigured: {
        title: 'Thiết lập đăng nhập chưa khớp',
        text: ({ host }) =>
          `${host} và hệ thống này chưa được khai báo khớp với nhau. Ông/Bà không làm gì sai; hãy báo cho quản trị, chi tiết có trong nhật ký.`,
      },
      denied: {
        title: 'Chưa đăng nhập',
        text: ({ host }) => `${host} báo rằng việc đăng nhập đã bị từ chối hoặc đã hủy. Ông/Bà có thể thử lại.`,
      },
      over: {
        title: 'Lần đăng nhập này đã kết thúc',
        text: () =>
          'Lần đăng nhập đã hoàn tất, đã để quá mười phút, hoặc bắt đầu ở trình duyệt khác. Hãy đăng nhập lại; trình duyệt cần cho phép cookie.',
      },
      not_believed: {
        title: 'Không xác minh được người đăng nhập',
        text: ({ host }) =>
          `Thông tin nhận về không chứng minh được là của ${host}, nên không ai được đăng nhập. Hãy thử lại; nếu vẫn vậy, báo cho quản trị.`,
      },
      clock: {
        title: 'Đồng hồ hai máy lệch nhau',
        text: ({ host }) => `Giờ của ${host} và của hệ thống này lệch nhau quá nhiều. Hãy báo cho quản trị chỉnh giờ.`,
      },
      subject_unusable: {
        title: 'Tài khoản chưa dùng được ở đây',
        text: ({ host }) => `Mã người dùng mà ${host} gửi không dùng được. Hãy báo cho quản trị.`,
      },
      too_weak: {
        title: 'Cần đăng nhập bằng cách mạnh hơn',
        text: ({ host }) =>
          `Trang này chỉ nhận người đăng nhập ở ${host} bằng hai lớp, như thẻ hoặc khóa. Hãy đăng nhập lại bằng cách đó; nếu chưa có, đề nghị quản trị cấp.`,
      },
      role_missing: {
        title: 'Tài khoản chưa được phân vai trò',
        text: ({ host, roleClaim }) =>
          `${host} không gửi vai trò của Ông/Bà (thuộc tính ${roleClaim}). Đề nghị quản trị phân một trong các vai trò: ${listedRoles}.`,
      },
      role_unknown: {
        title: 'Vai trò của tài khoản không có ở đây',
        text: ({ host, roleClaim }) =>
          `Vai trò mà ${host} gửi (thuộc tính ${roleClaim}) không phải là một trong: ${listedRoles}. Đề nghị quản trị phân lại.`,
      },
      role_ambiguous: {
        title: 'Tài khoản có nhiều vai trò',
        text: ({ roleClaim }) =>
          `Một người chỉ giữ một vai trò, để người lập không tự duyệt. Đề nghị quản trị để lại đúng một vai trò trong thuộc tính ${roleClaim}.`,
      },
      agency_missing: {
        title: 'Tài khoản chưa gắn với đơn vị',
        text: ({ host, agencyClaim }) =>
          `${host} không gửi mã đơn vị của Ông/Bà (thuộc tính ${agencyClaim}). Đề nghị quản trị bổ sung.`,
      },
      agency_foreign: {
        title: 'Đơn vị của tài khoản không thuộc hệ thống này',
        text: ({ agencyClaim, agency }) =>
          `Mã đơn vị trong thuộc tính ${agencyClaim} phải là ${agency} hoặc đơn vị trực thuộc. Đề nghị quản trị kiểm tra.`,
      },
    },
  },
  en: {
    signIn: {
      title: 'Sign in',
      text: 'These pages are for the accountants, checkers, auditors and operators of the agencies that are owed fees. You sign in at your organisation’s identity service; no password is asked for or kept here.',
      button: (host) => `Sign in at ${host}`,
      demo: 'Demo: on the next page choose one of the sample people, no password is needed.',
    },
    notSetUp: {
      title: 'Sign-in is not set up',
      text: 'This system does not know your organisation’s identity service yet, so nobody can sign in. An operator has to set LEPHI_OIDC_ISSUER, LEPHI_OIDC_CLIENT_ID and LEPHI_OIDC_AGENCY. Citizens can pay as ever.',
    },
    signedOut: {
      title: 'Signed out',
      text: 'Your session has ended, in your other windows too.',
      there: (host) => `Sign out of ${host} as well`,
    },
    tooMany: {
      title: 'Too many sign-ins',
      text: (seconds) => `Too many sign-ins came from this network just now. Wait ${seconds} seconds and try again.`,
    },
    again: 'Sign in again',
    problems: {
      unreachable: {
        title: 'The identity service does not answer',
        text: ({ host }) =>
          `${host} cannot be reached. Wait a minute and try again; if that does not help, tell your operator. No data is affected.`,
      },
      misconfigured: {
        title: 'Sign-in is set up wrongly',
        text: ({ host }) =>
          `${host} and this system do not know each other as they should. You did nothing wrong; tell your operator, the log has the details.`,
      },
      denied: {
        title: 'You are not signed in',
        text: ({ host }) => `${host} says that signing in was refused or cancelled. You can try again.`,
      },
      over: {
        title: 'This sign-in is over',
        text: () =>
          'It was finished already, left alone for more than ten minutes, or begun in another browser. Sign in again; the browser must allow cookies.',
      },
      not_believed: {
        title: 'Who signed in could not be proved',
        text: ({ host }) =>
          `What came back does not prove that it is from ${host}, so nobody was signed in. Try again; if it stays so, tell your operator.`,
      },
      clock: {
        title: 'Two clocks disagree',
        text: ({ host }) =>
          `The clocks of ${host} and of this system are too far apart. Ask your operator to set them right.`,
      },
      subject_unusable: {
        title: 'This account cannot be used here',
        text: ({ host }) => `The user id that ${host} sends cannot be used. Tell your operator.`,
      },
      too_weak: {
        title: 'A stronger way to sign in is needed',
        text: ({ host }) =>
          `These pages let in only who has signed in at ${host} with two factors, such as a card or a key. Sign in again in that way; if you have none, ask your operator for it.`,
      },
      role_missing: {
        title: 'Your account has no role here',
        text: ({ host, roleClaim }) =>
          `${host} does not say your role (claim ${roleClaim}). Ask your operator for one of: ${listedRoles}.`,
      },
      role_unknown: {
        title: 'Your account’s role is not known here',
        text: ({ host, roleClaim }) =>
          `The role that ${host} sends (claim ${roleClaim}) is none of: ${listedRoles}. Ask your operator to correct it.`,
      },
      role_ambiguous: {
        title: 'Your account has several roles',
        text: ({ roleClaim }) =>
          `One person holds one role, so that nobody approves their own work. Ask your operator to leave exactly one in the claim ${roleClaim}.`,
      },
      agency_missing: {
        title: 'Your account belongs to no agency',
        text: ({ host, agencyClaim }) =>
          `${host} does not say your agency’s code (claim ${agencyClaim}). Ask your operator to add it.`,
      },
      agency_foreign: {
        title: 'Your account’s agency does not belong here',
        text: ({ agencyClaim, agency }) =>
          `The code in the claim ${agencyClaim} must be ${agency} or an agency below it. Ask your operator to check it.`,
      },
    },
  },
}
