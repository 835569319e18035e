/** What the screens of drafts read of the API's answers. */
import { z } from 'zod'
import { dong, instant, pageOf } from '../console-api.ts'
import { problemShape, readingShape } from './shapes.ts'

export const draftShape = z.object({
  id: z.string(),
  file_name: z.string(),
  bytes: z.int(),
  detected_format: z.string(),
  merchant_account: z.string().nullable(),
  source: z.enum(['provider', 'bank']).nullable(),
  format: z.string().nullable(),
  created_at: instant,
  expires_at: instant,
})
export type Draft = z.output<typeof draftShape>
export const draftPage = pageOf(draftShape)

/** A profile as far as somebody has said it: the API checks it when it is tried. */
export const profileShape = z.object({
  encoding: z.string().default('utf-8'),
  delimiter: z.string().default('auto'),
  header_row: z.int().default(1),
  date_format: z.string(),
  number_format: z.object({ decimal: z.string(), thousands: z.string() }).default({ decimal: '.', thousands: '' }),
  columns: z.record(z.string(), z.string()),
  values: z.record(z.string(), z.record(z.string(), z.string())).default({}),
})
export type Profile = z.output<typeof profileShape>

export const rowsShape = z.object({
  kind: z.enum(['text', 'workbook', 'structured']),
  encoding: z.string(),
  delimiter: z.string(),
  is_canonical: z.boolean(),
  rows: z.array(z.object({ line: z.int(), cells: z.array(z.string()) })),
  suggested_profile: profileShape.nullable(),
})
export type Rows = z.output<typeof rowsShape>

const sampleShape = z.object({
  line: z.int(),
  line_type: z.string().nullable(),
  occurred_at: instant.nullable(),
  merchant_reference: z.string().nullable(),
  provider_reference: z.string().nullable(),
  amount: dong,
  provider_fee: dong.nullable(),
  net_amount: dong.nullable(),
  status: z.string().nullable(),
  payout_reference: z.string().nullable(),
  value_date: z.string().nullable(),
  bank_reference: z.string().nullable(),
  description: z.string().nullable(),
})
export type Sample = z.output<typeof sampleShape>

export const previewShape = readingShape.extend({ problems: z.array(problemShape), sample: z.array(sampleShape) })
export type Preview = z.output<typeof previewShape>
