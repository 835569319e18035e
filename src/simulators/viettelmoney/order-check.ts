// Owns the question that Viettel asks before it takes money: does the partner know this order, is it unpaid, is this its amount? The amount is not sent: it is in the
// check sum, so that the partner must put in its own. Source: the vendor's sample pack, "order check".
import type { Refused } from '../checkout.tsx'
import type { World } from '../world.ts'
import { isSigned, type Message, readJson, signedForm } from './messages.ts'
import type { ViettelAccount } from './terms.ts'

/** The payer is waiting. */
const answerTimeoutMs = 10_000

const refusals: Record<string, string> = {
  '01': 'Đơn vị từ chối: đơn hàng không tồn tại, đã thanh toán hoặc đã hết hạn.',
  '02': 'Đơn vị từ chối: sai chữ ký.',
  '03': 'Hệ thống của đơn vị đang gặp lỗi.',
}

/** Why the partner does not let this order be paid; null when it does. */
export const refusedByPartner = async (
  world: World,
  account: ViettelAccount,
  { billcode = '', merchant_code = '', order_id = '', trans_amount = '' }: Message,
): Promise<Refused | null> => {
  // The amount is signed and left out of what is sent.
  const order = { billcode, merchant_code, order_id, trans_amount }
  const body = (await signedForm('VERIFY', order, account)).replace(/(^|&)trans_amount=[^&]*/, '')
  const reply = readJson(await ask(world, account.callback_url, body))
  const { error_code = '03' } = reply
  if (error_code !== '00') return { code: error_code, text: refusals[error_code] ?? 'Đơn vị từ chối đơn hàng.' }
  const isOfThisOrder =
    reply.billcode === billcode && reply.order_id === order_id && reply.trans_amount === trans_amount
  if (isOfThisOrder && (await isSigned('VERIFY_REPLY', reply, account))) return null
  return { code: '02', text: 'Đơn vị trả lời không đúng chữ ký.' }
}

const ask = async (world: World, url: string, body: string): Promise<string> => {
  try {
    const response = await world.fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(answerTimeoutMs),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    })
    return response.status === 200 ? (await response.text()).slice(0, 4_096) : ''
  } catch {
    return ''
  }
}
