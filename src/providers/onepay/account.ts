/** The merchant's contract with OnePAY: credentials, addresses and what differs from contract to contract. */
import { z } from 'zod'
import { address, contractAmount } from '../account-fields.ts'
import { hundredthsLimits } from '../hundredths.ts'

const credential = z.string().regex(/^[!-~]{1,64}$/, 'must be 1 to 64 ASCII characters without spaces')
// Signed texts are not escaped, so nothing that could pass for the border of a field may be in a value.
const withoutBorder = credential.regex(/^[^&]*$/, 'must not hold the separator of the signed text')

/** `vpc_CardList`: a way of paying, a card brand, or several joined by a comma. */
export const cardListShape = /^[A-Z0-9]{2,20}(,[A-Z0-9]{2,20}){0,9}$/

/** Four numbers of 0 to 255: `vpc_TicketNo` is 15 characters wide. */
export const ipv4Shape = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/

/** Addresses have no default: test and live differ by them alone. */
export const accountSchema = z.strictObject({
  merchant: z.string().regex(/^[A-Za-z0-9_-]{1,16}$/, 'must be 1 to 16 letters and digits'),
  access_code: z.string().regex(/^[A-Za-z0-9]{1,8}$/, 'must be 1 to 8 letters and digits'),
  /** A lenient hex decoder would stop at the first wrong character and leave a shorter key, or an empty one. */
  hash_key: z.string().regex(/^[0-9A-Fa-f]{32}$/, 'must be 32 hexadecimal characters'),
  /** `vpc_User` and `vpc_Password` of the query; issued separately. */
  user: withoutBorder,
  password: withoutBorder,
  payment_url: address,
  query_url: address,
  /** The ways of paying that the payer is offered; absent: all of the contract. */
  card_list: z.string().regex(cardListShape, 'must be capitals and digits, joined by commas').optional(),
  /** `vpc_TicketNo` where the payer has no IPv4 address. */
  ticket_no: z.string().regex(ipv4Shape, 'must be an IPv4 address').default('127.0.0.1'),
  /** The contract's own bounds in đồng. */
  amount_minimum: contractAmount(hundredthsLimits),
  amount_maximum: contractAmount(hundredthsLimits),
})

export type Account = z.infer<typeof accountSchema>

/** Credentials of OnePAY's sandbox, printed in its sample code and in the npm package vn-payments 1.1.0: anybody can sign with them. */
export const publicTestCredentials = [
  ...['TESTONEPAY', '6BEB2546', '6D0870CDE5F24F34F3915FB0045120DB'],
  ...['ONEPAY', 'D67342C2', 'A3EFDFABA8653DF2342E8DAC29B51AF0'],
  ...['op01', 'op123456'],
]
