/** Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
import { Webhook } from 'standardwebhooks'

/** What is sent once. The body is JSON text, `data` in it exactly as the event was stored and hashed. */
export type WebhookMessage = { id: string; type: string; eventAt: string; data: string }

/** `{type, timestamp, data}` of the specification's section "Payload structure". */
export const webhookBody = ({ type, eventAt, data }: WebhookMessage): string =>
  `{"type":${JSON.stringify(type)},"timestamp":${JSON.stringify(eventAt)},"data":${data}}`

/** The headers that sign a body at this moment, with one signature for each secret. Secrets are `whsec_` and base64. */
export const webhookHeaders = (
  { id, body, at }: { id: string; body: string; at: Date },
  secrets: readonly string[],
): Record<string, string> => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
  'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
})

/** A signing secret out of 32 random bytes in base64url, as `newToken(32)` gives them. */
export const webhookSecret = (token: string): string => {
  const base64 = token.replaceAll('-', '+').replaceAll('_', '/')
  return `whsec_${base64.padEnd(Math.ceil(base64.length / 4) * 4, '=')}`
}
