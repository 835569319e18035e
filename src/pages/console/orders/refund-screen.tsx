/** Asking for a refund of an order: all of it, some lines, or a surplus. What becomes of it is decided elsewhere. */
import type { FC } from 'hono/jsx'
import { z } from 'zod'
import { refundMethods, refundReasonCodes } from '../../../domain/order-facts.ts'
import type { Language } from '../../language.ts'
import { money } from '../../wording.ts'
import { ApiProblem } from '../console-api.ts'
import { wholeOf } from '../form-values.ts'
import { ActForm, Field, Money, Note } from '../parts.tsx'
import { type Acting, defineScreen, type Visit } from '../screen.ts'
import { feeKindTerms, refundMethodTerms, refundReasonTerms, termOf } from '../terms.ts'
import { hasSurplus } from './order-screen.tsx'
import { type Attempts, attempts, type Order, order as orderShape, type Refunds, refunds } from './order-shape.ts'
import { refundWords } from './refund-words.ts'

export const askRefundScreen = defineScreen({
  path: '/orders/:id/refund',
  roles: ['accountant'],
  view: async (visit) => {
    const { api, language } = visit
    const path = pathOf(visit)
    const [order, tried, asked] = await Promise.all([
      api.get(orderShape, path),
      api.get(attempts, `${path}/attempts`),
      api.get(refunds, `${path}/refunds`),
    ])
    const copy = refundWords[language]
    const choices = choicesOf(visit, { order, tried: tried.data, asked: asked.data })
    return {
      title: copy.title(order.dossier_code),
      body: (
        <>
          {choices.length === 0 ? <p>{copy.nothing}</p> : null}
          {choices.length > 0 ? (
            <>
              <Note tone="wait">
                <p>{copy.before}</p>
              </Note>
              <RefundForm visit={visit} order={order} asked={asked.data} choices={choices} />
            </>
          ) : null}
          <p>
            <a href={`/console/orders/${order.id}`}>{copy.back}</a>
          </p>
        </>
      ),
    }
  },
  acts: {
    ask: async (acting) => {
      const { api, params } = acting
      await api.send(z.object({ id: z.string() }), { path: `${pathOf(acting)}/refunds`, json: readForm(acting) })
      return { to: `/orders/${params.id}#refunds`, done: 'refund' }
    },
  },
})

const pathOf = ({ params }: Pick<Visit, 'params'>): string => `/v1/orders/${encodeURIComponent(params.id ?? '')}`

type Known = { order: Order; tried: Attempts; asked: Refunds }

/** Refunds that return nothing, and never will. */
const overWithout = ['failed', 'rejected', 'withdrawn']

const choicesOf = ({ language, titleOf }: Visit, { order, tried, asked }: Known) => {
  const copy = refundWords[language]
  const left = order.amount_paid - sumOf(asked.filter(({ source }) => source === 'order'))
  const surplus = tried.filter(hasSurplus(order)).flatMap((attempt) => {
    const pays = order.paid_by?.attempt === attempt.id ? order.amount_paid : 0n
    const back = asked.filter((refund) => refund.source === 'surplus' && refund.attempt === attempt.id)
    const held = attempt.amount_captured - attempt.amount_reversed - pays - sumOf(back)
    if (held <= 0n) return []
    const reference = attempt.provider_reference ?? attempt.merchant_reference
    return [{ value: attempt.id, label: copy.surplus(money(held, language), titleOf(attempt.provider), reference) }]
  })
  return left > 0n
    ? [{ value: 'whole', label: copy.whole(money(left, language)) }, { value: 'lines', label: copy.byLine }, ...surplus]
    : surplus
}

const sumOf = (refunded: Refunds): bigint =>
  refunded.reduce((sum, { amount, status }) => (overWithout.includes(status) ? sum : sum + amount), 0n)

type FormProps = { visit: Visit; order: Order; asked: Refunds; choices: readonly { value: string; label: string }[] }

const RefundForm: FC<FormProps> = ({ visit, order, asked, choices }) => {
  const { language, typed } = visit
  const copy = refundWords[language]
  const chosen = typed.get('what') ?? choices[0]?.value
  const hasLines = choices.some(({ value }) => value === 'lines')
  const field = (name: string) => ({ id: name, name, value: typed.get(name) ?? '', language })
  const labels = { '/lines': copy.what, '/reason_code': copy.code, '/reason': copy.reason, '/method': copy.method }
  return (
    <ActForm visit={visit} act="ask" class="act card" labels={labels}>
      <fieldset>
        <legend>{copy.what}</legend>
        {choices.map(({ value, label }) => (
          <p>
            <label class="check">
              <input type="radio" name="what" value={value} checked={value === chosen} required />
              {label}
            </label>
          </p>
        ))}
      </fieldset>
      {hasLines ? <LineChoices order={order} asked={asked} visit={visit} /> : null}
      <Field
        {...field('reason_code')}
        label={copy.code}
        isRequired
        options={[
          { value: '', label: copy.choose },
          ...refundReasonCodes.map((code) => ({ value: code, label: refundReasonTerms[language][code] })),
        ]}
      />
      <Field {...field('reason')} label={copy.reason} hint={copy.reasonHint} isRequired isLong maxLength={255} />
      <Field
        {...field('method')}
        label={copy.method}
        hint={copy.methodHint}
        options={[
          { value: '', label: copy.methodDefault },
          ...refundMethods.map((method) => ({ value: method, label: refundMethodTerms[language][method] })),
        ]}
      />
      <button type="submit">{copy.send}</button>
    </ActForm>
  )
}

/** A line with its tick and its amount side by side, or below one another where there is no room. */
const LineChoices: FC<{ order: Order; asked: Refunds; visit: Visit }> = ({ order, asked, visit }) => {
  const { language, typed } = visit
  const copy = refundWords[language]
  return (
    <fieldset>
      <legend>{copy.lines}</legend>
      {order.lines
        .filter(({ amount }) => amount > 0n)
        .map((line) => (
          <div class="pair">
            <label class="check">
              <input type="checkbox" name={`line_${line.line}`} value="1" checked={typed.has(`line_${line.line}`)} />
              <span>
                {`${line.line}. ${line.description}`}
                <span class="small">
                  {' '}
                  {termOf(feeKindTerms[language], line.kind)} · {copy.left}{' '}
                  <Money amount={leftOf(line, asked)} language={language} />
                </span>
              </span>
            </label>
            <Field
              id={`amount_${line.line}`}
              name={`amount_${line.line}`}
              label={copy.returned(line.line)}
              value={typed.get(`amount_${line.line}`) ?? ''}
              inputMode="numeric"
              maxLength={20}
              language={language}
            />
          </div>
        ))}
    </fieldset>
  )
}

const leftOf = ({ line, amount }: Order['lines'][number], asked: Refunds): bigint =>
  asked
    .filter(({ source, status }) => source === 'order' && !overWithout.includes(status))
    .flatMap((refund) => refund.lines)
    .reduce((left, returned) => (returned.line === line ? left - returned.amount : left), amount)

const readForm = ({ form, language }: Acting) => {
  const what = form.get('what') ?? ''
  const lines = [...form.keys()].flatMap((name) => {
    const line = Number(/^line_(\d{1,2})$/.exec(name)?.[1] ?? Number.NaN)
    return Number.isNaN(line) ? [] : [{ line, ...amountOf(form.get(`amount_${line}`) ?? '', { line, language }) }]
  })
  const copy = refundWords[language]
  const unticked = [...form].some(([name, value]) => {
    const line = /^amount_(\d{1,3})$/.exec(name)?.[1]
    return line !== undefined && value.trim() !== '' && !form.has(`line_${line}`)
  })
  if (unticked) throw notSent(copy.untickedLine, language)
  if (what === 'lines' && lines.length === 0) throw notSent(copy.noLine, language)
  if (what !== 'lines' && lines.length > 0) throw notSent(copy.strayLine, language)
  return {
    reason: form.get('reason') ?? '',
    reason_code: form.get('reason_code') || null,
    method: form.get('method') || null,
    ...(what === 'lines' ? { lines } : {}),
    ...(what.startsWith('att_') ? { attempt: what } : {}),
  }
}

/** `50.000`, `50 000 đ` and `50000` are one amount; nothing is all that is left. */
const amountOf = (text: string, { line, language }: { line: number; language: Language }): { amount?: bigint } => {
  if (text.trim() === '') return {}
  const amount = wholeOf(text)
  if (typeof amount === 'number' && amount >= 0 && amount < 1e12) return { amount: BigInt(amount) }
  throw notSent(refundWords[language].noAmount, language, `/lines/${line}`)
}

/** What is wrong with the form before anything was asked of the API, told as the API tells it. */
const notSent = (message: string, language: Language, pointer = '/lines'): ApiProblem =>
  new ApiProblem({
    status: 422,
    code: 'invalid_input',
    title: language === 'vi' ? 'Biểu mẫu chưa đúng' : 'The form is not right yet',
    errors: [{ pointer, message }],
  })
