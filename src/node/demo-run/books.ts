// The accountant's part: settlement statements are fetched from the providers, imported and reconciled, and all sums are read.
import { z } from 'zod'
import type { GatewayClient } from './gateway-client.ts'
import { type MadePayment, waitUntil } from './pay-orders.ts'

export type Period = { from: string; to: string }

export type ReconciledItem = {
  class: string
  reference: string | null
  here: bigint | null
  there: bigint | null
  providerFee: bigint | null
}

export type Reconciled = { provider: string; lines: number; accepted: number; items: readonly ReconciledItem[] }

const idOnly = z.looseObject({ id: z.string() })
const importing = z.looseObject({
  status: z.string(),
  lines: z.int(),
  accepted: z.int(),
  reason: z.string().nullable(),
})
const running = z.looseObject({ status: z.string(), failure: z.string().nullable() })
const amount = z
  .int()
  .nullable()
  .transform((value) => (value === null ? null : BigInt(value)))
const item = z.looseObject({
  class: z.string(),
  merchant_reference: z.string().nullable(),
  amount_here: amount,
  amount_there: amount,
  provider_fee_there: amount,
})
const waitSeconds = 60

/** Imports the provider's own statement of these days and reconciles them. */
export async function reconcileProvider(gateway: GatewayClient, provider: string, period: Period): Promise<Reconciled> {
  const account = gateway.demo.merchant_accounts[provider]?.id ?? ''
  const file = await gateway.text(`/simulators/${provider}/settlements.csv?from=${period.from}&to=${period.to}`)
  const form = new FormData()
  form.set('source', 'provider')
  form.set('merchant_account', account)
  form.set('file', new Blob([file], { type: 'text/csv' }), `${provider}-${period.from}.csv`)
  const statement = await gateway.call('accountant', { path: '/v1/statements', form }, idOnly)
  const imported = await settled(gateway, `/v1/statements/${statement.id}`, importing, ['queued', 'processing'])
  if (imported.status !== 'imported') throw new Error(`the statement was ${imported.status}: ${imported.reason}`)
  const run = { path: '/v1/reconciliations', json: { merchant_account: account, ...period } }
  const { id } = await gateway.call('accountant', run, idOnly)
  const { status, failure } = await settled(gateway, `/v1/reconciliations/${id}`, running, ['running'])
  if (status !== 'completed') throw new Error(`the reconciliation ${status}: ${failure}`)
  return { provider, lines: imported.lines, accepted: imported.accepted, items: await itemsOf(gateway, id) }
}

const settled = async <Answer extends { status: string }>(
  gateway: GatewayClient,
  path: string,
  schema: z.ZodType<Answer>,
  unfinished: readonly string[],
): Promise<Answer> => {
  let last: Answer | undefined
  const isDone = await waitUntil(async () => {
    last = await gateway.call('accountant', { path }, schema)
    return !unfinished.includes(last.status)
  }, waitSeconds)
  if (!isDone || !last) throw new Error(`${path} is not finished after ${waitSeconds} s`)
  return last
}

const itemsOf = async (gateway: GatewayClient, id: string): Promise<ReconciledItem[]> => {
  const items = await gateway.all('accountant', `/v1/reconciliations/${id}/items`, item)
  return items.map((each) => ({
    class: each.class,
    reference: each.merchant_reference,
    here: each.amount_here,
    there: each.amount_there,
    providerFee: each.provider_fee_there,
  }))
}

const providerBooks = z.object({
  data: z.array(
    z.looseObject({ kind: z.string(), merchant_reference: z.string(), status: z.string(), amount: z.int() }),
  ),
})

/** What the providers themselves have booked for these payments, in đồng. */
export async function providersTotal(gateway: GatewayClient, payments: readonly MadePayment[]): Promise<bigint> {
  let total = 0n
  for (const provider of new Set(payments.map(({ provider }) => provider))) {
    const { data } = await gateway.open({ path: `/simulators/${provider}/ledger` }, providerBooks)
    const ours = new Set(payments.filter((each) => each.provider === provider).map(({ reference }) => reference))
    for (const row of data) {
      if (row.kind === 'payment' && row.status === 'success' && ours.has(row.merchant_reference))
        total += BigInt(row.amount)
    }
  }
  return total
}

const report = z.looseObject({ rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))) })

/** Sums a report's columns over the rows of these payments' orders. */
export async function reportTotals(
  gateway: GatewayClient,
  name: string,
  { period, payments, columns }: { period: Period; payments: readonly MadePayment[]; columns: readonly string[] },
): Promise<bigint[]> {
  const path = `/v1/reports/${name}?from=${period.from}&to=${period.to}`
  const { rows } = await gateway.call('accountant', { path }, report)
  const orders = new Set<unknown>(payments.map(({ order }) => order))
  const ours = rows.filter((row) => orders.has(row.order))
  return columns.map((column) => ours.reduce((sum, row) => sum + BigInt(row[column] ?? 0), 0n))
}

const discrepancy = z.looseObject({ order: z.string().nullable(), amount: z.int(), source: z.string() })

/** What the door has put into suspense for these payments, in đồng. */
export async function suspenseTotal(gateway: GatewayClient, payments: readonly MadePayment[]): Promise<bigint> {
  const orders = new Set<unknown>(payments.map(({ order }) => order))
  const open = await gateway.all('accountant', '/v1/discrepancies?status=open', discrepancy)
  return open
    .filter(({ order, source }) => source === 'door' && orders.has(order))
    .reduce((sum, item) => sum + BigInt(item.amount), 0n)
}
