// Requests of the demo's portal and of a provider, as bytes: what a benchmark sends, made before it counts.
import type { StartedGateway } from '../kit/started-gateway.ts'
import { signedVnpayCallback } from '../kit/vnpay-callback.ts'
import { runClosed } from './closed-loop.ts'

/** A payment in đồng, under the gateway's reference and the provider's number. */
export type Made = { reference: string; amount: number; number: string }

export type Requests = {
  /** An order of one line, each with a dossier and an idempotency key of its own. */
  order: () => string
  get: (path: string, isOurs?: boolean) => string
  /** Orders with a payment under way, and the callback that the provider will send for each. */
  payments: (count: number) => Promise<{ callbacks: string[]; checkoutPaths: string[]; made: Made[] }>
}

const amount = 200_000
/** Over all gateways of a run, for a key that was used is answered from what was kept. */
let orders = 0

export const openRequests = async (gateway: StartedGateway): Promise<Requests> => {
  const { host, hostname, port } = new URL(gateway.url)
  const token = await gateway.token('portal')
  const account = (await gateway.demo()).merchant_accounts.vnpay
  if (!account) throw new Error('the demo has no such account')
  const post = (path: string, body: string): string =>
    `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\n` +
    `idempotency-key: bench-${orders}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  const order = () => {
    orders += 1
    return post('/v1/orders', orderJson(orders))
  }
  const send = async (requests: string[]): Promise<Record<string, unknown>[]> => {
    const bodies: string[] = []
    const { statuses } = await runClosed(
      { host: hostname, port: Number(port) },
      { callers: 8, requests, read: (body) => bodies.push(body) },
    )
    if (statuses[201] !== requests.length) throw new Error(`not all were made: ${JSON.stringify(statuses)}`)
    return bodies.map((body) => JSON.parse(body) as Record<string, unknown>)
  }
  return {
    order,
    get: (path, isOurs = false) =>
      `GET ${path} HTTP/1.1\r\nhost: ${host}\r\n${isOurs ? `authorization: Bearer ${token}\r\n` : ''}\r\n`,
    payments: async (count) => {
      const placed = await send(Array.from({ length: count }, order))
      const attempts = await send(
        placed.map(({ id }) => {
          orders += 1
          return post(`/v1/orders/${id}/attempts`, JSON.stringify({ provider: 'vnpay' }))
        }),
      )
      const made = attempts.map(({ merchant_reference: reference }, index) => ({
        reference: String(reference),
        amount,
        number: String(20_000_000 + orders + index),
      }))
      return {
        made,
        callbacks: made.map(({ reference, number }) => signedVnpayCallback(account, reference, amount, number)),
        checkoutPaths: placed.map(({ checkout_url: url }) => new URL(String(url)).pathname),
      }
    },
  }
}

const orderJson = (number: number): string =>
  JSON.stringify({
    dossier_code: `H56.12.03-${String(261_122 + Math.floor(number / 10_000))}-${String(number % 10_000).padStart(4, '0')}`,
    agency_code: 'H56.12.03',
    payer: { name: 'Nguyễn Thị Lan' },
    lines: [{ fee_code: 'PHI-LLTP', kind: 'phi', description: 'Phí cấp phiếu lý lịch tư pháp', unit_amount: amount }],
    return_url: 'https://portal.example.vn/dossiers/42',
  })
