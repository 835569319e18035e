/** The shapes of merchant accounts on the wire. Credentials appear in requests only. */
import { z } from '@hono/zod-openapi'
import { statementProfileSchema } from '../domain/statement-profile.ts'
import type { AddMerchantAccountInput } from '../flows/add-merchant-account.ts'
import { agencyCodeField, amountOut, instantOut, text } from './fields.ts'

/** Members of a provider's account, in the provider's own names; what they must be is the provider's schema, checked by the flow. */
const members = z
  .record(
    z.string().regex(/^[a-z][a-z0-9_]{0,49}$/, 'must be a name such as tmn_code'),
    z.union([z.string().max(10_000), z.int(), z.boolean(), z.array(z.string().max(500)).max(100)]),
  )
  .refine((given) => Object.keys(given).length <= 50, 'has more than 50 members')

export const credentialsInput = members.openapi({
  description: 'The provider’s own names, such as tmn_code and hash_secret. Write-only: encrypted, never shown again.',
})

const settings = members.openapi({ description: 'Addresses and options, in the provider’s own names; readable.' })

export const payeeAccount = z
  .strictObject({
    number: z.string().regex(/^[0-9A-Za-z.-]{4,34}$/, 'must be an account number of 4 to 34 letters and digits'),
    bank_bin: z.string().regex(/^\d{6}$/, 'must be a bank’s BIN of 6 digits'),
    holder: text(150),
  })
  .openapi('PayeeAccount')

const basisPoints = z.int().min(0).max(10_000)
const dong = z.int().min(0).max(999_999_999)

/** Two roundings, of the rate and of VAT on it, differ by 2 đồng at most; some providers round each part of a basket. */
const toleranceMax = 10

const providerFee = z
  .strictObject({
    basis_points: basisPoints.default(0),
    fixed: dong.default(0),
    minimum: dong.nullable().default(null),
    maximum: dong.nullable().default(null),
    vat_basis_points: basisPoints.default(0),
    netted: z.boolean().default(true),
    tolerance: z.int().min(0).max(toleranceMax).optional().openapi({
      description:
        'By so many đồng the provider fee of one payment may differ from the contract’s before a person is asked. Its item stays a `fee_mismatch` and its discrepancy is opened, and resolved at once as `within_tolerance`; the money is the file’s either way. 0 when absent.',
    }),
  })
  .refine(
    ({ minimum, maximum }) => minimum === null || maximum === null || minimum <= maximum,
    'has a minimum above its maximum',
  )
  .openapi('ProviderFee')

const cutoff = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time HH:mm')
  .openapi({ description: 'When the provider’s business day ends, UTC+7; 00:00 is midnight.' })

const settlementDays = z.int().min(0).max(30)

// The domain's schema may be older than the extension that knows `openapi`; a copy made here is not.
export const statementProfile = statementProfileSchema.clone().openapi('StatementProfile', {
  description:
    'How the provider’s or the bank’s own file is written. `columns` feeds canonical columns from the file’s, a bank’s amount also from one column for money in (`credit`) and one for money out (`debit`); `values` maps its words. It reads text files and the first sheet of a workbook. Try it on a file with `dry_run`.',
})

const status = z.enum(['active', 'disabled'])

const changeable = {
  title: text(150),
  settings,
  payee_account: payeeAccount,
  provider_fee: providerFee.nullable(),
  cutoff,
  settlement_days: settlementDays,
  statement_profile: statementProfile.nullable(),
}

export const accountInput = z
  .strictObject({
    ...z.strictObject(changeable).partial().shape,
    agency_code: agencyCodeField,
    provider: z.string().min(1).max(40),
    title: changeable.title,
    credentials: credentialsInput,
    payee_account: payeeAccount,
  })
  .openapi('MerchantAccountInput')

/** An account as it is asked for, with what holds where nothing is said. */
export const accountOf = (json: z.output<typeof accountInput>): AddMerchantAccountInput['account'] => ({
  agencyCode: json.agency_code,
  provider: json.provider,
  title: json.title,
  settings: json.settings ?? {},
  payeeAccount: json.payee_account,
  providerFee: json.provider_fee ?? {},
  cutoff: json.cutoff ?? '00:00',
  settlementDays: json.settlement_days ?? 1,
  statementProfile: json.statement_profile ?? null,
})

export const accountPatch = z
  .strictObject({ ...changeable, status })
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, 'names nothing to change')
  .openapi('MerchantAccountPatch')

const keyObject = z.strictObject({
  id: z.string(),
  created_at: instantOut,
  retires_at: instantOut.nullable(),
  last_used_at: instantOut.nullable(),
})

export const accountObject = z
  .strictObject({
    id: z.string(),
    agency_code: z.string(),
    provider: z.string(),
    title: z.string(),
    status,
    settings: z.record(z.string(), z.unknown()),
    payee_account: z.strictObject({ number: z.string(), bank_bin: z.string(), holder: z.string() }),
    provider_fee: z
      .strictObject({
        basis_points: z.int(),
        fixed: amountOut,
        minimum: amountOut.nullable(),
        maximum: amountOut.nullable(),
        vat_basis_points: z.int(),
        netted: z.boolean(),
        tolerance: z.int(),
      })
      .partial()
      .nullable(),
    cutoff: z.string(),
    settlement_days: z.int(),
    statement_profile: z.record(z.string(), z.unknown()).nullable(),
    keys: z.array(keyObject).openapi({ description: 'Newest first. Two are valid while a key is rotated.' }),
    created_at: instantOut,
  })
  .openapi('MerchantAccount')
