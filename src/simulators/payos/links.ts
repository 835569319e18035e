// Owns the payment link: its id and address, its virtual account, the transfers into it, and its shape in answers and webhooks.
// Source: npm @payos/node 2.0.5 (types of payment requests and webhooks).
import { z } from 'zod'
import type { Refused } from '../checkout.tsx'
import type { Payment } from '../records.ts'
import { hmacHex, sameHex } from '../signing.ts'
import { rfc3339 } from '../vietnam-time.ts'
import { expireIfDue, keyOf, type World } from '../world.ts'
import { type Members, vietQr } from './messages.ts'
import { linkState, type PayosAccount, receiver } from './terms.ts'

export const linkPath = '/web/:id'

/** One arrival of money; the bank's reference names it. */
const transferSchema = z.object({ reference: z.string(), amount: z.string(), at: z.string() })
type Transfer = z.infer<typeof transferSchema>

/** 32 hex characters: the order code, and a check value that only payOS can make. */
export const linkId = async (account: PayosAccount, orderCode: string): Promise<string> => {
  const check = await hmacHex('SHA-256', account.checksum_key, `link\n${account.client_id}\n${orderCode}`)
  return BigInt(orderCode).toString(16).padStart(14, '0') + check.slice(0, 18)
}

/** The payment of one account under an order code or a link id. */
export const findLink = (world: World, account: PayosAccount, id: string): Payment | undefined => {
  if (/^[1-9][0-9]{0,15}$/.test(id)) return world.payments.get(keyOf('payos', account.client_id, id))
  if (!/^[0-9a-f]{32}$/.test(id)) return undefined
  const orderCode = BigInt(`0x${id.slice(0, 14)}`).toString()
  const payment = world.payments.get(keyOf('payos', account.client_id, orderCode))
  // As it was made: the channel may have other keys by now.
  return payment && sameHex(id, payment.details.link_id ?? '') ? payment : undefined
}

/** The payment behind the address of a payment page. */
export const findByAddress = (world: World, accounts: readonly PayosAccount[], url: string): Payment | Refused => {
  const id = new URL(url).pathname.split('/').at(-1) ?? ''
  for (const account of accounts) {
    const payment = id.length === 32 ? findLink(world, account, id) : undefined
    if (!payment) continue
    expireIfDue(world, payment, 'EXPIRED')
    return payment.status === 'expired' ? { code: 'EXPIRED', text: 'Link thanh toán đã hết hạn.' } : payment
  }
  return { code: '101', text: 'Không tìm thấy link thanh toán.' }
}

/** What came in: one transfer, or all of them once there was a second. */
export const transfersOf = (payment: Payment): Transfer[] => {
  if (payment.status !== 'success') return []
  const { transfers } = payment.details
  if (transfers !== undefined) return z.array(transferSchema).parse(JSON.parse(transfers))
  const { provider_reference: reference, amount, occurred_at, created_at } = payment
  return [{ reference, amount: String(amount), at: occurred_at ?? created_at }]
}

/** Another transfer into the account of a link that was paid already, in part or in full. */
export const addTransfer = (
  payment: Payment,
  { reference, amount, at }: { reference: string; amount: bigint; at: Date },
): void => {
  const transfers = [...transfersOf(payment), { reference, amount: String(amount), at: at.toISOString() }]
  payment.details.transfers = JSON.stringify(transfers)
  payment.amount += amount
}

const virtualAccount = ({ merchant_reference }: Payment): string => `V8${merchant_reference}`

/** The text that payOS puts on the transfer: ours with a prefix of its own. */
const transferText = ({ description }: Payment): string => `CS${description}`

/** A link as the create call answers it. */
export const createdLink = (world: World, payment: Payment): Members => {
  const { link_id, expired_at } = payment.details
  const [account, description] = [virtualAccount(payment), transferText(payment)]
  return {
    bin: receiver.bin,
    accountNumber: account,
    accountName: receiver.name,
    amount: Number(payment.amount_requested),
    description,
    orderCode: Number(payment.merchant_reference),
    currency: 'VND',
    paymentLinkId: link_id,
    status: linkState(payment),
    expiredAt: expired_at === undefined ? null : Number(expired_at),
    checkoutUrl: `${world.publicUrl}/simulators/payos/web/${link_id}`,
    qrCode: vietQr({ bin: receiver.bin, account, amount: payment.amount_requested, description }),
  }
}

/** A link as it stands, with every transfer. */
export const linkMembers = (payment: Payment): Members => {
  const transfers = transfersOf(payment)
  const paid = transfers.reduce((sum, { amount }) => sum + Number(amount), 0)
  const isCancelled = linkState(payment) === 'CANCELLED'
  return {
    id: payment.details.link_id,
    orderCode: Number(payment.merchant_reference),
    amount: Number(payment.amount_requested),
    amountPaid: paid,
    amountRemaining: Math.max(0, Number(payment.amount_requested) - paid),
    status: linkState(payment),
    createdAt: rfc3339(new Date(payment.created_at)),
    transactions: transfers.map((transfer) => ({
      ...transferMembers(payment, transfer),
      transactionDateTime: rfc3339(new Date(transfer.at)),
    })),
    cancellationReason: isCancelled ? (payment.details.cancellation_reason ?? null) : null,
    canceledAt: isCancelled && payment.occurred_at ? rfc3339(new Date(payment.occurred_at)) : null,
  }
}

/** The `data` of the webhook about the latest transfer; null while no money came in. */
export const webhookMembers = (payment: Payment): Members | null => {
  const latest = transfersOf(payment).at(-1)
  if (!latest) return null
  return {
    orderCode: Number(payment.merchant_reference),
    ...transferMembers(payment, latest),
    transactionDateTime: rfc3339(new Date(latest.at)).slice(0, 19).replace('T', ' '),
    currency: 'VND',
    paymentLinkId: payment.details.link_id,
    code: '00',
    desc: 'Thành công',
  }
}

/** The payer is as banks show it: some members, masked or absent. */
const transferMembers = (payment: Payment, { reference, amount }: Transfer): Members => ({
  reference,
  amount: Number(amount),
  accountNumber: receiver.number,
  description: `${transferText(payment)} nop le phi`,
  virtualAccountName: null,
  virtualAccountNumber: virtualAccount(payment),
  counterAccountBankId: '970436',
  counterAccountBankName: null,
  counterAccountName: 'NGUYEN VAN A',
  counterAccountNumber: '1017xxx600',
})
