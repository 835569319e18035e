/** A provider's contract as a form, and what the form said as the API takes it. */
import { z } from 'zod'
import { linesOf, numberOf, textOf } from '../form-values.ts'

export const memberShape = z.object({
  name: z.string(),
  secret: z.boolean(),
  required: z.boolean(),
  type: z.enum(['text', 'number', 'yes_no', 'list']),
  choices: z.array(z.string()).nullable(),
  default: z.union([z.string(), z.number(), z.boolean()]).nullable(),
})
export type Member = z.output<typeof memberShape>

export const contractsShape = z.object({
  data: z.array(
    z.object({
      provider: z.string(),
      title: z.object({ vi: z.string(), en: z.string() }),
      members: z.array(memberShape),
    }),
  ),
})

/** The name of a member's field, apart from those of the account itself. */
export const fieldNameOf = ({ name }: Pick<Member, 'name'>): string => `member ${name}`

/** What was typed for these members; what was left empty is left out. */
export const membersFrom = (form: ReadonlyMap<string, string>, members: readonly Member[]): Record<string, unknown> =>
  Object.fromEntries(
    members.flatMap((member) => {
      const value = valueOfMember(form, member)
      return value === null ? [] : [[member.name, value]]
    }),
  )

const valueOfMember = (form: ReadonlyMap<string, string>, member: Member): unknown => {
  const name = fieldNameOf(member)
  const text = textOf(form, name)
  if (text === null) return null
  if (member.type === 'number') return numberOf(form, name)
  if (member.type === 'yes_no') return text === 'true'
  return member.type === 'list' ? linesOf(form, name) : text
}

/** The members that go under `credentials` when they are rotated: secrets, and whatever was given with them so far. */
export const credentialMembers = (members: readonly Member[], settings: Readonly<Record<string, unknown>>): Member[] =>
  members.filter(({ name, secret, required }) => secret || (required && !Object.hasOwn(settings, name)))

/** The tariff as the API takes it. */
export const tariffFrom = (form: ReadonlyMap<string, string>): Record<string, unknown> => ({
  basis_points: numberOf(form, 'basis_points') ?? 0,
  fixed: numberOf(form, 'fixed') ?? 0,
  minimum: numberOf(form, 'minimum'),
  maximum: numberOf(form, 'maximum'),
  vat_basis_points: numberOf(form, 'vat_basis_points') ?? 0,
  netted: form.get('netted') === 'on',
  tolerance: numberOf(form, 'tolerance') ?? 0,
})
