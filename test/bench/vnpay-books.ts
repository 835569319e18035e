// VNPAY's answers to queries, as its own books would give them: the gateway asks once about each payment that a callback told of, and who denied it would be asked again and again.
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Made } from './requests.ts'
import type { Stage } from './stage.ts'

export type VnpayBooks = { close: () => void }

/** The signed fields of an answer, in their order (VNPAY's page "querydr-refund" of 2.1.0, "vnp_SecureHash" of the answer). */
const signedFields = [
  ...['ResponseId', 'Command', 'ResponseCode', 'Message', 'TmnCode', 'TxnRef', 'Amount', 'BankCode', 'PayDate'],
  ...['TransactionNo', 'TransactionType', 'TransactionStatus', 'OrderInfo', 'PromotionCode', 'PromotionAmount'],
].map((name) => `vnp_${name}`)

/** Has the gateway of the stage ask here from now on, and knows these payments as made. */
export const openVnpayBooks = async ({ gateway, sql }: Stage, made: readonly Made[]): Promise<VnpayBooks> => {
  const account = (await gateway().demo()).merchant_accounts.vnpay
  if (!account) throw new Error('the demo has no such account')
  const [tmnCode, secret] = [String(account.credentials.tmn_code), String(account.credentials.hash_secret)]
  const payments = new Map(made.map((payment) => [payment.reference, payment]))
  let answers = 0
  const server = createServer(async (request, response) => {
    const asked = JSON.parse(await text(request)) as Record<string, string>
    const payment = payments.get(asked.vnp_TxnRef ?? '')
    answers += 1
    const fields: Record<string, string> = {
      vnp_ResponseId: String(answers),
      vnp_Command: 'querydr',
      vnp_ResponseCode: payment ? '00' : '91',
      vnp_Message: 'Success',
      vnp_TmnCode: tmnCode,
      vnp_TxnRef: asked.vnp_TxnRef ?? '',
      vnp_OrderInfo: 'Nop le phi',
      ...(payment && {
        vnp_Amount: String(payment.amount * 100),
        vnp_BankCode: 'NCB',
        vnp_PayDate: '20261122100200',
        vnp_TransactionNo: payment.number,
        vnp_TransactionType: '01',
        vnp_TransactionStatus: '00',
      }),
    }
    const signed = signedFields.map((name) => fields[name] ?? '').join('|')
    const hash = createHmac('sha512', secret).update(signed).digest('hex')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ ...fields, vnp_SecureHash: hash }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/merchant_webapi/api/transaction`
  await sql`update merchant_accounts set settings = settings || jsonb_build_object('api_url', ${url}::text) where id = ${account.id}`
  return {
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
