/**
 * A receipt as it was issued, for the screen and for paper: the content of form 01/PLPĐT (TT 91, annex V). Its own words stay Vietnamese in every
 * language; translations stand smaller below them (NĐ 254/2026 Điều 23.2).
 */
import { raw } from 'hono/html'
import type { FC } from 'hono/jsx'
import { formatDong } from '../domain/money.ts'
import type { Receipt, ReceiptHistory, ReceiptMoney } from '../domain/receipt.ts'
import { formatVietnamese, formatVietnameseDay } from '../lib/time.ts'
import type { ReceiptLabels } from './copy.ts'
import { dictionary } from './dictionary.ts'
import type { Language } from './language.ts'
import { Layout, Main } from './layout.tsx'

type Page = {
  history: ReceiptHistory & { money: ReceiptMoney }
  /** Its code, as a picture. */
  code: string
  pdfHref: string
  provider: string
  language: Language
  otherLanguageHref: string
}

export const ReceiptPage: FC<Page> = ({ history, code, pdfHref, provider, language, otherLanguageHref }) => {
  const { receipt } = history
  const { document } = receipt
  const { receiptLabels: labels, receiptNote, receiptPdf } = dictionary[language]
  const { ledger_root: root } = document
  return (
    <Layout
      language={language}
      title={`${document.title} ${document.number}`}
      otherLanguageHref={otherLanguageHref}
      agencyPhone={document.collector.phone}
    >
      <Main>
        <article class="card paper" lang="vi">
          <Collector receipt={receipt} labels={labels} />
          <h1>
            {document.title}
            {labels ? <Small text={document.kind === 'phi' ? labels.title_phi : labels.title_le_phi} /> : null}
          </h1>
          <Became history={history} labels={labels} />
          <dl class="row">
            <Entry label="Mẫu số" also={labels?.form} value={document.form} />
            <Entry label="Ký hiệu" also={labels?.serial} value={document.serial} />
            <Entry label="Số" also={labels?.number} value={String(document.number)} />
            <Entry label="Ngày lập" also={labels?.date} value={formatVietnameseDay(document.issued_on)} />
          </dl>
          <dl>
            <Entry label="Người nộp" also={labels?.payer} value={document.payer.name} />
            <Entry label="Thủ tục" also={labels?.procedure} value={document.procedure_name} />
            <Entry label="Mã hồ sơ" also={labels?.dossier} value={document.dossier_code} />
          </dl>
          <Fees receipt={receipt} labels={labels} />
          <dl>
            <Entry label="Số tiền bằng chữ" also={labels?.words} value={document.amount_in_words} />
            <Entry
              label="Hình thức thanh toán"
              also={labels?.method}
              value={`${document.payment.method}, qua ${provider}`}
            />
            <Entry
              label="Mã giao dịch"
              also={labels?.reference}
              value={`${document.payment.provider_reference ?? document.payment.merchant_reference}${paidAt(document.payment.paid_at)}`}
            />
            <Entry
              label="Mã niêm phong sổ cái"
              also={labels?.ledger_root}
              value={root ? `${root.root}, ngày ${formatVietnameseDay(root.day)}` : null}
            />
          </dl>
          <figure class="code">
            {raw(code)}
            <figcaption class="small">
              Quét mã để kiểm tra chữ ký số của biên lai
              {labels ? <Small text={labels.code} /> : null}
            </figcaption>
          </figure>
        </article>
        <p class="screen paper">
          <a class="button plain" href={pdfHref}>
            {receiptPdf}
          </a>
        </p>
        <p class="small screen paper">{receiptNote}</p>
      </Main>
    </Layout>
  )
}

/** What it stands in place of, and what became of it since. */
const Became: FC<{ history: Page['history']; labels: ReceiptLabels | null }> = ({ history, labels }) => {
  const { receipt, replacedBy, notices, money } = history
  const { document } = receipt
  return (
    <>
      {replacedBy ? (
        <p class="note bad">
          {`Biên lai này đã được thay thế bởi biên lai ${replacedBy.serial} số ${replacedBy.number}, ngày ${formatVietnameseDay(replacedBy.document.issued_on)}.`}
          {labels ? <Small text={labels.replaced} /> : null}
        </p>
      ) : null}
      {document.replaces ? (
        <p class="note calm">
          {`Thay thế biên lai ${document.replaces.serial} số ${document.replaces.number}, ngày ${formatVietnameseDay(document.replaces.issued_on)}. Lý do: ${document.replaces.reason}`}
        </p>
      ) : null}
      {money.returned > 0n ? (
        <p class="note wait">
          {`Đã hoàn ${formatDong(money.returned)} của các khoản trên biên lai này.`}
          {labels ? <Small text={labels.returned} /> : null}
        </p>
      ) : null}
      {money.reversed > 0n ? (
        <p class="note bad">
          {`Nhà cung cấp hoặc ngân hàng đã thu lại ${formatDong(money.reversed)} của khoản thanh toán.`}
          {labels ? <Small text={labels.reversed} /> : null}
        </p>
      ) : null}
      {money.isDisputed ? (
        <p class="note wait">
          Khoản thanh toán đang bị khiếu nại và có thể bị thu lại.
          {labels ? <Small text={labels.disputed} /> : null}
        </p>
      ) : null}
      {notices.map(({ text, noticedAt }) => (
        <p class="note wait">{`Thông báo ngày ${formatVietnamese(noticedAt)}: ${text}`}</p>
      ))}
    </>
  )
}

const paidAt = (time: string | null): string => (time ? `, lúc ${formatVietnamese(new Date(time))}` : '')

const Small: FC<{ text: string }> = ({ text }) => (
  <span class="small" lang="en">
    {` (${text})`}
  </span>
)

/** What the receipt does not have is left out, not shown as empty. */
const Entry: FC<{ label: string; also: string | undefined; value: string | null }> = ({ label, also, value }) =>
  value ? (
    <div>
      <dt>
        {label}
        {also ? <Small text={also} /> : null}
      </dt>
      <dd>{value}</dd>
    </div>
  ) : null

type Part = { receipt: Receipt; labels: ReceiptLabels | null }

const Collector: FC<Part> = ({ receipt, labels }) => {
  const { collector } = receipt.document
  return (
    <dl class="row pair">
      <Entry label="Tổ chức thu" also={labels?.collector} value={collector.name} />
      <Entry label="Mã số thuế" also={labels?.taxCode} value={collector.tax_code} />
      <Entry label="Địa chỉ" also={labels?.address} value={collector.address} />
      <Entry label="Điện thoại" also={labels?.phone} value={collector.phone} />
      <Entry label="Số tài khoản" also={labels?.account} value={collector.account?.number ?? null} />
    </dl>
  )
}

const Fees: FC<Part> = ({ receipt, labels }) => (
  <table>
    <thead>
      <tr>
        <th scope="col" class="small">
          Nội dung thu
          {labels ? <Small text={labels.content} /> : null}
        </th>
        <th scope="col" class="small">
          Số tiền
          {labels ? <Small text={labels.amount} /> : null}
        </th>
      </tr>
    </thead>
    <tbody>
      {receipt.document.fees.map((fee) => (
        <tr>
          <th scope="row">
            {fee.quantity > 1
              ? `${fee.description} (${fee.quantity} × ${formatDong(fee.unit_amount)})`
              : fee.description}
            <div class="small">{fee.amount_in_words}</div>
          </th>
          <td>{formatDong(fee.amount)}</td>
        </tr>
      ))}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row">
          Tổng cộng
          {labels ? <Small text={labels.total} /> : null}
        </th>
        <td>{formatDong(receipt.document.amount)}</td>
      </tr>
    </tfoot>
  </table>
)
