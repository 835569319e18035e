/** Starting a payment: what the payer and the provider are given. */
import { expect, test } from 'vitest'
import type { FetchPort, Payment, Started } from '../../../src/providers/contract.ts'
import type { Call } from '../kit.ts'
import { faultCases } from './faults.ts'
import {
  clientOf,
  inNewYork,
  inspect,
  paymentOf,
  refusalOf,
  type Subject,
  secretsInCalls,
  secretsOf,
  serverOf,
} from './subject.ts'

type Run = { started: Started; calls: Call[] }

export const startCases = (subject: Subject): void => {
  const { kit, provider } = subject
  const server = (payment: Payment) =>
    serverOf((call) => {
      if (!kit.start.answer) throw new Error('this provider starts without a call')
      return kit.start.answer(payment, call)
    })
  const start = async (changes: Partial<Payment> = {}): Promise<Run> => {
    const payment = paymentOf(subject, { providerReference: null, memo: {}, ...changes })
    const { fetch, calls } = server(payment)
    return { started: await clientOf(subject, fetch).startPayment(Object.freeze(payment)), calls }
  }
  const seen = ({ started, calls }: Run) => kit.start.read(started, calls, kit.account)

  test('starts a payment with its exact amount and reference, signed for the provider', async () => {
    const payment = paymentOf(subject)
    const run = await start()
    expect(seen(run)).toMatchObject({
      isSigned: true,
      amount: payment.amount,
      merchantReference: payment.merchantReference,
    })
    expect(seen(run).text, 'the payer is told what the money is for').toMatch(/./)
    expect(run.calls).toHaveLength(kit.start.callCount ?? (kit.start.answer ? 1 : 0))
  })

  test('starts the smallest and the largest payment of its limits', async () => {
    for (const amount of [provider.limits.minimum, provider.limits.maximum]) {
      expect(seen(await start({ amount }))).toMatchObject({ isSigned: true, amount })
    }
  })

  test('refuses an amount outside its limits and sends nothing', async () => {
    const { minimum, maximum } = provider.limits
    expect(minimum).toBeGreaterThan(0n)
    for (const amount of [minimum - 1n, maximum + 1n, 0n, -1n, -150_000n, 10n ** 30n]) {
      const payment = paymentOf(subject, { amount })
      const { fetch, calls } = server(payment)
      await refusalOf(() => clientOf(subject, fetch).startPayment(payment), ['rejected'], `amount ${amount}`)
      expect(calls).toEqual([])
    }
  })

  test('starts the same payment in the same way every time', async () => {
    expect(inspect(await start())).toBe(inspect(await start()))
  })

  test('tells the deadline in Vietnamese time, whatever the zone of the process', async () => {
    await inNewYork(async () => {
      for (const time of ['2026-12-31T23:59:59+07:00', '2027-01-01T00:00:00+07:00']) {
        const { expiresAt } = seen(
          await start({ expiresAt: new Date(time), createdAt: new Date('2026-12-31T23:45:00+07:00') }),
        )
        if (expiresAt) expect(expiresAt).toEqual(new Date(time))
      }
    })
  })

  test('gives away no secret and leaves no hole in what it sends', async () => {
    const { started, calls } = await start({ bankCode: null })
    const all = inspect([started, calls.map((call) => [call.url, call.body, [...call.headers]])])
    for (const secret of secretsOf(subject)) expect(all).not.toContain(secret)
    expect(all).not.toMatch(/NaN|undefined|\[object|Infinity/)
    expect(secretsOf(subject).length + secretsInCalls(kit).length).toBe(provider.secrets.length)
    for (const name of kit.secretsInBodies ?? []) expect(inspect(started)).not.toContain(kit.account[name])
  })

  test('remembers only text, and nothing personal', async () => {
    const { started } = await start()
    for (const [name, value] of Object.entries(started.memo ?? {})) {
      expect(typeof value, name).toBe('string')
      expect(value).not.toContain('203.0.113.77')
      for (const secret of Object.values(secretsOf(subject))) expect(value).not.toContain(secret)
    }
  })

  test('starts with any description, and with no usable address of the payer', async () => {
    const texts = [
      '',
      ' ',
      '|',
      '&amount=1&',
      '"}{',
      '\u0000\n',
      '🎋'.repeat(500),
      'Lệ phí '.repeat(2000),
      '\u0301\u0301',
      '<b>%2B</b>',
      '\ud800',
    ]
    for (const description of texts) {
      expect(seen(await start({ description })), description.slice(0, 20)).toMatchObject({
        isSigned: true,
        amount: 150_000n,
      })
    }
    for (const payerIp of ['', '::1', 'unknown', '2001:db8::7', '1'.repeat(200)]) {
      expect(seen(await start({ payerIp })), payerIp).toMatchObject({ isSigned: true })
    }
  })

  test('starts in either language', async () => {
    expect(seen(await start({ language: 'en' }))).toMatchObject({ isSigned: true, amount: 150_000n })
  })

  test('starts payments of two accounts at once without mixing them', async () => {
    const { fetch } = server(paymentOf(subject))
    const clients = [kit.account, kit.accountWithOtherSecrets].map((account) => clientOf(subject, fetch, account))
    const both = () => Promise.all(clients.map((client) => client.startPayment(paymentOf(subject))))
    const [first, second] = await both()
    expect(inspect(await both())).toBe(inspect([first, second]))
  })

  if (!kit.start.answer) return
  faultCases(
    subject,
    'start',
    (fetch: FetchPort) => () => clientOf(subject, fetch).startPayment(paymentOf(subject, { memo: {} })),
  )
}
