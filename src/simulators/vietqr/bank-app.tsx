// Owns the payer's bank app as a page: a code is scanned (pasted, here) or a transfer typed, changed as a payer may, and sent.
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { FC } from 'hono/jsx'
import { ErrorPage, Shell } from '../bank-page.tsx'
import { completePayment } from '../complete-payment.ts'
import type { Payment } from '../records.ts'
import type { Side } from '../side.ts'
import type { World } from '../world.ts'
import { textLengthMax, type WatchedAccount } from './terms.ts'
import { type Draft, draftOf, newTransfer } from './transfers.ts'

const title = 'Ứng dụng ngân hàng'
const path = '/bank-app'
const headers = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}

/** GET shows the transfer, filled in from `qr`; POST sends it and tells the agency. */
export const bankAppRoutes = (
  world: World,
  { accounts, side }: { accounts: readonly WatchedAccount[]; side: () => Side },
): Hono => {
  const app = new Hono()
  app.get(path, (c) => {
    const code = c.req.query('qr')?.trim() ?? ''
    const draft = draftOf(code)
    if (code !== '' && !draft) return refuse(c, 'Ứng dụng không đọc được mã này.')
    return c.html(<AppPage code={code} draft={draft} />, 200, headers)
  })
  app.post(path, bodyLimit({ maxSize: 8_192 }), async (c) => {
    const form = new URLSearchParams(await c.req.text())
    const draft = readForm(form)
    if (!draft) return refuse(c, 'Số tiền là số nguyên lớn hơn 0; nội dung không quá dài.')
    const named = draftOf(form.get('qr') ?? '')?.text ?? draft.text
    const payment = newTransfer(world, accounts, { draft, named })
    if (!payment) return refuse(c, 'Không tìm thấy tài khoản thụ hưởng.')
    const result = form.get('result') === 'insufficient' ? 'insufficient' : 'success'
    await completePayment(world, side(), payment, { result })
    return c.html(<SentPage payment={payment} />, 200, headers)
  })
  return app
}

const refuse = (c: Context, text: string) => c.html(<ErrorPage title={title} code="14" text={text} />, 400, headers)

const readForm = (form: URLSearchParams): Draft | null => {
  const get = (name: string) => form.get(name)?.trim() ?? ''
  const amount = get('amount').replace(/[.,\s]/g, '')
  if (!/^[1-9]\d{0,12}$/.test(amount) || get('text').length > textLengthMax) return null
  const place = { bank_bin: get('bank_bin'), account_number: get('account_number') }
  return { ...place, amount: BigInt(amount), text: get('text') }
}

const AppPage: FC<{ code: string; draft: Draft | null }> = ({ code, draft }) => {
  const fields: readonly [string, string, string][] = [
    ['bank_bin', 'Mã ngân hàng (BIN)', draft?.bank_bin ?? ''],
    ['account_number', 'Số tài khoản', draft?.account_number ?? ''],
    ['amount', 'Số tiền (đ)', draft ? String(draft.amount) : ''],
    ['text', 'Nội dung', draft?.text ?? ''],
  ]
  return (
    <Shell title={title}>
      {draft ? null : (
        <form method="get">
          <label>
            Nội dung mã QR
            <input name="qr" value="" />
          </label>
          <button type="submit">Quét mã</button>
        </form>
      )}
      <form method="post">
        <input type="hidden" name="qr" value={code} />
        {fields.map(([name, label, value]) => (
          <label>
            {label}
            <input name={name} value={value} />
          </label>
        ))}
        <button type="submit" name="result" value="success" class="pay">
          Chuyển tiền
        </button>
        <button type="submit" name="result" value="insufficient">
          Không đủ số dư
        </button>
      </form>
    </Shell>
  )
}

const SentPage: FC<{ payment: Payment }> = ({ payment }) => (
  <Shell title={title}>
    {payment.status === 'success' ? (
      <dl>
        <dt>Đã chuyển</dt>
        <dd>{new Intl.NumberFormat('vi-VN').format(payment.amount)} đ</dd>
        <dt>Tới tài khoản</dt>
        <dd>{payment.account}</dd>
        <dt>Nội dung</dt>
        <dd>{payment.details.text}</dd>
        <dt>Số giao dịch</dt>
        <dd>{payment.provider_reference}</dd>
      </dl>
    ) : (
      <p>Giao dịch không thành công; không có tiền nào được chuyển.</p>
    )}
  </Shell>
)
