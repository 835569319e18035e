// Owns payOS's words: what a channel is, the states of a link, the codes of an answer.
// Source: npm @payos/node 2.0.5 (types of payment requests); code 231 from several public clients, the other refusals unconfirmed.
import type { Payment, PaymentStatus } from '../records.ts'
import type { Result, Tariff } from '../side.ts'

/** `webhook_url` is the one of the channel; a confirmed one replaces it. */
export interface PayosAccount {
  client_id: string
  api_key: string
  checksum_key: string
  webhook_url: string
  tariff?: Tariff
}

/** The receiving account of every channel here: its bank, its own number, its holder. Each link has a virtual account of it. */
export const receiver = { bin: '970415', number: '113366668888', name: 'TT PHUC VU HCC' }

/** What a transfer text may hold where the receiving account is not linked through payOS. */
export const descriptionMax = 9

/**
 * How a payer's attempt ends for the link. A bank that refuses a transfer tells nobody, so the link stays open; money that moved is dealt with apart,
 * since it may be less than was asked for. Suspicion is unknown here: a bank's answer under way is the nearest.
 */
export const outcomes: Record<Exclude<Result, 'success'>, [PaymentStatus, string]> = {
  insufficient: ['open', ''],
  wrong_otp: ['open', ''],
  cancelled: ['failed', 'CANCELLED'],
  pending: ['pending', 'PROCESSING'],
  suspicious: ['pending', 'PROCESSING'],
}

/** The state of a link as an answer tells it. */
export const linkState = ({ status, code, amount, amount_requested }: Payment): string => {
  if (status === 'success') return amount < amount_requested ? 'UNDERPAID' : 'PAID'
  return status === 'open' ? 'PENDING' : status === 'expired' ? 'EXPIRED' : code
}

const texts: Record<string, string> = {
  '00': 'success',
  '20': 'Thông tin truyền lên không đúng.',
  '101': 'Không tìm thấy link thanh toán',
  '201': 'Mã kiểm tra(signature) không hợp lệ.',
  '231': 'Đơn thanh toán đã tồn tại',
  '401': 'Thông tin xác thực không hợp lệ.',
}

export const textOf = (code: string): string => texts[code] ?? ''

/** Only 231 was seen, with 200; the rest travels as the SDK's errors are named. */
export const statusOf = (code: string): 200 | 400 | 401 | 404 =>
  code === '401' ? 401 : code === '101' ? 404 : code === '20' || code === '201' ? 400 : 200
