// The demonstration from its first order to its last sum, told line by line.
import { z } from 'zod'
import type { LedgerFault } from '../../flows/verify-ledger.ts'
import { businessDay } from '../../lib/time.ts'
import { formatDong, table } from '../commands/table.ts'
import type { DemoFile } from '../demo-file.ts'
import {
  type Period,
  providersTotal,
  type Reconciled,
  reconcileProvider,
  reportTotals,
  suspenseTotal,
} from './books.ts'
import { connectGateway, type GatewayClient } from './gateway-client.ts'
import { type MadePayment, payOrder, readOrder, type ShownOrder, waitUntil } from './pay-orders.ts'
import type { PlannedPayment } from './story.ts'
import { listenForWebhooks, type WebhookListener } from './webhook-listener.ts'

export type StoryInput = {
  url: string
  demo: DemoFile
  planned: readonly PlannedPayment[]
  today: string
  print: (line: string) => void
  /** Checks the books from inside, where that is possible. */
  audit: (() => Promise<LedgerFault | null>) | null
}

type Sum = { what: string; amount: bigint; must: bigint }

/** True when every sum is what it must be. Throws when the gateway does not do what is asked of it. */
export async function tellStory(input: StoryInput): Promise<boolean> {
  const gateway = connectGateway(input.url, input.demo)
  const listener = await listenForWebhooks()
  try {
    const endpoint = await register(gateway, listener)
    return await tell(gateway, listener, input).finally(() => forget(gateway, endpoint))
  } finally {
    listener.close()
  }
}

const tell = async (gateway: GatewayClient, listener: WebhookListener, input: StoryInput): Promise<boolean> => {
  const { print } = input
  print(`A gateway at ${input.url}, ${input.planned.length} citizens, and a portal that listens at ${listener.url}\n`)
  const payments = await makePayments(gateway, input)
  const askable = await askableProviders(gateway)
  const isForStatement = ({ fault, provider }: MadePayment) => fault === 'callback_lost' && !askable.has(provider)
  print('\nWaiting until what can be paid is paid; who lost a callback is asked by the query schedule')
  const byThemselves = payments.filter((payment) => !isForStatement(payment))
  const orders = await settlePayments(gateway, byThemselves, print)
  const period = periodOf(payments)
  const reconciled = await reconcileAll(gateway, payments, { period, print })
  const byStatement = payments.filter(isForStatement)
  if (byStatement.length > 0)
    print('\nWho lost a callback at a provider that cannot be asked is found in its statement')
  for (const [order, shown] of await settlePayments(gateway, byStatement, print)) orders.set(order, shown)
  await hearWebhooks(listener, payments, print)
  return compareSums({ gateway, payments, orders, reconciled, period, input, listener })
}

const register = async (gateway: GatewayClient, listener: WebhookListener): Promise<string> => {
  const made = z.looseObject({ id: z.string(), secret: z.string() })
  const { id, secret } = await gateway.call(
    'portal',
    { path: '/v1/webhook_endpoints', json: { url: listener.url } },
    made,
  )
  listener.trust(secret)
  return id
}

/** A listener that is gone would be tried for 30 days. Of no use when the gateway itself is gone. */
const forget = async (gateway: GatewayClient, endpoint: string): Promise<void> => {
  const call = { path: `/v1/webhook_endpoints/${endpoint}`, method: 'DELETE' }
  await gateway.call('portal', call, z.unknown()).catch(() => undefined)
}

const faultWords = {
  callback_doubled: 'its callback comes twice',
  callback_lost: 'its callback is lost',
  wrong_amount: 'the provider takes 1 ₫ too much',
} as const

const makePayments = async (gateway: GatewayClient, { planned, today, print }: StoryInput): Promise<MadePayment[]> => {
  const payments: MadePayment[] = []
  // A number that an earlier run on the same gateway has hardly used: a dossier's fee is paid once.
  const first = 1_000 + Math.floor((Date.now() / 1_000) % 8_000)
  for (const [index, each] of planned.entries()) {
    const made = await payOrder(gateway, each, { number: first + index, day: today })
    payments.push(made)
    const fault = each.fault === null ? '' : `; ${faultWords[each.fault]}`
    print(`${index + 1}. ${each.payer} pays ${formatDong(each.amount)} by ${made.provider}${fault}`)
    print(`   ${each.procedureName}`)
  }
  return payments
}

const methods = z.looseObject({
  data: z.array(z.looseObject({ provider: z.string(), capabilities: z.looseObject({ query: z.boolean() }) })),
})

const askableProviders = async (gateway: GatewayClient): Promise<Set<string>> => {
  const path = `/v1/providers?agency_code=${gateway.demo.agency_code}`
  const { data } = await gateway.call('portal', { path }, methods)
  return new Set(data.filter(({ capabilities }) => capabilities.query).map(({ provider }) => provider))
}

/** Longer than the query schedule's first two steps, 15 s and 1 min. */
const healSeconds = 90

const settlePayments = async (
  gateway: GatewayClient,
  payments: readonly MadePayment[],
  print: (line: string) => void,
): Promise<Map<string, ShownOrder>> => {
  const orders = new Map<string, ShownOrder>()
  const begun = performance.now()
  for (const { order, payer, fault } of payments) {
    const isPaid = await waitUntil(async () => {
      const shown = await readOrder(gateway, order)
      orders.set(order, shown)
      return shown.status === 'paid' || fault === 'wrong_amount'
    }, healSeconds)
    if (!isPaid) throw new Error(`the order of ${payer} is not paid after ${healSeconds} s: ${order}`)
    const seconds = Math.round((performance.now() - begun) / 1_000)
    print(`   ${String(seconds).padStart(3)} s  ${payer}: ${orders.get(order)?.status}`)
  }
  return orders
}

const hearWebhooks = async (
  listener: WebhookListener,
  payments: readonly MadePayment[],
  print: (line: string) => void,
): Promise<void> => {
  const isHeard = async () =>
    payments
      .filter(({ fault }) => fault !== 'wrong_amount')
      .every(({ order }) => listener.received.some((event) => event.type === 'order.paid' && event.order === order))
  if (!(await waitUntil(isHeard, 30))) throw new Error('the portal did not hear of every paid order')
  const counts = Map.groupBy(listener.received, ({ type }) => type)
  print(`\nThe portal has heard, each with a good signature:`)
  const rows = [...counts].map(([type, events]) => [type, String(events.length)]).sort()
  for (const line of table(['event', 'count'], rows)) print(`   ${line}`)
}

const periodOf = (payments: readonly MadePayment[]): Period => {
  const days = payments.map(({ paidAt }) => businessDay(paidAt)).sort()
  return { from: days[0] ?? '', to: days.at(-1) ?? '' }
}

const reconcileAll = async (
  gateway: GatewayClient,
  payments: readonly MadePayment[],
  { period, print }: { period: Period; print: (line: string) => void },
): Promise<Reconciled[]> => {
  const reconciled: Reconciled[] = []
  for (const provider of new Set(payments.map(({ provider }) => provider))) {
    const done = await reconcileProvider(gateway, provider, period)
    reconciled.push(done)
    print(`\n${provider} lists ${done.lines} lines for ${period.from}, ${done.accepted} of them accepted; of ours:`)
    const ours = itemsOf(done, payments)
    const rows = ours.map((item) => [
      item.reference ?? '',
      item.class,
      item.here === null ? '' : formatDong(item.here),
      item.there === null ? '' : formatDong(item.there),
      item.providerFee === null ? '' : formatDong(item.providerFee),
    ])
    for (const line of table(['reference', 'class', 'here', 'there', 'provider fee'], rows)) print(`   ${line}`)
  }
  return reconciled
}

const itemsOf = ({ items }: Reconciled, payments: readonly MadePayment[]) =>
  items.filter((item) => payments.some(({ reference }) => reference === item.reference))

type Ending = {
  gateway: GatewayClient
  payments: readonly MadePayment[]
  orders: ReadonlyMap<string, ShownOrder>
  reconciled: readonly Reconciled[]
  period: Period
  input: StoryInput
  listener: WebhookListener
}

const compareSums = async ({
  gateway,
  payments,
  orders,
  reconciled,
  period,
  input,
  listener,
}: Ending): Promise<boolean> => {
  const add = (amounts: Iterable<bigint>) => Array.from(amounts).reduce((sum, amount) => sum + amount, 0n)
  const taken = await providersTotal(gateway, payments)
  const paid = add(Array.from(orders.values(), ({ amountPaid }) => amountPaid))
  const suspense = await suspenseTotal(gateway, payments)
  const listed = add(reconciled.flatMap((each) => itemsOf(each, payments).map(({ there }) => there ?? 0n)))
  const about = { period, payments }
  const [collected = 0n] = await reportTotals(gateway, 'collections', { ...about, columns: ['amount'] })
  const [debit = 0n, credit = 0n] = await reportTotals(gateway, 'ledger', { ...about, columns: ['debit', 'credit'] })
  const sums: Sum[] = [
    { what: 'taken by the providers, by their own books', amount: taken, must: paid + suspense },
    { what: 'listed in their settlement statements', amount: listed, must: taken },
    { what: 'paid on orders', amount: paid, must: collected },
    { what: 'in suspense, with a discrepancy each', amount: suspense, must: taken - paid },
    { what: 'report of collections', amount: collected, must: paid },
    { what: 'ledger, debit', amount: debit, must: taken },
    { what: 'ledger, credit', amount: credit, must: taken },
  ]
  input.print('\nThe sums')
  const rows = sums.map(({ what, amount, must }) => [
    what,
    formatDong(amount),
    amount === must ? 'agrees' : `must be ${formatDong(must)}`,
  ])
  for (const line of table(['', 'amount', ''], rows)) input.print(`   ${line}`)
  const fault = (await input.audit?.()) ?? null
  if (fault) input.print(`   the books differ: ${fault.what} ${fault.id} ${fault.problem}`)
  const forged = listener.refusedCount()
  if (forged > 0) input.print(`   ${forged} webhooks had a bad signature`)
  const isGood = sums.every(({ amount, must }) => amount === must) && !fault && forged === 0 && taken > 0n
  input.print(isGood ? '\nEverything agrees to the last đồng.' : '\nSomething does not agree.')
  return isGood
}
