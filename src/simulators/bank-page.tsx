// Owns the page on which a payer plays through the provider's side: plain Vietnamese, no script, made for a phone.

import { raw } from 'hono/html'
import type { FC, PropsWithChildren } from 'hono/jsx'
import type { Payment } from './records.ts'
import type { Result } from './side.ts'
import { rfc3339 } from './vietnam-time.ts'

const style = `
*{box-sizing:border-box}body{margin:0;font:1rem/1.5 system-ui,sans-serif;background:#f2f4f7;color:#1b2430}
main{max-width:26rem;margin:0 auto;padding:1rem}h1{font-size:1.25rem}.note{background:#fff3cd;border:2px solid #7a5b00;
padding:.5rem .75rem;border-radius:.5rem}dl{background:#fff;border-radius:.5rem;padding:.75rem;margin:1rem 0}
dt{font-size:.875rem;color:#4a5565}dd{margin:0 0 .5rem;font-weight:600;overflow-wrap:anywhere}
label{display:block;margin:.5rem 0;font-size:.875rem;color:#4a5565}input{display:block;width:100%;min-height:3rem;padding:.5rem .75rem;
border:2px solid #7b8794;border-radius:.5rem;font:inherit;font-size:1rem;color:#1b2430}input:focus-visible{outline:3px solid #d97706}
button,a.button{display:block;width:100%;min-height:3rem;margin:.5rem 0;padding:.75rem;border:2px solid #1f4e8c;
border-radius:.5rem;background:#fff;color:#1f4e8c;font:inherit;text-align:center;text-decoration:none}
button.pay{background:#1f4e8c;color:#fff;font-weight:700}button:focus-visible,a:focus-visible{outline:3px solid #d97706}`

const buttons: readonly [Result, string][] = [
  ['success', 'Thanh toán'],
  ['insufficient', 'Không đủ số dư'],
  ['wrong_otp', 'Nhập sai OTP'],
  ['cancelled', 'Hủy giao dịch'],
  ['pending', 'Để giao dịch chờ xử lý'],
  ['suspicious', 'Đã trừ tiền, giao dịch nghi ngờ'],
]

/** The frame of every page here: it says first that nothing of this is real. */
export const Shell: FC<PropsWithChildren<{ title: string }>> = ({ title, children }) => (
  <>
    {raw('<!doctype html>')}
    <html lang="vi">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{title} (mô phỏng)</title>
        <style>{raw(style)}</style>
      </head>
      <body>
        <main>
          <p class="note">
            <strong>Trang mô phỏng.</strong> Đây không phải ngân hàng hay ví thật; không có tiền nào được chuyển.
          </p>
          <h1>{title}</h1>
          {children}
        </main>
      </body>
    </html>
  </>
)

/** The open payment with one button per way to end it. The form goes back to the address of the page itself. */
export const BankPage: FC<{ title: string; payment: Payment }> = ({ title, payment }) => (
  <Shell title={title}>
    <dl>
      <dt>Đơn vị</dt>
      <dd>{payment.account}</dd>
      <dt>Mã giao dịch</dt>
      <dd>{payment.merchant_reference}</dd>
      <dt>Nội dung</dt>
      <dd>{payment.description}</dd>
      <dt>Số tiền</dt>
      <dd>{new Intl.NumberFormat('vi-VN').format(payment.amount_requested)} đ</dd>
      <dt>Hạn thanh toán</dt>
      <dd>{rfc3339(new Date(payment.expires_at)).replace('T', ' ').slice(0, 19)}</dd>
    </dl>
    <form method="post">
      {buttons.map(([result, label]) => (
        <button type="submit" name="result" value={result} class={result === 'success' ? 'pay' : ''}>
          {label}
        </button>
      ))}
    </form>
  </Shell>
)

/** The payment is over, or waits at the bank; the way back to the merchant, if there is one. */
export const DonePage: FC<{ title: string; text: string; returnUrl: string | null }> = ({ title, text, returnUrl }) => (
  <Shell title={title}>
    <p>{text}</p>
    {returnUrl === null ? null : (
      <a class="button" href={returnUrl}>
        Về trang của đơn vị
      </a>
    )}
  </Shell>
)

/** The payment is over, and the browser goes back to the merchant by a posted form. */
export const ReturnFormPage: FC<{ title: string; action: string; fields: Readonly<Record<string, string>> }> = (
  page,
) => (
  <Shell title={page.title}>
    <p>Giao dịch này đã kết thúc.</p>
    <form method="post" action={page.action}>
      {Object.entries(page.fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class="pay">
        Về trang của đơn vị
      </button>
    </form>
  </Shell>
)

/** A payment address that is refused, with the provider's own code. */
export const ErrorPage: FC<{ title: string; code: string; text: string }> = ({ title, code, text }) => (
  <Shell title={title}>
    <p>{text}</p>
    <p>
      Mã lỗi: <strong>{code}</strong>
    </p>
  </Shell>
)
