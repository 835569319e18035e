/**
 * Every column that holds what is sealed with the master key (lib/sealed-box.ts), and the context that each of its envelopes is sealed for. Changing the master key
 * walks this table, and a test compares it with the tables of the database: a column of bytes that is missing here would be lost with the old key.
 */

/** Contexts are in envelopes for ever: they are added to, never changed. */
export const sealedFor = {
  payer: (orderId: string) => `payer:${orderId}`,
  payee: (refundId: string) => `refund:${refundId}:payee`,
  callback: (callbackId: string) => `callback:${callbackId}`,
  statementChunk: (statementId: string, chunkNo: number) => `statement_chunk:${statementId}:${chunkNo}`,
  credentials: (merchantAccountId: string) => `merchant_account:${merchantAccountId}`,
  webhookEndpoint: (endpointId: string) => `webhook_endpoint:${endpointId}`,
  signingKey: (kid: string) => `signing_key:${kid}`,
  firstAnswer: (clientId: string, route: string, key: string) => `first_answer:${clientId}:${route}:${key}`,
} as const

export type SealedColumn = {
  table: string
  column: string
  /** The primary key, along which the table is walked; without the agency that some end with, since one key has one. */
  key: readonly string[]
  /** What the context is made of. */
  of: readonly string[]
  context: (values: readonly (string | number)[]) => string
  /** `base64` is a text column, of which only some values are sealed: what is sealed begins with the mark of an envelope, and JSON never does. */
  holds: 'bytes' | 'base64'
  /** How many are opened at once, so that memory stays small. */
  batch: number
}

const column = (
  table: string,
  name: string,
  more: Pick<SealedColumn, 'context'> & Partial<Omit<SealedColumn, 'context'>>,
): SealedColumn => ({ table, column: name, key: ['id'], of: ['id'], holds: 'bytes', batch: 200, ...more })

const text = (value: string | number | undefined): string => String(value ?? '')

/** Small tables first: what the gateway cannot work without is changed before what is only kept. */
export const sealedColumns: readonly SealedColumn[] = [
  column('signing_keys', 'sealed_private_jwk', {
    key: ['kid'],
    of: ['kid'],
    context: ([kid]) => sealedFor.signingKey(text(kid)),
  }),
  column('merchant_account_keys', 'sealed', {
    of: ['merchant_account_id'],
    context: ([account]) => sealedFor.credentials(text(account)),
  }),
  column('webhook_endpoints', 'sealed', { context: ([id]) => sealedFor.webhookEndpoint(text(id)) }),
  column('webhook_endpoints', 'former_sealed', { context: ([id]) => sealedFor.webhookEndpoint(text(id)) }),
  column('idempotency_keys', 'response_body', {
    key: ['client_id', 'route', 'key'],
    of: ['client_id', 'route', 'key'],
    context: ([client, route, key]) => sealedFor.firstAnswer(text(client), text(route), text(key)),
    holds: 'base64',
  }),
  column('refunds', 'payee_sealed', { context: ([id]) => sealedFor.payee(text(id)) }),
  column('orders', 'payer_sealed', { context: ([id]) => sealedFor.payer(text(id)) }),
  column('callbacks', 'sealed', { context: ([id]) => sealedFor.callback(text(id)), batch: 100 }),
  // Of 256 KiB each.
  column('statement_chunks', 'sealed', {
    key: ['statement_id', 'chunk_no'],
    of: ['statement_id', 'chunk_no'],
    context: ([id, no]) => sealedFor.statementChunk(text(id), Number(no)),
    batch: 8,
  }),
]
