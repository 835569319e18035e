// Owns the form of a new order. What the gateway refuses is shown at its field; the form itself refuses nothing.
import type { FC } from 'hono/jsx'
import { hrefOf, type Place, PortalShell, portalPath } from './frame.tsx'
import { ProblemText } from './home-page.tsx'
import { type Fields, type FormTrouble, fieldOf } from './order-form.ts'
import type { PortalAgency, PortalFee, PortalProcedure } from './procedures.ts'
import { portalWords } from './words.ts'

export type FormProps = {
  place: Place
  procedure: PortalProcedure
  agency: PortalAgency
  fields: Fields
  trouble: FormTrouble | null
}

export const FormPage: FC<FormProps> = (form) => {
  const { place, procedure, agency, fields, trouble } = form
  const copy = portalWords[place.language].form
  return (
    <PortalShell place={place} heading={copy.heading}>
      {trouble ? <Troubles trouble={trouble} form={form} /> : null}
      <section class="card" aria-label={copy.procedure}>
        <dl>
          <div>
            <dt>{copy.procedure}</dt>
            <dd>{procedure.name}</dd>
          </div>
          <div>
            <dt>{copy.agency}</dt>
            <dd>{`${agency.name} (${agency.code})`}</dd>
          </div>
        </dl>
        <p class="acts">
          <a href={hrefOf(place.language, portalPath)}>{copy.change}</a>
        </p>
      </section>
      <section class="card" aria-label={copy.heading}>
        <form method="post" action={hrefOf(place.language, `${portalPath}/new`)} novalidate>
          {['procedure', 'agency', 'key'].map((name) => (
            <input type="hidden" name={name} value={fields[name] ?? ''} />
          ))}
          <Field name="payer_name" label={copy.payer} form={form} autocomplete="name" />
          <Field name="identity_number" label={copy.identity} form={form} inputmode="numeric" />
          <Field name="dossier_code" label={copy.dossier} hint={copy.dossierHint} form={form} />
          <fieldset>
            <legend>{copy.fees}</legend>
            <p class="hint">{copy.feesHint}</p>
            {procedure.fees.map((fee, index) => (
              <FeeFields fee={fee} index={index} form={form} />
            ))}
          </fieldset>
          <fieldset>
            <legend>{copy.language}</legend>
            {(['vi', 'en'] as const).map((language) => (
              <label class="choice">
                <input type="radio" name="language" value={language} checked={fields.language === language} />
                <span lang={language}>{copy.languages[language]}</span>
              </label>
            ))}
          </fieldset>
          <button type="submit">{copy.send}</button>
        </form>
      </section>
    </PortalShell>
  )
}

type FieldProps = {
  name: string
  label: string
  form: FormProps
  hint?: string
  inputmode?: 'numeric'
  autocomplete?: string
}

const Field: FC<FieldProps> = ({ name, label, form, hint, inputmode, autocomplete }) => {
  const wrong = form.trouble?.byField.get(name)
  const about = [hint ? `${name}-hint` : '', wrong === undefined ? '' : `${name}-wrong`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        value={form.fields[name] ?? ''}
        inputmode={inputmode}
        autocomplete={autocomplete ?? 'off'}
        aria-describedby={about || undefined}
        aria-invalid={wrong === undefined ? undefined : 'true'}
      />
      {hint ? (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      ) : null}
      {wrong === undefined ? null : (
        <p class="wrong" id={`${name}-wrong`}>
          {wrong}
        </p>
      )}
    </div>
  )
}

const FeeFields: FC<{ fee: PortalFee; index: number; form: FormProps }> = ({ fee, index, form }) => {
  const copy = portalWords[form.place.language].form
  const notice = fee.unit_amount === null ? { hint: copy.noticeHint } : {}
  return (
    <fieldset class="fee">
      <legend>{fee.description}</legend>
      <div class="pair">
        <Field name={fieldOf.unitAmount(index)} label={copy.amount} form={form} inputmode="numeric" {...notice} />
        <Field name={fieldOf.quantity(index)} label={copy.quantity} form={form} inputmode="numeric" />
      </div>
    </fieldset>
  )
}

/** The refusal first, with a way to each field that it is about. */
const Troubles: FC<{ trouble: FormTrouble; form: FormProps }> = ({ trouble, form }) => {
  const { language } = form.place
  const copy = portalWords[language].form
  return (
    <section class="state bad" role="alert" aria-labelledby="refused">
      <h2 id="refused">{copy.refused}</h2>
      <ProblemText problem={trouble.problem} language={language} />
      <ul>
        {[...trouble.byField].map(([field, message]) => (
          <li>
            <a href={`#${field}`}>{`${labelOf(field, form)}: ${message}`}</a>
          </li>
        ))}
        {trouble.others.map(({ pointer, message }) => (
          <li>
            {pointer}: {message}
          </li>
        ))}
      </ul>
    </section>
  )
}

const labelOf = (field: string, { place, procedure }: FormProps): string => {
  const copy = portalWords[place.language].form
  const [, kind, index] = /^(unit_amount|quantity)_(\d+)$/.exec(field) ?? []
  const fee = index === undefined ? undefined : procedure.fees[Number(index)]
  if (fee) return `${fee.description}, ${kind === 'quantity' ? copy.quantity : copy.amount}`
  const labels: Readonly<Record<string, string>> = {
    payer_name: copy.payer,
    identity_number: copy.identity,
    dossier_code: copy.dossier,
    agency: copy.agency,
    language: copy.language,
  }
  return labels[field] ?? field
}
