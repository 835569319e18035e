// A provider whose callbacks say whatever the test writes, all of it genuine: the body is the reading itself.
import { expect } from 'vitest'
import { z } from 'zod'
import type { Outcome } from '../../src/domain/outcome.ts'
import { attributeQuarantine } from '../../src/flows/decide-quarantine.ts'
import { receiveCallback } from '../../src/flows/receive-callback.ts'
import { replayCallbacks } from '../../src/flows/replay-callbacks.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { type CallbackReading, type Credit, defineProvider, ProviderError } from '../../src/providers/contract.ts'
import { due, openHouse } from './house.ts'
import { takeDatabase } from './kept-database.ts'
import { createScript, type Script } from './scripted-provider.ts'

/** What a test tells: a reading with fewer words. */
export type Tale = Partial<Pick<CallbackReading, 'merchantReference' | 'ask' | 'question'>> & {
  outcomes?: Outcome[]
  credit?: Partial<Credit>
}

/** A reading as the body of a callback. */
export const writeTale = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? { dong: each.toString() } : each))
const read = (text: string): CallbackReading & { sentAt: string } =>
  JSON.parse(text, (name, each) =>
    typeof each?.dong === 'string' ? BigInt(each.dong) : name === 'occurredAt' && each ? new Date(each) : each,
  ) as CallbackReading & { sentAt: string }

export const tellingProvider = (script: Script) =>
  defineProvider({
    title: { vi: 'Thử', en: 'Test' },
    limits: { minimum: 1n, maximum: 999_999_999_999n },
    account: z.object({}),
    secrets: [],
    redact: [],
    startPayment: async () => ({ action: { type: 'redirect', url: 'https://pay.test/' }, providerReference: null }),
    // It refuses what is older than five minutes, as some do.
    readCallback: async ({ body }, { now }) => {
      const { sentAt, ...reading } = read(new TextDecoder().decode(body))
      if (now().getTime() - new Date(sentAt).getTime() > 300_000) throw new ProviderError('forged', 'too old')
      return reading
    },
    answerCallback: (verdict) => Response.json({ verdict }),
    queryPayment: async ({ merchantReference }) => {
      script.asked.push(merchantReference)
      return script.payment(merchantReference)
    },
  })

export const accountant = { scope: 'H56', actor: 'cli_accountant' }
export const everything = { from: new Date('2020-01-01'), to: new Date('2030-01-01') }

/** The books agree, and hearing everything once more changes nothing. */
export const expectAtRest = async ({ deps, counts }: Inbox): Promise<void> => {
  // A receipt may still be on its way.
  await deps.settled()
  const before = await counts()
  const nothing = { changed: [], caughtUp: [], readDifferently: [] }
  expect(await verifyLedger(deps)).toMatchObject({ fault: null })
  expect(await replayCallbacks(deps, { ...everything, dryRun: true })).toMatchObject(nothing)
  expect(await replayCallbacks(deps, everything)).toMatchObject(nothing)
  expect(await counts()).toEqual(before)
}

export type Inbox = Awaited<ReturnType<typeof openInbox>>

export const openInbox = async () => {
  const script = createScript()
  const house = await openHouse({ providers: { test: tellingProvider(script) } }, takeDatabase)
  const { deps, account, sql } = house
  const captured = (merchantReference: string, more: object = {}): Outcome => ({
    status: 'captured',
    merchantReference,
    providerReference: `P${merchantReference.slice(-8)}`,
    amount: due,
    occurredAt: deps.now(),
    code: '00',
    ...more,
  })
  /** Rows of everything that money could have moved. */
  const counts = async () => {
    const [row] = await sql`
      select (select count(*) from money_facts)::int as facts, (select count(*) from journal_entries)::int as entries,
        (select count(*) from postings)::int as postings, (select count(*) from discrepancies)::int as discrepancies,
        (select count(*) from quarantine)::int as quarantine, (select count(*) from events)::int as events, (select sum(version) from orders)::int as versions`
    return row
  }
  return {
    ...house,
    script,
    captured,
    counts,
    /** A callback arrives, and this is the verdict that was worded. */
    hear: async (tale: Tale, merchantAccountId = account): Promise<string> => {
      const credit = tale.credit && { reference: 'FT1', amount: due, occurredAt: deps.now(), text: '', ...tale.credit }
      const reading = {
        merchantReference: tale.outcomes?.[0]?.merchantReference ?? null,
        outcomes: [],
        ...tale,
        credit,
      }
      const body = new TextEncoder().encode(writeTale({ ...reading, sentAt: deps.now().toISOString() }))
      const request = { method: 'POST', search: '', headers: new Headers(), body }
      const answer = await receiveCallback(deps, { provider: 'test', merchantAccountId, request, requestId: 'r' })
      const { verdict } = (await answer?.json()) ?? {}
      return verdict
    },
    /** An accountant says that the oldest entry is this attempt's. */
    attribute: async (attempt: { id: string }, by = accountant) => {
      const [entry] = await sql`select id from quarantine order by id limit 1`
      return attributeQuarantine(deps, by, { id: String(entry?.id), attempt: attempt.id, note: 'asked the bank' })
    },
    entries: async () => sql`select * from quarantine order by id`,
    /** Signed đồng of one ledger account over the whole book. */
    balance: async (name: string) => {
      const [row] = await sql`select coalesce(sum(amount), 0)::bigint as amount from postings where account = ${name}`
      return row?.amount as bigint
    },
    close: async () => {
      await deps.settled()
      await house.database.drop()
    },
  }
}
