// Statements and runs of a demo that has books, and a file of somebody's own that waits to be mapped.
import { z } from 'zod'
import type { GatewayClient } from '../../../src/node/demo-run/gateway-client.ts'

export type ShownBooks = { statement: string; run: string; item: string; draft: string }

const found = z.looseObject({ id: z.string() })

/** As a provider might write it: titles above the table, words of its own, and one of them that nobody knows. */
const ownFile = [
  'CÔNG TY CỔ PHẦN THANH TOÁN TRỰC TUYẾN;;;;;;',
  'Báo cáo giao dịch ngày 23/11/2026;;;;;;',
  'Thời gian giao dịch;Mã đơn hàng;Mã giao dịch;Loại giao dịch;Số tiền (VNĐ);Phí giao dịch;Trạng thái',
  '23/11/2026 09:00:12;DH261123001;FT26332001;Thanh toán;1.150.000;13.915;Thành công',
  '23/11/2026 09:05:40;DH261123002;FT26332002;Hoàn tiền;50.000;0;Thành công',
  '23/11/2026 10:20:00;DH261123003;FT26332003;Thanh toán;75.000;908;Chờ duyệt',
].join('\n')

export const lookUpBooks = async (client: GatewayClient): Promise<ShownBooks> => {
  const first = async (path: string): Promise<string> => (await client.all('accountant', path, found))[0]?.id ?? ''
  const [statement, run] = [await first('/v1/statements'), await first('/v1/reconciliations')]
  if (!run) return { statement, run, item: '', draft: '' }
  const form = new FormData()
  form.set('merchant_account', Object.values(client.demo.merchant_accounts)[0]?.id ?? '')
  form.set('source', 'provider')
  form.set('file', new File([ownFile], 'doi-soat-23-11.csv', { type: 'text/csv' }))
  const draft = await client.call('accountant', { path: '/v1/statement_drafts', form }, found)
  return { statement, run, item: await first(`/v1/reconciliations/${run}/items`), draft: draft.id }
}
