/** Tracing (tra soát): what is asked of whom, by when it must be answered, and the code under which everybody speaks of it. */
import { businessDay, toRfc3339 } from '../lib/time.ts'
import { addWorkingDays, workingDaysBetween } from './working-days.ts'

/** Working days until the answer, with the rule that says so. Between authorities the days of both steps count. */
export const tracingRules = {
  payer_record: {
    workingDays: 3,
    basis: 'Thông tư 89/2026/TT-BTC, Điều 37: đề nghị của người nộp (01/TS), thông tin hạch toán sai lệch',
  },
  payer_voucher: {
    workingDays: 5,
    basis: 'Thông tư 89/2026/TT-BTC, Điều 37: đề nghị của người nộp (01/TS), chứng từ nộp tiền sai',
  },
  treasury: { workingDays: 2, basis: 'Thông tư 89/2026/TT-BTC, Điều 37: Kho bạc Nhà nước trả lời' },
  provider: {
    workingDays: 7,
    basis: 'Thông tư 89/2026/TT-BTC, Điều 37: đề nghị của tổ chức phối hợp thu, 5 ngày và 2 ngày',
  },
  excess_transfer: { workingDays: 5, basis: 'Thông tư 89/2026/TT-BTC, Điều 37: chuyển thừa tiền' },
  bank_inquiry: {
    workingDays: 30,
    // Public notes on the circular and one bank's account rules say so; the article of the circular itself has not been read.
    basis:
      'Tra soát, khiếu nại qua ngân hàng: tối đa 30 ngày làm việc, theo tài liệu công khai về Thông tư 40/2024/TT-NHNN và quy định tài khoản của một ngân hàng; chưa đối chiếu điều khoản của Thông tư',
  },
} as const
export type TracingKind = keyof typeof tracingRules
export const tracingKinds = Object.keys(tracingRules) as [TracingKind, ...TracingKind[]]

export const tracingStatuses = ['open', 'answered', 'closed'] as const
export type TracingStatus = (typeof tracingStatuses)[number]

export type TracingCase = {
  id: string
  agencyCode: string
  code: string
  kind: TracingKind
  status: TracingStatus
  /** What it is about, as one name: of one thing at most one case of a kind is open. */
  subject: string
  merchantAccountId: string | null
  discrepancyId: string | null
  orderId: string | null
  statementId: string | null
  line: number | null
  amount: bigint
  currency: 'VND'
  finder: string
  cause: string
  counterpart: string
  evidence: readonly { kind: string; reference: string }[]
  dueOn: string
  openedBy: string
  openedAt: Date
  result: string | null
  document: string | null
  answeredBy: string | null
  answeredAt: Date | null
  closedBy: string | null
  closedAt: Date | null
  closingNote: string | null
}

/** The business day by which a case that is opened now must be answered. */
export const tracingDueOn = (kind: TracingKind, openedAt: Date): string =>
  addWorkingDays(businessDay(openedAt), tracingRules[kind].workingDays)

export const presentTracingCase = (each: TracingCase, now: Date) => ({
  id: each.id,
  code: each.code,
  kind: each.kind,
  status: each.status,
  agency_code: each.agencyCode,
  merchant_account: each.merchantAccountId,
  discrepancy: each.discrepancyId,
  order: each.orderId,
  statement_line: each.statementId === null ? null : { statement: each.statementId, line: each.line },
  amount: each.amount,
  currency: each.currency,
  finder: each.finder,
  cause: each.cause,
  counterpart: each.counterpart,
  evidence: [...each.evidence],
  due_on: each.dueOn,
  basis: tracingRules[each.kind].basis,
  age_working_days: workingDaysBetween(
    businessDay(each.openedAt),
    businessDay(each.answeredAt ?? each.closedAt ?? now),
  ),
  overdue: each.status === 'open' && each.dueOn < businessDay(now),
  opened_by: each.openedBy,
  opened_at: toRfc3339(each.openedAt),
  result: each.result,
  document: each.document,
  answered_by: each.answeredBy,
  answered_at: each.answeredAt && toRfc3339(each.answeredAt),
  closed_by: each.closedBy,
  closed_at: each.closedAt && toRfc3339(each.closedAt),
  closing_note: each.closingNote,
})

/** Crockford's base32: no letter that is read as a digit. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A code that can be read aloud, from the first five of some random bytes: `TS-` and eight characters that nobody guesses, with a ninth that finds a slip of the pen. */
export const tracingCode = (random: Uint8Array): string => {
  let bits = random.subarray(0, 5).reduce((all, byte) => (all << 8n) | BigInt(byte), 0n)
  let body = ''
  for (let left = 8; left > 0; left -= 1, bits >>= 5n) body = alphabet.charAt(Number(bits & 31n)) + body
  return `TS-${body.slice(0, 4)}-${body.slice(4)}-${checkCharacter(body)}`
}

/** The code as it is stored, whatever case, hyphens and look-alike letters it was written with; null for one that was never given out. */
export const readTracingCode = (text: string): string | null => {
  const written = text
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    // Not the beginning of a code that was written without it.
    .replace(/^TS(?=.{9}$)/, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
  const body = written.slice(0, 8)
  if (written.length !== 9 || ![...written].every((character) => alphabet.includes(character))) return null
  return checkCharacter(body) === written.at(8) ? `TS-${body.slice(0, 4)}-${body.slice(4)}-${written.at(8)}` : null
}

/** Luhn's check in base 32: any one wrong character changes it, and nearly every pair that is swapped. */
const checkCharacter = (body: string): string => {
  const sum = [...body].toReversed().reduce((total, character, index) => {
    const addend = alphabet.indexOf(character) * (index % 2 === 0 ? 2 : 1)
    return total + Math.floor(addend / 32) + (addend % 32)
  }, 0)
  return alphabet.charAt((32 - (sum % 32)) % 32)
}
