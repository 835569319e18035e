/**
 * What every part of the conformance suite works with: one provider, its kit, a fixed clock, and a network that the
 * test plays.
 */
import { expect } from 'vitest'
import {
  type CallbackReading,
  type FetchPort,
  type IncomingRequest,
  type Payment,
  type Ports,
  type Provider,
  type ProviderClient,
  ProviderError,
  type ProviderErrorKind,
  type Refund,
} from '../../../src/providers/contract.ts'
import type { Account, Call, CallbackSpec, Field, Message, ProviderKit } from '../kit.ts'

export type Subject = { name: string; provider: Provider; kit: ProviderKit }

export const now = new Date('2026-11-22T10:05:00+07:00')
const createdAt = new Date('2026-11-22T10:00:00+07:00')

export const referenceOf = ({ kit }: Subject, n = 1): string =>
  kit.reference?.(n) ?? `LP${String(n).padStart(27, '0').replace(/^0000/, '7KZQ')}`

export const paymentOf = (subject: Subject, changes: Partial<Payment> = {}): Payment => ({
  merchantReference: referenceOf(subject),
  amount: 150_000n,
  dossierCode: 'H56.12.03-261122-0007',
  description: 'Lệ phí đăng ký khai sinh, hồ sơ H56.12.03-261122-0007',
  language: 'vi',
  bankCode: null,
  payerIp: '203.0.113.77',
  createdAt,
  expiresAt: new Date('2026-11-22T10:15:00+07:00'),
  callbackUrl: `https://gateway.example/callbacks/${subject.name}/mac_1`,
  returnUrl: `https://gateway.example/returns/${subject.name}/mac_1`,
  providerReference: '14226112',
  memo: subject.kit.memo,
  bill: billOf(changes.amount ?? 150_000n),
  ...changes,
})

/** What the fee is for, as the gateway hands it to an adapter that wants it. */
const billOf = (amount: bigint): Payment['bill'] => ({
  agency: { code: 'H56.12.03', name: 'Phòng Hộ tịch, quốc tịch và chứng thực' },
  procedure: { code: '1.001193.H56', name: 'Đăng ký khai sinh' },
  lines: [{ kind: 'le_phi', code: 'LP-HOTICH-01', description: 'Lệ phí đăng ký khai sinh', amount }],
  payer: { name: 'Nguyễn Thị Lan', identityNumber: '038190001234', address: 'Hạc Thành, Thanh Hóa' },
  payee: { number: '0111000000056', bank_bin: '970436', holder: 'KHO BAC NHA NUOC TINH THANH HOA' },
})

export const refundOf = (subject: Subject, changes: Partial<Refund> = {}): Refund => {
  const payment = changes.payment ?? paymentOf(subject)
  const createdAt = new Date('2026-11-22T10:04:00+07:00')
  const common = {
    merchantReference: referenceOf(subject, 2),
    amount: payment.amount,
    isFull: true,
    payment,
    createdAt,
  }
  return { ...common, reason: 'Hồ sơ bị từ chối', requestedBy: 'ketoan01', ...changes }
}

export const specOf = (subject: Subject, changes: Partial<CallbackSpec> = {}): CallbackSpec => ({
  says: 'captured',
  merchantReference: referenceOf(subject),
  amount: 150_000n,
  occurredAt: new Date('2026-11-22T10:02:09+07:00'),
  providerReference: '14226112',
  ...changes,
})

/** The same clock and the same ids every time; without a network any call is an error of the adapter. */
export const portsOf = (fetch: FetchPort = unexpectedCall): Ports => {
  let ids = 0
  return { fetch, now: () => now, newId: () => `id${String(++ids).padStart(24, '0')}` }
}

export const clientOf = (
  { provider, kit }: Subject,
  fetch?: FetchPort,
  account: Account = kit.account,
): ProviderClient => {
  const client = provider.connect(account, portsOf(fetch))
  const { readReturn } = client
  // What is stored under any reference is a payment of the usual amount.
  const stored = {
    findPayment: async (merchantReference: string) => paymentOf({ name: '', provider, kit }, { merchantReference }),
  }
  return {
    ...client,
    readCallback: (request, lookups = stored) => client.readCallback(request, lookups),
    answerCallback: (verdict, request, lookups = stored) => client.answerCallback(verdict, request, lookups),
    ...(readReturn ? { readReturn: (request, lookups = stored) => readReturn(request, lookups) } : {}),
  }
}

/** A provider's server: it records each call and answers it. */
export const serverOf = (answer: (call: Call) => Response): { fetch: FetchPort; calls: Call[] } => {
  const calls: Call[] = []
  const fetch: FetchPort = async (url, init) => {
    const { method = 'GET', redirect, headers } = init
    const body = typeof init.body === 'string' ? init.body : ''
    const call = { url, method, redirect, body, headers: new Headers(headers) }
    calls.push(call)
    return answer(call)
  }
  return { fetch, calls }
}

/** The provider's server with one genuine, perhaps altered, answer. */
export const answering = <Spec>(
  { kit }: Subject,
  message: Message<Spec, Response>,
  spec: (call: Call) => Spec,
  change: (signed: Field[], unsigned: Field[]) => readonly Field[] = (signed) => signed,
): { fetch: FetchPort; calls: Call[] } =>
  serverOf((call) => {
    const fields = message.fields(spec(call))
    return message.send(change(message.sign(fields, kit.account), fields))
  })

/**
 * That a genuine callback was taken for what it is: one outcome, with these members, where its signature proves it; else no outcome and a reason to ask
 * about the reference.
 */
export const expectHeard = ({ kit }: Subject, reading: CallbackReading, outcome: object = {}, what = ''): void => {
  if (kit.callback.proves !== 'reference') expect(reading.outcomes, what).toMatchObject([outcome])
  else expect(reading, what).toMatchObject({ merchantReference: expect.any(String), outcomes: [], ask: true })
}

/** A genuine callback, its fields changed before (`unsigned`) or after (`signed`) the provider signs them. */
export const callbackOf = (
  { kit }: Subject,
  spec: CallbackSpec,
  change: { unsigned?: (fields: Field[]) => Field[]; signed?: (fields: Field[]) => Field[]; account?: Account } = {},
): IncomingRequest => {
  const fields = change.unsigned?.(kit.callback.fields(spec)) ?? kit.callback.fields(spec)
  const signed = kit.callback.sign(fields, change.account ?? kit.account)
  return kit.callback.send(change.signed?.(signed) ?? signed)
}

export const withField = (fields: readonly Field[], name: string, value: string): Field[] => {
  expect(fields.map(([each]) => each)).toContain(name)
  return fields.map(([each, old]) => [each, each === name ? value : old])
}
export const withoutField = (fields: readonly Field[], name: string): Field[] => {
  expect(fields.map(([each]) => each)).toContain(name)
  return fields.filter(([each]) => each !== name)
}
export const fieldOf = (fields: readonly Field[], name: string): string => {
  const value = fields.find(([each]) => each === name)?.[1] ?? ''
  expect(value, `the kit fills ${name}`).not.toBe('')
  return value
}

/** The text with its n-th character made another one of the same kind, so that the message stays well-formed. */
export const oneOff = (text: string, at: number): string => {
  const letter = text.charAt(at)
  const other = /[0-8]/.test(letter) ? String(Number(letter) + 1) : letter === '9' ? '8' : letter === 'x' ? 'y' : 'x'
  return text.slice(0, at) + other + text.slice(at + 1)
}

/** The ProviderError of a call, of one of these kinds. Fails when the call succeeds or throws anything else. */
export const refusalOf = async (
  call: () => Promise<unknown>,
  kinds: readonly ProviderErrorKind[],
  what = 'the call',
): Promise<ProviderError> => {
  const result = await call().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  const error = 'error' in result ? result.error : undefined
  if (!(error instanceof ProviderError)) {
    expect.fail(`${what} must throw a ProviderError, not ${'error' in result ? String(error) : inspect(result)}`)
  }
  expect(kinds, `${what}: ${error.kind}, ${error.message}`).toContain(error.kind)
  return error
}

export const disbelief: readonly ProviderErrorKind[] = ['forged', 'malformed']

/** The account's members that must not leave the house. */
export const secretsOf = ({ provider, kit }: Subject): string[] =>
  provider.secrets.flatMap((name) => {
    const value = kit.account[name]
    return typeof value === 'string' && !secretsInCalls(kit).includes(name) ? [value] : []
  })

/** Those of them that calls to the provider carry. */
export const secretsInCalls = ({ secretsInHeaders = [], secretsInBodies = [] }: ProviderKit): readonly string[] => [
  ...secretsInHeaders,
  ...secretsInBodies,
]

/** JSON for searching and comparing; amounts as text. */
export const inspect = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each)) ?? String(value)

/** Runs with the process in New York: the zone must change nothing. Fails where the runner ignores the change; workerd knows no zone but UTC. */
export const inNewYork = async (run: () => Promise<void>): Promise<void> => {
  if (navigator.userAgent === 'Cloudflare-Workers') return run()
  const before = process.env.TZ
  process.env.TZ = 'America/New_York'
  try {
    expect(new Date('2026-11-22T00:00:00Z').getHours(), 'the zone of the process').toBe(19)
    await run()
  } finally {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  }
}

const unexpectedCall: FetchPort = async (url) => {
  throw new Error(`no call was expected, least of all to ${url}`)
}
