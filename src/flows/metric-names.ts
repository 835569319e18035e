/** What flows count: every metric that is not about requests, with its kind and what it means. */
import type { Metrics } from '../lib/metrics.ts'

const described = {
  lephi_provider_calls_total: [
    'counter',
    'Calls to providers by operation, whether an answer was given, and which key signed them.',
  ],
  lephi_provider_call_duration_seconds: ['histogram', 'Time that calls to providers took, by operation.'],
  lephi_provider_refused_total: ['counter', 'Payments not started because their provider is taken to be down.'],
  lephi_sign_in_total: [
    'counter',
    'Sign-ins to the console by how they ended: signed_in, or what kept the person out.',
  ],
  lephi_limiter_full_total: [
    'counter',
    'Requests for which the limiter had no room, by class: `open` let somebody pass uncounted, `closed` turned somebody away.',
  ],
  lephi_callback_key_total: ['counter', 'Callbacks by the key that proved them: the current one or a former one.'],
  lephi_callback_replays_total: ['counter', 'Genuine callbacks that told again what another had told.'],
  lephi_key_prolonged_total: ['counter', 'Former keys kept beyond their time because they were still in use.'],
  lephi_webhook_signatures_total: ['counter', 'Webhooks sent, by the secrets that signed them: current, or both.'],
  lephi_capture_confirmations_total: [
    'counter',
    'Payments that a callback told of, compared with what the provider says when it is asked, by finding.',
  ],
  lephi_webhook_first_try_seconds: [
    'histogram',
    'Time from an event to the first try to deliver it, whatever the receiver then answers.',
  ],
  lephi_webhook_tries_total: ['counter', 'Tries to deliver a webhook, by whether the receiver took it.'],
  lephi_webhook_lag_seconds: [
    'gauge',
    'How long the delivery that has waited longest for a try is overdue; 0 when none is.',
  ],
  lephi_webhooks_waiting: ['gauge', 'Deliveries that wait for a try or for another one, counted up to 10,000.'],
  lephi_money_unknown_dong: [
    'gauge',
    'Đồng of payments and refunds whose provider has not told how they ended, by kind and provider.',
  ],
  lephi_money_unmatched_dong: ['gauge', 'Đồng of discrepancies that are not resolved, by class.'],
  lephi_money_suspense_dong: ['gauge', 'Đồng that arrived and belong to no order, by the ledger.'],
  lephi_refunds_overdue: ['gauge', 'Refunds without an end whose promised day has passed.'],
  lephi_orders_without_receipt: ['gauge', 'Paid orders that still lack a receipt for their phí or lệ phí.'],
  lephi_orders_without_receipt_age_seconds: [
    'gauge',
    'Time since the oldest of them was paid; 0 when there is none. Alarm above 3,600: the data must reach the tax office the same day.',
  ],
  lephi_provider_status: [
    'gauge',
    'How a merchant account’s provider is: 1 up, 0.5 degraded, 0 down; absent while unknown.',
  ],
  lephi_provider_success_ratio: ['gauge', 'Share of calls of the last 15 minutes that were answered.'],
  lephi_provider_latency_seconds: ['gauge', 'Average time of calls of the last 15 minutes.'],
  lephi_provider_callback_delay_seconds: ['gauge', 'Average time from payment to callback, last 15 minutes.'],
  lephi_ledger_unchained_age_seconds: [
    'gauge',
    'Age of the oldest entry, fact or event without a place in the ledger’s chain, as each process sees it every half minute. Alarm above 600: the sealing job does not get through.',
  ],
  lephi_ledger_sealed_age_seconds: [
    'gauge',
    'Time since the end of the last business day that is sealed, by tenant. Alarm above 90,000: a day is missing.',
  ],
  lephi_months_missing: [
    'gauge',
    'Of the present month and the next, those that a table does not have, by table, when this process last looked. Rows are kept without.',
  ],
} as const satisfies Record<string, readonly ['counter' | 'gauge' | 'histogram', string]>

export const describeFlowMetrics = (metrics: Metrics): void => {
  for (const [name, [type, help]] of Object.entries(described)) metrics.describe(name, type, help)
}
