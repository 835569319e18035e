// Owns the form of the merchants' calls: fields, types, lengths. Fields that are not listed are let through unread.
// Source: docs.zalopay.vn, "order-create", "order-query", "order-refund", "order-query-refund".
import { z } from 'zod'

/** Whole numbers; in a form they are text, and both sign alike. */
const whole = (form: RegExp) => z.union([z.number().int(), z.string()]).transform(String).pipe(z.string().regex(form))
const amount = whole(/^[1-9][0-9]{0,14}$/).transform(BigInt)
const moment = whole(/^[1-9][0-9]{12}$/).transform(Number)
const web = z.url({ protocol: /^https?$/ }).max(2_048)

const head = { app_id: whole(/^[1-9][0-9]{0,8}$/), mac: z.string().regex(/^[0-9a-f]{64}$/) }

/** JSON that travels as text. An object or an array in its place could not be signed. */
const jsonText = (isRight: (value: unknown) => boolean) =>
  z
    .string()
    .max(2_048)
    .refine((text) => {
      try {
        return isRight(JSON.parse(text))
      } catch {
        return false
      }
    })

export const createSchema = z.object({
  ...head,
  app_user: z.string().min(1).max(50),
  app_trans_id: z.string().max(40),
  app_time: moment,
  amount,
  description: z.string().min(1).max(256),
  item: jsonText(Array.isArray),
  embed_data: jsonText((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
  bank_code: z.string().max(20).default(''),
  expire_duration_seconds: whole(/^[0-9]{1,7}$/)
    .transform(Number)
    .pipe(z.number().min(300).max(2_592_000))
    .optional(),
  callback_url: web.optional(),
  sub_app_id: z.string().max(50).optional(),
})

export const querySchema = z.object({ ...head, app_trans_id: z.string().min(1).max(40) })

export const refundSchema = z.object({
  ...head,
  m_refund_id: z.string().max(45),
  zp_trans_id: whole(/^[0-9]{15}$/),
  amount,
  refund_fee_amount: whole(/^[0-9]{1,15}$/)
    .transform(BigInt)
    .optional(),
  timestamp: moment,
  description: z.string().min(1).max(100),
})

export const queryRefundSchema = z.object({ ...head, m_refund_id: z.string().min(1).max(45), timestamp: moment })

export type CreateRequest = z.infer<typeof createSchema>
export type QueryRequest = z.infer<typeof querySchema>
export type RefundRequest = z.infer<typeof refundSchema>
export type QueryRefundRequest = z.infer<typeof queryRefundSchema>
