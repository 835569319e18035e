/** The fields of a merchant account, for a new one and for one that is changed. */
import type { FC } from 'hono/jsx'
import { z } from 'zod'
import { instant } from '../console-api.ts'
import { given, numberOf, textOf } from '../form-values.ts'
import { Field } from '../parts.tsx'
import type { Visit } from '../screen.ts'
import { fieldNameOf, type Member, tariffFrom } from './contract.ts'
import { words } from './words.ts'

export const accountShape = z.object({
  id: z.string(),
  agency_code: z.string(),
  provider: z.string(),
  title: z.string(),
  status: z.enum(['active', 'disabled']),
  settings: z.record(z.string(), z.unknown()),
  payee_account: z.object({ number: z.string(), bank_bin: z.string(), holder: z.string() }),
  provider_fee: z
    .object({
      basis_points: z.number(),
      fixed: z.number(),
      minimum: z.number().nullable(),
      maximum: z.number().nullable(),
      vat_basis_points: z.number(),
      netted: z.boolean(),
      tolerance: z.number(),
    })
    .partial()
    .nullable(),
  cutoff: z.string(),
  settlement_days: z.number(),
  statement_profile: z.record(z.string(), z.unknown()).nullable(),
  keys: z.array(
    z.object({
      id: z.string(),
      created_at: instant,
      retires_at: instant.nullable(),
      last_used_at: instant.nullable(),
    }),
  ),
})
export type Account = z.output<typeof accountShape>

type Given = { visit: Visit; account: Account | null }

/** Name, payee, cut-off and tariff. What was typed in vain stands there again. */
export const AccountFields: FC<Given> = ({ visit: { language, typed }, account }) => {
  const copy = words[language]
  const fee = account?.provider_fee
  const isNetted = typed.size > 0 ? typed.get('netted') === 'on' : (fee?.netted ?? true)
  const field = (name: string, label: string, value: unknown, isRequired = false) => (
    <Field
      id={name}
      name={name}
      label={label}
      value={typed.get(name) ?? String(value ?? '')}
      isRequired={isRequired}
      language={language}
    />
  )
  return (
    <>
      {field('title', copy.name, account?.title, true)}
      {field('payee_number', copy.payeeNumber, account?.payee_account.number, true)}
      {field('payee_bank', copy.payeeBank, account?.payee_account.bank_bin, true)}
      {field('payee_holder', copy.payeeHolder, account?.payee_account.holder, true)}
      {field('cutoff', copy.cutoff, account?.cutoff ?? '00:00')}
      {field('settlement_days', copy.settlementDays, account?.settlement_days ?? 1)}
      <fieldset class="fields">
        <legend>{copy.tariff}</legend>
        {field('basis_points', copy.basisPoints, fee?.basis_points)}
        {field('fixed', copy.fixed, fee?.fixed)}
        {field('minimum', copy.minimum, fee?.minimum)}
        {field('maximum', copy.maximum, fee?.maximum)}
        {field('vat_basis_points', copy.vat, fee?.vat_basis_points)}
        {field('tolerance', copy.tolerance, fee?.tolerance)}
        <label class="check">
          <input type="checkbox" name="netted" checked={isNetted} /> {copy.netted}
        </label>
      </fieldset>
    </>
  )
}

/** The same as the API takes it. */
export const accountMembers = (form: ReadonlyMap<string, string>): Record<string, unknown> =>
  given({
    title: textOf(form, 'title'),
    payee_account: {
      number: textOf(form, 'payee_number') ?? '',
      bank_bin: textOf(form, 'payee_bank') ?? '',
      holder: textOf(form, 'payee_holder') ?? '',
    },
    provider_fee: tariffFrom(form),
    cutoff: textOf(form, 'cutoff'),
    settlement_days: numberOf(form, 'settlement_days'),
  })

/** Members of a provider's contract. A secret is never filled in, not even with what was just typed. */
export const MemberFields: FC<{
  visit: Visit
  members: readonly Member[]
  values: Readonly<Record<string, unknown>>
}> = ({ visit: { language, typed }, members, values }) => {
  const copy = words[language]
  return (
    <>
      {members.map((member) => {
        const { name, secret, type, choices, required } = member
        const field = fieldNameOf(member)
        const initial = values[name]
        const shown = Array.isArray(initial) ? initial.join('\n') : String(initial ?? '')
        const options = type === 'yes_no' ? ['true', 'false'] : choices
        return (
          <Field
            id={field.replace(' ', '-')}
            name={field}
            label={name}
            type={secret ? 'password' : 'text'}
            autocomplete={secret ? 'new-password' : 'off'}
            value={secret ? '' : (typed.get(field) ?? shown)}
            isRequired={required}
            isLong={type === 'list'}
            language={language}
            {...hintOf(member, copy)}
            {...(options ? { options: ['', ...options].map((value) => ({ value, label: value })) } : {})}
          />
        )
      })}
    </>
  )
}

const hintOf = (member: Member, copy: (typeof words)['vi']): { hint?: string } => {
  if (member.type === 'list') return { hint: copy.listHint }
  return member.default === null ? {} : { hint: copy.byDefault(String(member.default)) }
}
