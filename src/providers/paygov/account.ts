/** An agency's registration at the national payment platform: one set of credentials for each agency or group of agencies. */
import { z } from 'zod'
import { sharedMembers } from '../piped-account.ts'

// What goes into signed texts unescaped must not hold their separator.
const word = z
  .string()
  .regex(/^[0-9A-Za-z_.-]{1,50}$/, 'must be 1 to 50 letters, digits, points, dashes and underscores')

/** Headers that belong to the call itself. */
const ownHeaders = ['host', 'content-type', 'content-length', 'authorization', 'accept', 'connection']

/** `name: value`, with a semicolon between several. */
export const readHeaders = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split(';').map((pair): [string, string] => {
      const colon = pair.indexOf(':')
      return [pair.slice(0, colon).trim().toLowerCase(), pair.slice(colon + 1).trim()]
    }),
  )

export const accountSchema = z.strictObject({
  ...sharedMembers,
  partner_code: word,
  version: word.default('1.0.6'),
  /** Where the exchange platform of the province stands in between. */
  bearer_token: z
    .string()
    .regex(/^[!-~]{8,4000}$/, 'must be 8 to 4000 ASCII characters without spaces')
    .optional(),
  extra_headers: z
    .string()
    .max(4000)
    .regex(
      /^[0-9A-Za-z-]+: ?[!-:<-~]+(; ?[0-9A-Za-z-]+: ?[!-:<-~]+)*$/,
      'must be `name: value`, with ; between several',
    )
    .refine((text) => !Object.keys(readHeaders(text)).some((name) => ownHeaders.includes(name)), {
      error: 'must not replace a header of the call itself',
    })
    .optional(),
  /** Whether answers to a notice repeat its MaXacThuc, as both public integrations do. */
  echo_secure_code: z.boolean().default(true),
  /** The collecting unit as the platform has it (`000.00.14.H56`); absent: the agency's code. */
  unit_code: word.optional(),
  /** The deciding agency, where it is another than the collecting one. */
  deciding_agency_code: word.optional(),
  deciding_agency_name: z.string().min(1).max(250).optional(),
  /** What makes MaDVC out of MaTTHC. */
  service_code_suffix: z
    .string()
    .regex(/^[0-9A-Za-z.]{0,20}$/, 'must be letters, digits and points')
    .default('.01'),
  /** MaPhiLePhi of every line; absent: MaDVC. */
  fee_code: word.optional(),
  /** MaNHThuHuong; absent: the BIN of the bank. */
  payee_bank_code: word.optional(),
})

export type Account = z.infer<typeof accountSchema>
