// Each magic amount and each magic name tells its story by an ordinary order alone: placed, started and paid over HTTP, with no fault ordered beside it.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { businessDay } from '../../src/lib/time.ts'
import { magicAmounts } from '../../src/simulators/magic-amounts.ts'
import { magicNameOf, magicStories, storyOfName } from '../../src/simulators/magic-stories.ts'
import { endOfDay } from '../../src/simulators/vietnam-time.ts'
import { startTestApp } from '../kit/app.ts'
import { rotateAtGateway } from '../kit/rotate-keys.ts'
import { rowsOf, startTown, type Town, type TownAttempt } from '../kit/town.ts'

const provider = 'vnpay'
const day = 86_400
let town: Town
beforeAll(async () => {
  // A silent provider is given up soon, since nobody waits here.
  const callBudgetsMs = { start: 100, query: 100, refund: 100, refund_query: 100 }
  town = await startTown('2026-11-23T02:00:00Z', { magicAmounts: true, callBudgetsMs })
  // The contract that the town's providers bill by, as the demo's accounts have theirs.
  const tariff = { basis_points: 110, fixed: 0, minimum: 0, maximum: 0, vat_basis_points: 1_000, netted: true }
  await town.sql`update merchant_accounts set provider_fee = ${town.sql.json(tariff)}`
})
afterAll(() => town.close())

type Played = { id: string; attempt: TownAttempt; amount: number }
type Magic = { amount: number; name: string }
/** `between` is done once the payment has started and before it is paid. */
const play = async ({ amount, name }: Magic, between = async () => undefined as unknown): Promise<Played> => {
  const lines = [{ kind: 'le_phi', description: 'Lệ phí đăng ký khai sinh', unit_amount: amount }]
  const id = await town.place({ lines, payer: { name } })
  const attempt = await town.attempt(id, provider)
  await between()
  await town.pay(provider, attempt)
  return { id, attempt, amount }
}
/** A price that nothing but the name makes magic, and everybody's name. */
const [plainAmount, plainName] = [150_000, 'Nguyễn Thị Lan']

const statusOf = async ({ id }: Played) => (await town.order(id)).status
const bookings = async ({ attempt }: Played) =>
  (await town.sql`select amount from money_facts where attempt_id = ${attempt.id} and kind = 'captured'`).map((row) =>
    Number(row.amount),
  )
const callbacks = async ({ attempt }: Played) =>
  (
    await town.sql`select reading from callbacks where claimed_reference = ${attempt.reference} order by received_at, id`
  ).map((row) => row.reading)
const discrepancies = async ({ id }: Played) =>
  (await town.sql`select class from discrepancies where order_id = ${id} and status = 'open'`).map((row) => row.class)
const typesOf = async ({ id }: Played) =>
  rowsOf((await town.api(`/v1/orders/${id}/events`)).body.data).map((event) => String(event.type))
const isPaidOnce = async (played: Played) => {
  expect(await statusOf(played)).toBe('paid')
  expect(await bookings(played)).toEqual([played.amount])
}

/** How each story is seen to end, and that it is another one than that of any other amount. */
const ends: Record<string, (played: Played) => Promise<void>> = {
  C1: async (played) => {
    await town.pass(1)
    expect(await statusOf(played)).toBe('open')
    await town.pass(120, 3)
    await isPaidOnce(played)
    expect(await callbacks(played)).toEqual([])
  },
  C2: async (played) => {
    await town.pass(1)
    await isPaidOnce(played)
    expect(await callbacks(played)).toHaveLength(50)
  },
  C3: async (played) => {
    await town.pass(1)
    await isPaidOnce(played)
    const [first, ...others] = await callbacks(played)
    expect(first).not.toBe('genuine')
    expect(others).toContain('genuine')
  },
  C4: async (played) => {
    await town.pass(120, 3)
    expect(await statusOf(played)).toBe('open')
    expect(await discrepancies(played)).toEqual(['amount_mismatch'])
    const [taken = 0] = await bookings(played)
    expect(taken).not.toBe(played.amount)
    const [held] =
      await town.sql`select sum(amount)::bigint as amount from postings where order_id = ${played.id} and account = 'suspense'`
    expect(held?.amount).toBe(BigInt(-taken))
  },
  C5: async (played) => {
    await town.pass(2 * day, 4)
    expect(await statusOf(played)).toBe('expired')
    await town.pass(34 * day, 4)
    await isPaidOnce(played)
    expect((await typesOf(played)).filter((type) => type.startsWith('order.'))).toEqual([
      'order.created',
      'order.expired',
      'order.paid',
    ])
  },
  C6: async (played) => {
    await town.pass(16)
    expect(await statusOf(played)).toBe('open')
    await town.pass(120, 2)
    await isPaidOnce(played)
    expect(await callbacks(played)).toEqual([])
  },
  C7: async (played) => {
    await town.pass(16)
    expect(await statusOf(played)).toBe('open')
    await town.pass(120, 2)
    await isPaidOnce(played)
    expect(await callbacks(played)).toEqual([])
  },
  C8: async (played) => {
    const day = businessDay(town.clock.now())
    await town.pass((endOfDay(town.clock.now()).getTime() - town.clock.now().getTime()) / 1_000 - 1, 3)
    expect([await statusOf(played), await callbacks(played)]).toEqual(['open', []])
    await town.pass(2)
    await isPaidOnce(played)
    expect(await callbacks(played)).toEqual(['genuine'])
    expect(businessDay(town.clock.now())).not.toBe(day)
    const booked = await town.sql`
      select occurred_at, business_day::text as day from journal_entries where attempt_id = ${played.attempt.id}`
    expect(booked).toEqual([{ occurredAt: new Date(`${day}T23:59:59+07:00`), day }])
    await town.settle(provider, { from: day, to: day })
    expect(await discrepancies(played)).toEqual([])
    const items = await town.sql`select class from reconciliation_items where attempt_id = ${played.attempt.id}`
    expect(items.map((row) => row.class)).toEqual(['matched'])
  },
  C9: async (played) => {
    expect(await statusOf(played)).toBe('open')
    expect(await callbacks(played)).not.toContain('genuine')
    await town.pass(600, 2)
    await isPaidOnce(played)
    expect(await callbacks(played)).toContain('genuine')
  },
  C10: async (played) => {
    await town.pass(1)
    expect([await statusOf(played), await callbacks(played)]).toEqual(['open', ['forged']])
    await town.pass(600, 2)
    await isPaidOnce(played)
    expect(await callbacks(played)).toEqual(['forged', 'genuine'])
  },
  C12: async (played) => {
    await isPaidOnce(played)
    await town.pass(day + 60, 2)
    expect(await callbacks(played)).toEqual(['genuine', 'genuine'])
    await isPaidOnce(played)
  },
  C13: async (played) => {
    const from = businessDay(town.clock.now())
    await town.pass(4 * day, 4)
    await town.settle(provider, { from, to: businessDay(town.clock.now()) })
    await isPaidOnce(played)
    expect(await discrepancies(played)).toEqual(['date_shift'])
    const items = await town.sql`select class from reconciliation_items where attempt_id = ${played.attempt.id}`
    expect(items.map((row) => row.class)).toEqual(['date_shift'])
  },
  C14: async (played) => {
    const from = businessDay(town.clock.now())
    await town.pass(4 * day, 4)
    await town.settle(provider, { from, to: businessDay(town.clock.now()) })
    await isPaidOnce(played)
    expect(await discrepancies(played)).toEqual(['fee_mismatch'])
  },
  C15: async (played) => {
    await town.pass(1)
    const asked = await town.api(
      `/v1/orders/${played.id}/refunds`,
      { reason: 'Thu thừa' },
      { token: await town.token(['refunds:write']) },
    )
    await town.api(`/v1/refunds/${asked.body.id}/approve`, undefined, { method: 'POST' })
    await town.pass(3_600, 3)
    expect((await town.api(`/v1/refunds/${asked.body.id}`)).body.status).toBe('failed')
    expect(await town.order(played.id)).toMatchObject({ status: 'paid', amount_refunded: 0 })
  },
}

const endOf = (story: string) => {
  const end = ends[story]
  if (!end) throw new Error(`nobody looks how ${story} ends`)
  return end
}

describe('a magic amount', { timeout: 120_000 }, () => {
  it.each(magicStories)('$story: $amount', async ({ story, amount }) => {
    await endOf(story)(await play({ amount: Number(amount), name: plainName }))
  })

  it.each(magicStories)('$story: by the payer’s name', async ({ story }) => {
    await endOf(story)(await play({ amount: plainAmount, name: magicNameOf(story) }))
  })

  it('brings each story once, each with faults of its own', () => {
    expect(magicStories.map(({ story }) => story)).toEqual(Object.keys(ends))
    const faults = magicStories.map(({ amount }) => JSON.stringify(magicAmounts[amount]))
    expect(new Set(faults).size).toBe(magicStories.length)
    expect(faults).not.toContain(undefined)
  })

  it('stands in the table of docs/sandbox.md, with its name, in both languages', () => {
    const docs = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8')
    const rows = (language: 'en' | 'vi', mark: string) =>
      magicStories.map(
        ({ story, amount, end }) =>
          `| ${story} | ${Number(amount).toLocaleString(mark)} | ${magicNameOf(story)} | ${end[language]} |`,
      )
    const listed = [...docs.matchAll(/^\| C\d+ \| [\d.,]+ \|.*$/gm)].map(([row]) => row)
    expect(listed).toEqual([...rows('en', 'en-US'), ...rows('vi', 'de-DE')])
  })

  it('is known by its name with or without marks and capitals, and nobody else’s name is one', () => {
    for (const { story } of magicStories)
      for (const name of [
        `LỖI ${story}`,
        `Loi ${story}`,
        `  lỗi   ${story.toLowerCase()} `,
        `LỖI ${story}`.normalize('NFD'),
      ])
        expect(storyOfName(name)?.story).toBe(story)
    for (const name of ['', 'LỖI', 'LỖI C11', 'LỖI C1 A', 'LỖI C44', 'Nguyễn Lỗi C4', plainName])
      expect([name, storyOfName(name)]).toEqual([name, null])
  })

  it('C10 with the key changed at the gateway meanwhile: what the provider goes on signing with is believed for the overlap', async () => {
    const played = await play({ amount: 901_023, name: plainName }, () => rotateAtGateway(town, provider))
    await endOf('C10')(played)
    const metrics = await (await town.request('/metrics')).text()
    expect(metrics).toContain(`lephi_callback_key_total{provider="${provider}",key="former"} 1`)
  })

  it('is an amount like any other where nobody switched them on, and a live installation has no simulators at all', async () => {
    const live = await startTestApp({ mode: 'production', extras: { simulators: town.simulators.app } })
    try {
      for (const path of ['/simulators', `/simulators/${provider}/ledger`, '/simulators/clock', '/demo-portal'])
        expect([path, (await live.request(path)).status]).toEqual([path, 404])
    } finally {
      await live.close()
    }
  })
})
