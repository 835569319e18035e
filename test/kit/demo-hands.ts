// What a developer does at a started demo, over HTTP alone: places, pays, moves the clock, and settles as the accountant.
import { expect } from 'vitest'
import type { StartedGateway } from './started-gateway.ts'
import { type Json, rowsOf } from './town.ts'

export type Played = { id: string; amount: number; reference: string }

const provider = 'vnpay'
const waitMs = 60_000

export const demoHands = (gateway: StartedGateway) => {
  let keys = 0
  /** Throws with the answer where it is a refusal. */
  const call = async (client: string, path: string, json?: object, method = json ? 'POST' : 'GET'): Promise<Json> => {
    keys += 1
    const answer = await fetch(`${gateway.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await gateway.token(client)}`,
        'content-type': 'application/json',
        'idempotency-key': `hands-${keys}`,
      },
      ...(json ? { body: JSON.stringify(json) } : {}),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
    return JSON.parse(text)
  }
  const now = async () => String((await call('portal', '/simulators/clock')).now)
  const account = async () => String((await gateway.demo()).merchant_accounts[provider]?.id)
  const place = async (payer: string, amount: number): Promise<string> => {
    const order = {
      dossier_code: `H56.12.03-261130-9${String(keys).padStart(3, '0')}`,
      agency_code: 'H56.12.03',
      payer: { name: payer },
      lines: [{ kind: 'le_phi', description: 'Lệ phí đăng ký khai sinh', unit_amount: amount }],
      return_url: 'https://portal.example.vn/dossiers/9',
      // Longer than it is to any midnight.
      expires_at: new Date(Date.parse(await now()) + 30 * 3_600_000).toISOString(),
    }
    return String((await call('portal', '/v1/orders', order)).id)
  }
  const isDone = (path: string) =>
    expect.poll(async () => String((await call('accountant', path)).status), { timeout: waitMs })
  return {
    call,
    now,
    account,
    place,
    /** Moves the clock; answers what it says then. */
    advance: async (by: object) => {
      const moved = await call('portal', '/simulators/clock/advance', by)
      expect(moved).toMatchObject({ failed: [], is_complete: true })
      return String(moved.now)
    },
    /** An order that is placed, started and paid at the simulated provider, with these faults of its own. */
    play: async (payer: string, amount: number, ...faults: object[]): Promise<Played> => {
      const id = await place(payer, amount)
      const { merchant_reference, action } = await call('portal', `/v1/orders/${id}/attempts`, { provider })
      const reference = String(merchant_reference)
      for (const fault of faults)
        await call('portal', `/simulators/${provider}/faults`, { ...fault, merchant_reference: reference })
      await call('portal', `/simulators/${provider}/payments/${reference}/complete`, {
        result: 'success',
        pay_url: String(action?.url),
      })
      return { id, amount, reference }
    },
    orderOf: ({ id }: Played) => call('portal', `/v1/orders/${id}`),
    becomes: (status: string, ...all: Played[]) =>
      expect
        .poll(() => Promise.all(all.map(async ({ id }) => String((await call('portal', `/v1/orders/${id}`)).status))), {
          timeout: waitMs,
        })
        .toEqual(all.map(() => status)),
    discrepanciesOf: async ({ id }: Played) =>
      rowsOf((await call('accountant', `/v1/discrepancies?status=unresolved&order=${id}`)).data).map((row) =>
        String(row.class),
      ),
    /** The provider's statement of these days comes in. */
    importStatement: async (from: string, to: string): Promise<void> => {
      const file = await fetch(`${gateway.url}/simulators/${provider}/settlements.csv?from=${from}&to=${to}`)
      const body = new FormData()
      body.set('source', 'provider')
      body.set('merchant_account', await account())
      body.set('file', new Blob([await file.text()], { type: 'text/csv' }), 'statement.csv')
      const headers = { authorization: `Bearer ${await gateway.token('accountant')}` }
      const uploaded = await fetch(`${gateway.url}/v1/statements`, { method: 'POST', headers, body })
      const { id } = (await uploaded.json()) as { id: string }
      await isDone(`/v1/statements/${id}`).toBe('imported')
    },
    /** Reconciles these days; answers the items. */
    reconcile: async (from: string, to: string): Promise<Json[]> => {
      const run = await call('accountant', '/v1/reconciliations', { merchant_account: await account(), from, to })
      await isDone(`/v1/reconciliations/${run.id}`).toBe('completed')
      return rowsOf((await call('accountant', `/v1/reconciliations/${run.id}/items?limit=200`)).data)
    },
  }
}

export type DemoHands = ReturnType<typeof demoHands>
