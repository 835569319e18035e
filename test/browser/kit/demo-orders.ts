// An order of the demo in each state that can be looked at, brought there by a citizen's browser.
import { randomUUID } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { z } from 'zod'
import type { GatewayClient } from '../../../src/node/demo-run/gateway-client.ts'
import { waitUntil } from '../../../src/node/demo-run/pay-orders.ts'
import type { PlannedPayment } from '../../../src/node/demo-run/story.ts'
import { choose, type Ending, endAtProvider, payInBankApp, scan } from './citizen.ts'
import { type OldDemo, plans } from './demo-history.ts'
import { lookUpBooks, type ShownBooks } from './shown-books.ts'
import { visit } from './visitor.ts'

/** Paths of what can be looked at. */
export type Shown = {
  orders: Readonly<
    Record<
      | 'waiting'
      | 'waived'
      | 'confirming'
      | 'failed'
      | 'wrongAmount'
      | 'paid'
      | 'paidTwice'
      | 'cancelled'
      | 'form'
      | 'code',
      string
    >
  >
  /** The id of the order that is paid twice. */
  paidTwice: string
  receipt: string
  /** A simulated provider's page, with a payment that waits for its end. */
  provider: string
  /** A merchant account of the demo. */
  account: string
  /** What the office has of statements; empty where no books were made. */
  books: ShownBooks
}

export const makeOrders = async ({ gateway, client }: OldDemo, browser: Browser): Promise<Shown> => {
  const planned = (await plans(client)).filter(({ fault }) => fault === null)
  let number = 0
  const place = (exemption?: object): Promise<PlacedOrder> => {
    number += 1
    return placeOrder(client, { planned: planned[number % planned.length], number, exemption })
  }
  const { page, tab, context } = await visit(browser, gateway.url)
  const go = async (provider: string, ending?: Ending): Promise<string> => {
    const { path } = await place()
    await page.goto(path)
    await choose(page, provider)
    if (ending) await endAtProvider(page, ending)
    return path
  }
  const lastPageBefore = async (provider: string): Promise<string> => {
    await page.goto((await place()).path)
    await choose(page, provider, { leaves: false })
    return page.url()
  }
  const payOtherAmount = async (): Promise<string> => {
    const path = await go('vietqr')
    const phone = await tab()
    await payInBankApp(phone, { provider: 'vietqr', code: await scan(page.locator('img.qr')), amount: '20000' })
    await phone.close()
    return path
  }
  const cancelled = await place()
  await client.call('portal', { path: `/v1/orders/${cancelled.id}/cancel`, json: { reason: 'Rút hồ sơ' } }, z.unknown())
  const twice = await place()
  const orders = {
    waiting: (await place()).path,
    waived: (await place({ rule: 'NQ 12/2025/NQ-HĐND', evidence: 'Thẻ bảo hiểm y tế người nghèo' })).path,
    confirming: await go('vnpay', 'pending'),
    failed: await go('vnpay', 'insufficient'),
    paid: await go('vnpay', 'success'),
    wrongAmount: await payOtherAmount(),
    paidTwice: await payTwice(client, page, twice),
    cancelled: cancelled.path,
    form: await lastPageBefore('napas'),
    code: await lastPageBefore('vietqr'),
  }
  const receipt = await receiptOf(page, orders.paid)
  await go('momo')
  const provider = page.url()
  await context.close()
  const account = gateway.demo?.contents.merchant_accounts.vnpay?.id ?? ''
  return { orders, paidTwice: twice.id, receipt, provider, account, books: await lookUpBooks(client) }
}

type PlacedOrder = { id: string; path: string }

const placed = z.looseObject({ id: z.string(), checkout_url: z.string() })

const placeOrder = async (
  client: GatewayClient,
  {
    planned,
    number,
    exemption,
  }: { planned: PlannedPayment | undefined; number: number; exemption?: object | undefined },
): Promise<PlacedOrder> => {
  if (!planned) throw new Error('the demo has no procedures')
  const json = {
    dossier_code: `${planned.agencyCode}-261123-${String(number).padStart(4, '0')}`,
    procedure_code: planned.procedureCode,
    procedure_name: planned.procedureName.slice(0, 150),
    agency_code: planned.agencyCode,
    payer: { name: planned.payer, identity_number: `038190${String(number).padStart(6, '0')}` },
    lines: planned.lines.map((line) => ({ ...line, ...(exemption ? { exemption } : {}) })),
    return_url: 'https://portal.example.vn/dossiers',
  }
  const call = { path: '/v1/orders', headers: { 'idempotency-key': randomUUID() }, json }
  const { id, checkout_url: url } = await client.call('portal', call, placed)
  return { id, path: new URL(url).pathname }
}

/** Two attempts that both are paid: the first is left by the way back, another provider is chosen, and then both pages are paid. */
const payTwice = async (client: GatewayClient, page: Page, { id, path }: PlacedOrder): Promise<string> => {
  const begun = z.looseObject({ action: z.looseObject({ url: z.string() }) })
  const pages: Page[] = []
  for (const provider of ['vnpay', 'onepay']) {
    const call = { path: `/v1/orders/${id}/attempts`, json: { provider } }
    const { action } = await client.call('portal', call, begun)
    const other = await page.context().newPage()
    await other.goto(action.url)
    pages.push(other)
  }
  for (const other of pages) {
    await endAtProvider(other)
    await other.close()
  }
  return path
}

/** A receipt is made a moment after its money has come. */
const receiptOf = async (page: Page, path: string): Promise<string> => {
  const link = page.locator('a[href^="/receipts/"]').first()
  const isThere = async () => {
    await page.goto(path)
    return (await link.count()) > 0
  }
  if (!(await waitUntil(isThere, 30))) throw new Error('there is no receipt after 30 s')
  return (await link.getAttribute('href')) ?? ''
}
