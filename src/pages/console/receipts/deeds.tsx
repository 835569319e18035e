/** What an accountant does about a receipt that stands: another one in its place, or notice. */
import type { FC } from 'hono/jsx'
import { noticeFields } from '../../../domain/receipt.ts'
import { ActForm, Card, Field, Note } from '../parts.tsx'
import type { Choice } from '../pick.ts'
import type { Visit } from '../screen.ts'
import { typedIn } from '../typed.ts'
import { words } from './words.ts'

type Shown = { visit: Visit; refunds: readonly Choice[] }

const RefundField: FC<Shown & { act: string; hint?: string }> = ({ visit, refunds, act, hint }) => {
  const copy = words[visit.language]
  if (refunds.length === 0) return null
  return (
    <Field
      id={`${act}-refund`}
      name="refund"
      label={copy.refundOf}
      value={typedIn(visit, act)('refund')}
      options={[{ value: '', label: copy.choose }, ...refunds]}
      language={visit.language}
      {...(hint ? { hint } : {})}
    />
  )
}

export const Replace: FC<Shown> = ({ visit, refunds }) => {
  const { language } = visit
  const copy = words[language]
  const typed = typedIn(visit, 'replace')
  const labels = {
    '/reason': copy.replaceReason,
    '/correction/payer_name': copy.payerName,
    '/refund': copy.refundOf,
    '/wrong': copy.wrong,
  }
  return (
    <Card heading={copy.replaceTitle} id="replace">
      <Note tone="wait">
        <p>{copy.replaceHint}</p>
      </Note>
      <ActForm visit={visit} act="replace" labels={labels}>
        <Field
          id="replace-reason"
          name="reason"
          label={copy.replaceReason}
          value={typed('reason')}
          isRequired
          isLong
          maxLength={300}
          language={language}
        />
        <RefundField visit={visit} refunds={refunds} act="replace" hint={copy.refundHint} />
        <Field
          id="replace-wrong"
          name="wrong"
          label={copy.wrong}
          value={typed('wrong')}
          options={[
            { value: '', label: copy.wrongNone },
            ...Object.entries(copy.wrongs).map(([value, label]) => ({ value, label })),
          ]}
          language={language}
        />
        <Field
          id="replace-name"
          name="payer_name"
          label={copy.payerName}
          hint={copy.payerNameHint}
          value={typed('payer_name')}
          maxLength={150}
          language={language}
        />
        <button type="submit">{copy.replace}</button>
      </ActForm>
    </Card>
  )
}

export const GiveNotice: FC<Shown> = ({ visit, refunds }) => {
  const { language } = visit
  const copy = words[language]
  const typed = typedIn(visit, 'notice')
  const offered = noticeFields.filter((field) => field !== 'refund' || refunds.length > 0)
  return (
    <Card heading={copy.noticeTitle} id="notice">
      <Note tone="calm">
        <p>{copy.noticeHint}</p>
      </Note>
      <ActForm
        visit={visit}
        act="notice"
        labels={{ '/text': copy.text, '/refund': copy.refundOf, '/field': copy.field }}
      >
        <Field
          id="notice-field"
          name="field"
          label={copy.field}
          value={typed('field', refunds.length > 0 ? 'refund' : 'payer_name')}
          options={offered.map((value) => ({ value, label: copy.fields[value] }))}
          language={language}
        />
        <RefundField visit={visit} refunds={refunds} act="notice" />
        <Field
          id="notice-text"
          name="text"
          label={copy.text}
          value={typed('text')}
          isRequired
          isLong
          maxLength={1_000}
          language={language}
        />
        <button type="submit" class="plain">
          {copy.give}
        </button>
      </ActForm>
    </Card>
  )
}
