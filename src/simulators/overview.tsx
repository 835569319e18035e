// Owns the simulators' own front page: what each provider remembers, and the amounts that bring a fault with them. No script.
import { Hono } from 'hono'
import { raw } from 'hono/html'
import type { FC } from 'hono/jsx'
import { magicAmounts } from './magic-amounts.ts'
import { simulatedProviders } from './register.ts'
import { businessDay } from './vietnam-time.ts'

const style = `
*{box-sizing:border-box}body{margin:0;font:1rem/1.5 system-ui,sans-serif;background:#f2f4f7;color:#1b2430}
main{max-width:44rem;margin:0 auto;padding:1rem}h1{font-size:1.25rem}h2{font-size:1.1rem}
.note{background:#fff3cd;border:2px solid #7a5b00;padding:.5rem .75rem;border-radius:.5rem}
table{border-collapse:collapse;background:#fff;width:100%}td,th{border:1px solid #c5ccd6;padding:.4rem .6rem;text-align:left;overflow-wrap:anywhere}
td:first-child{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}a{color:#1f4e8c}
a:focus-visible{outline:3px solid #d97706}`

const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** The page, for the address under which the simulators are mounted. */
export const overviewRoutes = ({ now }: { now: () => Date }): Hono => {
  const app = new Hono()
  app.get('/', (c) => c.html(<Overview day={businessDay(now())} />, 200, headers))
  return app
}

const Overview: FC<{ day: string }> = ({ day }) => (
  <>
    {raw('<!doctype html>')}
    <html lang="vi">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>Nhà cung cấp mô phỏng</title>
        <style>{raw(style)}</style>
      </head>
      <body>
        <main>
          <p class="note">
            <strong>Trang mô phỏng.</strong> Không có tiền nào được chuyển.
          </p>
          <h1>Nhà cung cấp mô phỏng</h1>
          {Object.entries(simulatedProviders).map(([name, { page }]) => (
            <section>
              <h2>{name}</h2>
              <ul>
                {page === undefined ? null : (
                  <li>
                    <a href={`/simulators/${name}/${page}`}>Ứng dụng của người nộp</a>
                  </li>
                )}
                <li>
                  <a href={`/simulators/${name}/ledger`}>Giao dịch đã ghi nhận</a>
                </li>
                <li>
                  <a href={`/simulators/${name}/settlements/${day}.csv`}>Bảng kê quyết toán ngày {day}</a>
                </li>
                <li>
                  <a href={`/simulators/${name}/faults`}>Lỗi đang chờ</a>
                </li>
              </ul>
            </section>
          ))}
          <h2>Số tiền gây lỗi</h2>
          <p>Thanh toán đúng một trong các số tiền này sẽ kèm theo lỗi tương ứng.</p>
          <table>
            <thead>
              <tr>
                <th>Số tiền</th>
                <th>Lỗi</th>
              </tr>
            </thead>
            <tbody>
              {Object.entries(magicAmounts).map(([amount, faults]) => (
                <tr>
                  <td>{new Intl.NumberFormat('vi-VN').format(BigInt(amount))} đ</td>
                  <td>
                    {faults.map(({ fault, operation }) => (operation ? `${fault} (${operation})` : fault)).join(', ')}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </main>
      </body>
    </html>
  </>
)
