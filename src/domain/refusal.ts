/** A rule that says no. `app.onError` words each code as problem+json by one exhaustive map. */

export const refusalCodes = [
  'not_found',
  'unauthorized',
  'insufficient_scope',
  'invalid_request',
  'invalid_client',
  'invalid_scope',
  'unsupported_grant_type',
  'invalid_input',
  'body_too_large',
  'unsupported_media_type',
  'not_acceptable',
  'idempotency_key_required',
  'idempotency_key_reused',
  'request_in_progress',
  'order_already_paid',
  'order_not_open',
  'order_waived',
  'fee_differs_from_schedule',
  'code_not_in_catalogue',
  'amount_outside_provider_limits',
  'provider_not_available',
  'provider_unreachable',
  'payment_in_progress',
  'too_many_attempts',
  'nothing_to_refund',
  'refund_exceeds_captured',
  'refund_in_progress',
  'refund_not_awaiting_approval',
  'refund_payee_changed',
  'refund_not_under_way',
  'refund_by_hand',
  'line_not_refundable',
  'disputed',
  'dispute_not_open',
  'dispute_not_waiting',
  'maker_cannot_approve',
  'receipt_not_issued',
  'receipt_replaced',
  'receipt_altered',
  'already_exists',
  'discrepancy_not_open',
  'discrepancy_not_resolved',
  'discrepancy_not_proposed',
  'too_many_notes',
  'tracing_case_not_open',
  'quarantine_not_open',
  'period_not_closable',
  'period_closed',
  'period_has_open_lines',
  'period_not_closed',
  'period_four_eyes',
  'secret_in_use',
  'entry_not_sealed',
  'insecure_url',
  'host_not_allowed',
  'too_many_requests',
  'overloaded',
  'conflict',
] as const

export type RefusalCode = (typeof refusalCodes)[number]

export class Refusal extends Error {
  readonly code: RefusalCode
  /** JSON pointer and message of each wrong member, for `invalid_input` and its like. */
  readonly errors: readonly { pointer: string; message: string }[]
  readonly retryAfterSeconds: number | null
  /** An id of ours that the refusal is about, for the log alone. */
  readonly about: string | null
  constructor(
    code: RefusalCode,
    message: string,
    more: {
      errors?: readonly { pointer: string; message: string }[]
      retryAfterSeconds?: number
      about?: string | null
      cause?: unknown
    } = {},
  ) {
    super(message, more.cause === undefined ? {} : { cause: more.cause })
    this.name = 'Refusal'
    this.code = code
    this.errors = more.errors ?? []
    this.retryAfterSeconds = more.retryAfterSeconds ?? null
    this.about = more.about ?? null
  }
}
