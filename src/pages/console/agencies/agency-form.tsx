/** What an agency is asked for: the same fields when it is added and when it is changed. */
import type { FC } from 'hono/jsx'
import { z } from 'zod'
import { given, isTicked, numberOf, textOf } from '../form-values.ts'
import { Field } from '../parts.tsx'
import type { Visit } from '../screen.ts'
import { words } from './words.ts'

export const agencyShape = z.object({
  agency_code: z.string(),
  parent_code: z.string().nullable(),
  name: z.string(),
  tax_code: z.string().nullable(),
  budget_unit_code: z.string().nullable(),
  address: z.string().nullable(),
  phone: z.string().nullable(),
  fee_check: z.enum(['off', 'warn', 'enforce']),
  accepts_late_money: z.boolean(),
  refund_limit: z.number(),
  refund_working_days: z.number(),
  receipt_serial_phi: z.string(),
  receipt_serial_le_phi: z.string(),
})
export type Agency = z.output<typeof agencyShape>

/** `agency` is what stands there now; null for a new one. */
export const AgencyFields: FC<{ visit: Visit; agency: Agency | null }> = ({ visit, agency }) => {
  const { language, typed } = visit
  const copy = words[language]
  const value = (name: keyof Agency) => typed.get(name) ?? String(agency?.[name] ?? '')
  const isTried = typed.size > 0
  const takesLate = isTried ? typed.get('accepts_late_money') === 'on' : (agency?.accepts_late_money ?? true)
  const field = (
    name: keyof Agency,
    label: string,
    more: { isRequired?: boolean; hint?: string; maxLength?: number } = {},
  ) => <Field id={name} name={name} label={label} value={value(name)} language={language} {...more} />
  return (
    <>
      {field('name', copy.name, { isRequired: true, maxLength: 150 })}
      {field('tax_code', copy.taxCode, { maxLength: 14 })}
      {field('budget_unit_code', copy.budgetUnit, { maxLength: 20 })}
      {field('address', copy.address, { maxLength: 300 })}
      {field('phone', copy.phone, { maxLength: 30 })}
      <Field
        id="fee_check"
        name="fee_check"
        label={copy.feeCheck}
        value={value('fee_check') || 'warn'}
        language={language}
        options={(['off', 'warn', 'enforce'] as const).map((each) => ({ value: each, label: copy.feeChecks[each] }))}
      />
      <label class="check">
        <input type="checkbox" name="accepts_late_money" checked={takesLate} /> {copy.lateMoney}
      </label>
      {field('refund_limit', copy.refundLimit)}
      {field('refund_working_days', copy.refundDays)}
      {field('receipt_serial_phi', copy.serialPhi, { maxLength: 3, hint: copy.serialHint })}
      {field('receipt_serial_le_phi', copy.serialLePhi, { maxLength: 3 })}
    </>
  )
}

/** The same as the API takes it. What may be empty is null, what may not is left as it was. */
export const agencyMembers = (form: ReadonlyMap<string, string>): Record<string, unknown> => ({
  ...given({
    name: textOf(form, 'name'),
    fee_check: textOf(form, 'fee_check'),
    refund_limit: numberOf(form, 'refund_limit'),
    refund_working_days: numberOf(form, 'refund_working_days'),
    receipt_serial_phi: textOf(form, 'receipt_serial_phi'),
    receipt_serial_le_phi: textOf(form, 'receipt_serial_le_phi'),
  }),
  tax_code: textOf(form, 'tax_code'),
  budget_unit_code: textOf(form, 'budget_unit_code'),
  address: textOf(form, 'address'),
  phone: textOf(form, 'phone'),
  accepts_late_money: isTicked(form, 'accepts_late_money'),
})
