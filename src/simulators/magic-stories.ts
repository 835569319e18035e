// Owns which failure story each magic amount tells, and how it ends at a gateway that works: for the simulators' front page and docs/sandbox.md.
import type { Language } from './page-language.ts'

type Said = Record<Language, string>

/** A payer of this name brings the story too, at whatever amount: for portals whose fees are fixed. */
export const magicNameOf = (story: string): string => `LỖI ${story}`

/** The story that a payer's name asks for, with or without marks and capitals; null for everybody's name. */
export const storyOfName = (name: string): MagicStory | null => {
  const asked = plain(name)
  return magicStories.find(({ story }) => plain(magicNameOf(story)) === asked) ?? null
}

const plain = (name: string): string =>
  name.normalize('NFD').replace(/\p{M}/gu, '').trim().replace(/\s+/g, ' ').toUpperCase()

/** `amount` in đồng, whose faults are in magic-amounts.ts. */
export interface MagicStory {
  story: string
  amount: string
  end: Said
}

export const magicStories: readonly MagicStory[] = [
  {
    story: 'C1',
    amount: '901001',
    end: { vi: 'Đã nộp: không có thông báo, hệ thống tự hỏi', en: 'paid: nothing is told, so the provider is asked' },
  },
  {
    story: 'C2',
    amount: '901002',
    end: {
      vi: 'Đã nộp, ghi sổ một lần; 50 thông báo đều được đáp',
      en: 'paid, booked once; all 50 callbacks are answered',
    },
  },
  {
    story: 'C3',
    amount: '901010',
    end: {
      vi: 'Đã nộp: bản giả đến trước không làm mất bản thật',
      en: 'paid: a forgery that comes first does not use up the genuine one',
    },
  },
  {
    story: 'C4',
    amount: '901004',
    end: {
      vi: 'Chưa nộp; tiền ở tài khoản chờ, mở chênh lệch',
      en: 'not paid; the money is in suspense, with an open discrepancy',
    },
  },
  {
    story: 'C5',
    amount: '901005',
    end: {
      vi: 'Hết hạn, rồi đã nộp khi có thông báo sau 35 ngày',
      en: 'expired, then paid when it is told 35 days later',
    },
  },
  {
    story: 'C6',
    amount: '901006',
    end: {
      vi: 'Đã nộp: lần hỏi đầu không có trả lời, lần sau có',
      en: 'paid: the first question is not answered, a later one is',
    },
  },
  {
    story: 'C7',
    amount: '901007',
    end: { vi: 'Đã nộp: lần hỏi sau dùng mã yêu cầu mới', en: 'paid: the next question has an id of its own' },
  },
  {
    story: 'C8',
    amount: '901022',
    end: {
      vi: 'Đã nộp lúc 23:59:59, báo sau nửa đêm, tính cho ngày trước',
      en: 'paid at 23:59:59, told after midnight, counted for the day before',
    },
  },
  {
    story: 'C9',
    amount: '901009',
    end: {
      vi: 'Đã nộp: thông báo hỏng bị từ chối, bản gửi lại được nhận',
      en: 'paid: the damaged callback is refused, its repetition believed',
    },
  },
  {
    story: 'C10',
    amount: '901023',
    end: {
      vi: 'Đã nộp: chữ ký bằng khóa chưa được giao bị từ chối, khóa đã thỏa thuận được tin',
      en: 'paid: a key that nobody was given is refused, the agreed one believed',
    },
  },
  {
    story: 'C12',
    amount: '901021',
    end: {
      vi: 'Đã nộp, ghi sổ một lần; thông báo lặp sau một ngày vô hại',
      en: 'paid, booked once; the replay of a day later changes nothing',
    },
  },
  {
    story: 'C13',
    amount: '901008',
    end: {
      vi: 'Đã nộp; bảng kê ghi sang hôm sau, đối soát báo lệch ngày',
      en: 'paid; listed a day later, which reconciling tells as date_shift',
    },
  },
  {
    story: 'C14',
    amount: '901014',
    end: { vi: 'Đã nộp; đối soát mở chênh lệch phí dịch vụ', en: 'paid; reconciling opens a fee_mismatch' },
  },
  {
    story: 'C15',
    amount: '901015',
    end: { vi: 'Đã nộp; yêu cầu hoàn bị từ chối, tiền không đổi', en: 'paid; the refund fails, and nothing has moved' },
  },
]
