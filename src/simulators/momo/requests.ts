// Owns the form of MoMo's requests: fields, lengths and patterns. Fields that are not listed are let through unread, as
// MoMo does. Source: developers.momo.vn/v3, pages "onetime", "query", "refund", "confirm".
import { z } from 'zod'

/** The linear form of MoMo's printed pattern, which itself backtracks without end on hostile input. */
const orderId = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[0-9a-zA-Z](?:[-_.0-9a-zA-Z]*[0-9a-zA-Z])?$/)

/** Whole đồng; text is read like a number, as both sign alike. */
const amount = z
  .union([z.number().int().min(0).max(999_999_999_999), z.string().regex(/^(0|[1-9][0-9]{0,11})$/)])
  .transform((value) => BigInt(value))

const head = {
  partnerCode: z.string().min(1).max(50),
  requestId: z
    .string()
    .min(1)
    .max(50)
    .regex(/^[^\n]*$/),
  lang: z.enum(['vi', 'en']).optional(),
  signature: z.string().min(1).max(200),
}

const web = z.url({ protocol: /^https?$/ }).max(2_048)

export const createSchema = z.object({
  ...head,
  orderId,
  amount,
  orderInfo: z.string().min(1).max(255),
  redirectUrl: z.union([z.literal(''), web]),
  ipnUrl: web,
  requestType: z.enum(['captureWallet', 'payWithATM', 'payWithCC', 'payWithMethod']),
  extraData: z.string().max(1_000),
  autoCapture: z.boolean().default(true),
  storeId: z.string().max(50).optional(),
  subPartnerCode: z.string().max(50).optional(),
  referenceId: z.string().max(200).optional(),
  items: z.array(z.unknown()).max(50).optional(),
})

export const querySchema = z.object({ ...head, orderId })

export const refundSchema = z.object({
  ...head,
  orderId,
  amount,
  transId: z.union([z.number().int().min(0), z.string().regex(/^[0-9]{1,19}$/)]).transform(String),
  description: z.string().max(255),
})

export const confirmSchema = z.object({
  ...head,
  orderId,
  amount,
  requestType: z.enum(['capture', 'cancel']),
  description: z.string().max(255),
})

export type CreateRequest = z.infer<typeof createSchema>
export type QueryRequest = z.infer<typeof querySchema>
export type RefundRequest = z.infer<typeof refundSchema>
export type ConfirmRequest = z.infer<typeof confirmSchema>
