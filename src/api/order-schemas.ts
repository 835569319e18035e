/** What orders look like on the wire, coming in and going out. Limits are those of the contract. */
import { z } from '@hono/zod-openapi'
import { refundMethods, refundReasonCodes } from '../domain/order-facts.ts'
import { text, textOrEmpty } from './fields.ts'

const code = text(50)
const money = z.int().min(0).max(999_999_999_999)
export const rfc3339 = z.iso.datetime({ offset: true })

const exemption = z.strictObject({ rule: text(150), evidence: text(255) })

const lineInput = z.strictObject({
  fee_code: code.nullish(),
  kind: z.enum(['phi', 'le_phi', 'phat', 'thue', 'khac']),
  description: text(255),
  unit_amount: money,
  quantity: z
    .int()
    .min(1)
    .max(9_999)
    .nullish()
    .transform((given) => given ?? 1)
    .openapi({ default: 1 } as never),
  budget_item: code.nullish(),
  exemption: exemption.nullish(),
})

const payerInput = z.strictObject({
  name: text(150),
  identity_number: code.nullish(),
  tax_code: code.nullish(),
  phone: code.nullish(),
  email: z.email().max(150).nullish(),
  address: text(300).nullish(),
})

// Taken as it is written: of two names that differ in spelling only, one would be lost.
const metadataName = z
  .string()
  .min(1)
  .max(40)
  .refine((name) => text(40).safeParse(name).data === name, 'must be a plain text without spaces around it')
const metadata = z
  .record(metadataName, textOrEmpty(500))
  .refine((members) => Object.keys(members).length <= 20, 'must have at most 20 members')

/** An address to which a browser may be sent, as it is written: a parser passes over spaces and control characters, and a name before an @ only deceives. */
const returnUrl = z
  .string()
  .max(2_048)
  .superRefine((text, context) => {
    const problem = returnUrlProblem(text)
    if (problem) context.addIssue(problem)
  })
  .openapi({ format: 'uri' })

export const orderInput = z.strictObject({
  dossier_code: text(100),
  agency_code: code,
  procedure_code: code.nullish(),
  procedure_name: text(150).nullish(),
  payer: payerInput,
  lines: z.array(lineInput).min(1).max(50),
  collection_stage: text(50).nullish(),
  expires_at: rfc3339.nullish(),
  firm_deadline: z
    .boolean()
    .nullish()
    .transform((given) => given ?? false)
    .openapi({
      default: false,
      description:
        'True where the deadline must stand as it is. Otherwise a citizen may ask for 24 hours more, three times at most; `order.extended` tells of it.',
    } as never),
  return_url: returnUrl,
  language: z
    .enum(['vi', 'en'])
    .nullish()
    .transform((given) => given ?? 'vi')
    .openapi({ default: 'vi' } as never),
  metadata: metadata
    .nullish()
    .transform((given) => given ?? {})
    .openapi({ default: {} } as never),
})

const line = z.strictObject({
  line: z.int().openapi({ description: 'Its number in the order, from 1.' }),
  fee_code: z.string().nullable(),
  kind: z.string(),
  description: z.string(),
  unit_amount: z.int(),
  quantity: z.int(),
  amount: z.int(),
  budget_item: z.string().nullable(),
  exemption: z.strictObject({ rule: z.string(), evidence: z.string() }).nullable(),
})

export const nextAction = z.strictObject({ name: z.string(), method: z.string(), href: z.string() })

export const orderObject = z
  .strictObject({
    id: z.string(),
    status: z.enum(['open', 'paid', 'expired', 'cancelled', 'waived']),
    dossier_code: z.string(),
    procedure_code: z.string().nullable(),
    procedure_name: z.string().nullable(),
    agency_code: z.string(),
    amount: z.int(),
    amount_paid: z.int(),
    amount_refunded: z.int(),
    currency: z.literal('VND'),
    payer: z.strictObject({ name: z.string() }),
    lines: z.array(line),
    payee_account: z.strictObject({ number: z.string(), bank_bin: z.string(), holder: z.string() }).nullable(),
    collection_stage: z.string().nullable(),
    language: z.enum(['vi', 'en']),
    metadata: z.record(z.string(), z.string()),
    checkout_url: z.string(),
    return_url: z.string(),
    warnings: z.array(z.strictObject({ code: z.string(), message: z.string() })),
    paid_by: z
      .strictObject({ attempt: z.string(), provider: z.string(), provider_reference: z.string().nullable() })
      .nullable(),
    created_at: rfc3339,
    expires_at: rfc3339,
    firm_deadline: z.boolean(),
    tracing_code: z.string().nullable().openapi({
      description:
        'With the amount it shows at /where where the money is, without a login. Null for orders placed before there were such codes.',
    }),
    paid_at: rfc3339.nullable(),
    next_actions: z.array(nextAction),
  })
  .openapi('Order')

export const action = z.union([
  z.strictObject({ type: z.literal('redirect'), url: z.string() }),
  z.strictObject({ type: z.literal('form'), url: z.string(), fields: z.record(z.string(), z.string()) }),
  z.strictObject({ type: z.literal('qr'), payload: z.string(), image_url: z.string() }),
])

export const attemptObject = z
  .strictObject({
    id: z.string(),
    order: z.string(),
    status: z.enum(['created', 'pending', 'unknown', 'captured', 'failed', 'expired']),
    provider: z.string(),
    merchant_account: z.string(),
    amount: z.int(),
    amount_captured: z.int(),
    amount_reversed: z.int(),
    merchant_reference: z.string(),
    provider_reference: z.string().nullable(),
    failure_code: z.string().nullable(),
    fenced_at: rfc3339.nullable(),
    created_at: rfc3339,
    expires_at: rfc3339,
    captured_at: rfc3339.nullable(),
    action: action.nullable().optional(),
  })
  .openapi('Attempt')

export const refundObject = z
  .strictObject({
    id: z.string(),
    order: z.string(),
    attempt: z.string(),
    status: z.enum([
      'proposed',
      'requested',
      'approved',
      'sending',
      'pending',
      'unknown',
      'succeeded',
      'failed',
      'rejected',
      'withdrawn',
    ]),
    source: z.enum(['order', 'surplus']),
    amount: z.int(),
    amount_refunded: z.int(),
    reason: z.string(),
    reason_code: z.enum(refundReasonCodes).nullable(),
    lines: z
      .array(z.strictObject({ line: z.int(), fee_code: z.string().nullable(), kind: z.string(), amount: z.int() }))
      .openapi({ description: 'What it returns of which fee line. Empty for a surplus, which paid for no line.' }),
    method: z.enum(refundMethods).openapi({
      description:
        "By the provider's own call, by a bank transfer of the agency, or, once the money has gone to the Treasury, as a return of budget revenue. The last two are `pending` until somebody confirms the transfer.",
    }),
    payee_account: z
      .strictObject({
        ...{ number: z.string(), bank_bin: z.string() },
        bank_name: z.string().optional().openapi({
          description:
            'For people: from the catalogue of banks of that day, else what is generally known; absent where neither knows it. Told where a refund is asked for or read and where its account is named.',
        }),
      })
      .nullable()
      .openapi({ description: 'Who gets it where it is returned by hand: the last four digits of the account.' }),
    payee_version: z.int().openapi({
      description: 'Who gets it: 0 as it was asked for, one more since an account was named. Told when it is approved.',
    }),
    bank_reference: z.string().nullable(),
    paid_on: z.string().nullable(),
    confirmed_by: z.string().nullable(),
    bounce_reference: z.string().nullable().openapi({
      description: 'The number of the credit by which the bank gave a confirmed transfer back.',
    }),
    promised_on: z.string().nullable().openapi({
      description: "The day promised when it was approved: so many working days as the agency's `refund_working_days`.",
    }),
    expected_on: z.string().nullable().openapi({ description: 'The same, counted from when it was handed over.' }),
    overdue_at: rfc3339.nullable().openapi({ description: 'When it was noted that the promised day had passed.' }),
    merchant_reference: z.string(),
    provider: z.string(),
    provider_reference: z.string().nullable(),
    failure_code: z.string().nullable(),
    made_by: z.string(),
    decided_by: z.string().nullable(),
    created_at: rfc3339,
    succeeded_at: rfc3339.nullable(),
    warnings: z
      .array(z.strictObject({ code: z.string(), message: z.string() }))
      .optional()
      .openapi({
        description:
          'Told with `bank_name`: `bank_not_in_catalogue` where a catalogue of banks was imported that does not have the bank today. Compare it with the paper; it can be returned all the same.',
      }),
  })
  .openapi('Refund')

function returnUrlProblem(text: string): string | null {
  if (/[\s\p{Cc}\\]/u.test(text)) return 'must not hold spaces, control characters or backslashes'
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^https?:$/.test(url.protocol)) return 'must be an http or https address'
  return url.username !== '' || url.password !== '' ? 'must not hold a user name or password' : null
}
