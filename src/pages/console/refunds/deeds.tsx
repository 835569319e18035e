/** What a person may do about one refund, as far as its state and their role allow. */
import type { FC } from 'hono/jsx'
import { businessDay } from '../../../lib/time.ts'
import { ActForm, Card, Field, type FieldLabels, Note } from '../parts.tsx'
import type { Visit } from '../screen.ts'
import { typedIn } from '../typed.ts'
import type { Refund } from './shapes.ts'
import { words } from './words.ts'

type Shown = { found: Refund; visit: Visit }

const awaiting = ['proposed', 'requested']
const underWay = ['sending', 'pending', 'unknown']

export const Deeds: FC<Shown> = (props) => {
  const { found, visit } = props
  const { role, subject } = visit.staff
  const isByHand = found.method !== 'provider'
  if (role === 'accountant') {
    const mayName = found.status === 'proposed' || (found.status === 'requested' && found.made_by === subject)
    return isByHand && !found.payee_account && mayName ? <GivePayee visit={visit} /> : null
  }
  if (role !== 'checker') return null
  return (
    <>
      {awaiting.includes(found.status) ? <Decide {...props} /> : null}
      {isByHand && (found.status === 'pending' || found.status === 'approved') ? <Confirm visit={visit} /> : null}
      {isByHand && found.status === 'succeeded' && found.confirmed_by ? <Bounce visit={visit} /> : null}
      {underWay.includes(found.status) ? <Settle {...props} /> : null}
    </>
  )
}

const Decide: FC<Shown> = ({ found, visit }) => {
  const copy = words[visit.language]
  const isOwn = found.made_by === visit.staff.subject
  return (
    <Card heading={copy.decide} id="decide">
      {isOwn ? (
        <Note tone="calm">
          <p>{copy.decideOwn}</p>
        </Note>
      ) : (
        <Note tone="wait">
          <p>{found.method === 'provider' ? copy.decideHint : copy.decideByHand}</p>
        </Note>
      )}
      <div class="acts">
        {isOwn ? null : (
          <ActForm visit={visit} act="approve">
            <input type="hidden" name="payee_version" value={String(found.payee_version)} />
            <button type="submit">{copy.approve}</button>
          </ActForm>
        )}
        <ActForm visit={visit} act="reject">
          <button type="submit" class="danger">
            {copy.reject}
          </button>
        </ActForm>
      </div>
      <p class="hint">{copy.rejectHint}</p>
    </Card>
  )
}

type Control = {
  name: string
  label: string
  max?: number
  type?: 'date'
  otherwise?: string
  isOptional?: boolean
  hint?: string
}

/** A form of a few lines of text, each with the API's limit. */
const Lines: FC<{
  visit: Visit
  act: string
  heading: string
  hint: string
  controls: readonly Control[]
  button: string
}> = ({ visit, act, heading, hint, controls, button }) => {
  const typed = typedIn(visit, act)
  const labels: FieldLabels = Object.fromEntries(controls.map(({ name, label }) => [`/${name}`, label]))
  return (
    <Card heading={heading} id={act}>
      <Note tone="calm">
        <p>{hint}</p>
      </Note>
      <ActForm visit={visit} act={act} labels={labels}>
        <div class="sides">
          {controls.map(({ name, label, max, type, otherwise = '', isOptional, hint: said }) => (
            <Field
              id={`${act}-${name}`}
              name={name}
              label={label}
              value={typed(name, otherwise)}
              type={type ?? 'text'}
              isRequired={!isOptional}
              language={visit.language}
              {...(max ? { maxLength: max } : {})}
              {...(said ? { hint: said } : {})}
            />
          ))}
        </div>
        <button type="submit">{button}</button>
      </ActForm>
    </Card>
  )
}

const GivePayee: FC<{ visit: Visit }> = ({ visit }) => {
  const copy = words[visit.language]
  return (
    <Lines
      visit={visit}
      act="give"
      heading={copy.payeeTitle}
      hint={copy.payeeHint}
      button={copy.payeeGive}
      controls={[
        { name: 'number', label: copy.payeeNumber, max: 34 },
        { name: 'bank_bin', label: copy.payeeBank, max: 6 },
        { name: 'holder', label: copy.payeeHolder, max: 150 },
      ]}
    />
  )
}

const Confirm: FC<{ visit: Visit }> = ({ visit }) => {
  const copy = words[visit.language]
  return (
    <Lines
      visit={visit}
      act="confirm"
      heading={copy.confirmTitle}
      hint={copy.confirmHint}
      button={copy.confirm}
      controls={[
        { name: 'bank_reference', label: copy.bankReference, max: 100 },
        { name: 'paid_on', label: copy.paidOn, type: 'date', otherwise: businessDay(visit.now) },
        { name: 'evidence', label: copy.evidence, max: 1_000 },
      ]}
    />
  )
}

const Bounce: FC<{ visit: Visit }> = ({ visit }) => {
  const copy = words[visit.language]
  return (
    <Lines
      visit={visit}
      act="bounce"
      heading={copy.bounceTitle}
      hint={copy.bounceHint}
      button={copy.bounce}
      controls={[
        { name: 'bank_reference', label: copy.bounceReference, max: 100 },
        { name: 'returned_on', label: copy.returnedOn, type: 'date', otherwise: businessDay(visit.now) },
        { name: 'note', label: copy.note, max: 1_000 },
      ]}
    />
  )
}

const Settle: FC<Shown> = ({ found, visit }) => {
  const { language } = visit
  const copy = words[language]
  const typed = typedIn(visit, 'settle')
  const isByHand = found.method !== 'provider'
  const text = (name: string, label: string, max: number, more: { hint?: string; isRequired?: boolean } = {}) => (
    <Field
      id={`settle-${name}`}
      name={name}
      label={label}
      value={typed(name)}
      maxLength={max}
      language={language}
      {...more}
    />
  )
  return (
    <Card heading={copy.settleTitle} id="settle">
      <Note tone="wait">
        <p>{isByHand ? copy.settleByHandHint : copy.settleHint}</p>
      </Note>
      <ActForm
        visit={visit}
        act="settle"
        labels={{ '/amount': copy.settleAmount, '/note': copy.note, '/provider_reference': copy.providerReference }}
      >
        <fieldset class="choices">
          <legend>{copy.outcome}</legend>
          {(isByHand ? ['failed'] : ['succeeded', 'failed']).map((value) => (
            <label class="check">
              <input type="radio" name="outcome" value={value} checked={typed('outcome') === value} required />
              {copy.outcomes[value]}
            </label>
          ))}
        </fieldset>
        <div class="sides">
          {isByHand ? null : text('amount', copy.settleAmount, 20, { hint: copy.settleAmountHint })}
          {isByHand ? null : text('provider_reference', copy.providerReference, 100)}
          {text('note', copy.note, 1_000, { isRequired: true })}
        </div>
        <button type="submit">{copy.settle}</button>
      </ActForm>
    </Card>
  )
}
