// What the metrics say of money that is nobody's yet, and of the outbox: from the tables themselves, each time that they are asked for.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createEndpoint } from '../../src/flows/change-webhook-endpoint.ts'
import { deliverWebhooks } from '../../src/flows/deliver-webhooks.ts'
import { describeFlowMetrics } from '../../src/flows/metric-names.ts'
import { createMoneyWatch } from '../../src/flows/watch-money.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { openDatabase } from '../../src/store/database.ts'
import { due } from '../kit/house.ts'
import { accountant, type Inbox, openInbox } from '../kit/inbox.ts'
import { addAttempt } from '../kit/orders.ts'
import { trackedFiles } from '../tidy/source.ts'

let inbox: Inbox
let watch: () => Promise<void>
beforeEach(async () => {
  inbox = await openInbox()
  describeFlowMetrics(inbox.deps.metrics)
  watch = createMoneyWatch(inbox.deps)
})
afterEach(() => inbox.close())

/** The series whose names begin so, with their values. */
const shown = (start: string): Record<string, number> =>
  Object.fromEntries(
    inbox.deps.metrics
      .text()
      .split('\n')
      .filter((line) => line.startsWith(start))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )

const look = async (start: string) => {
  await watch()
  return shown(start)
}

it('says how many đồng of payments are unknown, by provider, and 0 where it is none', async () => {
  const known = { 'lephi_money_unknown_dong{kind="refund",provider="test"}': 0 }
  const unknown = 'lephi_money_unknown_dong{kind="payment",provider="test"}'
  expect(await look('lephi_money_unknown')).toEqual({ [unknown]: 0, ...known })
  const first = await addAttempt(inbox.deps, await inbox.place(), inbox.account, { status: 'unknown' })
  await addAttempt(inbox.deps, await inbox.place(), inbox.account, { status: 'unknown' })
  await addAttempt(inbox.deps, await inbox.place(), inbox.account, { status: 'pending' })
  expect(await look('lephi_money_unknown')).toEqual({ [unknown]: Number(due) * 2, ...known })
  await inbox.tell(inbox.captured(first.merchantReference))
  expect(await look('lephi_money_unknown')).toEqual({ [unknown]: Number(due), ...known })
})

it('says what is in suspense and what is unmatched, until somebody says whose it is', async () => {
  expect(await look('lephi_money_suspense')).toEqual({ lephi_money_suspense_dong: 0 })
  const attempt = await addAttempt(inbox.deps, await inbox.place(), inbox.account)
  await inbox.hear({ credit: { amount: due } })
  inbox.deps.clock.advance(60)
  expect(await look('lephi_money_suspense')).toEqual({ lephi_money_suspense_dong: Number(due) })
  expect(shown('lephi_money_unmatched')).toEqual({ 'lephi_money_unmatched_dong{class="unknown_credit"}': Number(due) })
  await inbox.attribute(attempt, accountant)
  // The sum costs more the older the ledger is: it is made once a minute, however often it is looked at.
  inbox.deps.clock.advance(59)
  expect(await look('lephi_money_suspense')).toEqual({ lephi_money_suspense_dong: Number(due) })
  inbox.deps.clock.advance(1)
  expect(await look('lephi_money_suspense')).toEqual({ lephi_money_suspense_dong: 0 })
  expect(shown('lephi_money_unmatched')).toEqual({})
})

it('says how long the outbox is behind, and how long each first try took', async () => {
  const caller = { clientId: 'cli_test', agency: 'H56' }
  const input = { url: 'https://portal.test/hooks', eventTypes: ['order.created'], agencyCode: null }
  await createEndpoint(inbox.deps, caller, input, { key: null, body: {} })
  await inbox.place()
  inbox.deps.clock.advance(42)
  await inbox.place()
  expect(await look('lephi_webhook')).toMatchObject({ lephi_webhook_lag_seconds: 42, lephi_webhooks_waiting: 2 })
  await deliverWebhooks(inbox.deps, { limit: 10 })
  const tried = { lephi_webhook_first_try_seconds_count: 2, lephi_webhook_first_try_seconds_sum: 42 }
  expect(await look('lephi_webhook')).toMatchObject({
    lephi_webhook_lag_seconds: 0,
    lephi_webhooks_waiting: 2,
    'lephi_webhook_tries_total{taken="no"}': 2,
    ...tried,
  })
  // Both again: that the receiver is away says nothing of how fast we are.
  inbox.deps.clock.advance(300)
  await deliverWebhooks(inbox.deps, { limit: 10 })
  expect(await look('lephi_webhook')).toMatchObject({ 'lephi_webhook_tries_total{taken="no"}': 4, ...tried })
})

it('says nothing rather than something old when the database is away', async () => {
  const deps = { ...inbox.deps }
  const look = createMoneyWatch(deps)
  await look()
  expect(Object.keys(shown('lephi_money_'))).toContain('lephi_money_suspense_dong')
  const gone = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', role: null, max: 1 })
  deps.db = gone
  deps.clock.advance(60)
  await look()
  expect(shown('lephi_money_')).toEqual({})
  await gone.close()
})

it('knows the name of whatever is counted, for what has none is not shown', () => {
  const sources = trackedFiles()
    .filter((path) => /^src\/.*\.tsx?$/.test(path))
    .map((path) => readFileSync(join(packageRoot(), path), 'utf8'))
  const told = new Set(
    sources
      .flatMap((text) => [...text.matchAll(/^\s*(lephi_\w+): \[|describe\(\s*'(lephi_\w+)'/gm)])
      .map((found) => found[1] ?? found[2]),
  )
  const used = new Set(
    sources
      .flatMap((text) => [...text.matchAll(/metrics\.(?:count|set|observe)\(\s*'(lephi_\w+)'/g)])
      .map((found) => found[1]),
  )
  expect(used.size).toBeGreaterThan(20)
  expect([...used].filter((name) => !told.has(name))).toEqual([])
})
