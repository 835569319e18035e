import { describe, expect, it } from 'vitest'
import { createLog, type LogOptions } from '../../src/lib/log.ts'

const now = () => new Date('2026-11-22T03:00:00Z')

function recorded(options: Partial<LogOptions> = {}) {
  const lines: string[] = []
  const log = createLog({ write: (line) => lines.push(line), now, ...options })
  return { log, lines, last: (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '{}') }
}

describe('a log', () => {
  it('writes one line of JSON per event, with bigint, dates and bytes as texts', () => {
    const { log, lines, last } = recorded()
    log.info({ order: 'ord_1', amount: 8000n, at: now(), sealed: new Uint8Array(3), none: undefined }, 'order paid\n')
    expect(lines[0]).not.toContain('\n')
    expect(last()).toEqual({
      time: '2026-11-22T03:00:00.000Z',
      level: 'info',
      message: 'order paid\n',
      order: 'ord_1',
      amount: '8000',
      at: '2026-11-22T03:00:00.000Z',
      sealed: '[3 bytes]',
    })
  })

  it('leaves out what is below its level', () => {
    const { log, lines } = recorded({ level: 'warn' })
    log.debug({}, 'a')
    log.info({}, 'b')
    log.warn({}, 'c')
    log.error({}, 'd')
    expect(lines).toHaveLength(2)
  })

  it('writes an error with its code and cause, and nothing else that hangs on it', () => {
    const { log, last } = recorded()
    const cause = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (name)=(Lan) exists.' })
    log.error({ error: new TypeError('no', { cause }) }, 'failed')
    expect(last().error).toMatchObject({ name: 'TypeError', message: 'no', cause: { code: '23505' } })
    expect(JSON.stringify(last())).not.toContain('Lan')
  })

  it('does not let a field pass for the level', () => {
    const { log, last } = recorded()
    log.info({ level: 'error', time: 'never' }, 'x')
    expect(last()).toMatchObject({ level: 'info', field_level: 'error', field_time: 'never' })
  })
})

describe('a log hides', () => {
  const secret = 'SeCrEt-098'

  it.each([
    'authorization',
    'Authorization',
    'set-cookie',
    'client_secret',
    'clientSecret',
    'hash_secret',
    'vnp_HashSecret',
    'secret_key',
    'access_key',
    'key1',
    'credentials',
    'payer',
    'payerName',
    'phone',
    'email',
    'identity_number',
    'IDENTITY-NUMBER',
    'access_token',
    'refreshToken',
    'password',
    'body',
    'private_key',
    'DATABASE_URL',
  ])('%s at any depth', (key) => {
    const { log, lines } = recorded()
    log.error({ [key]: secret, list: [{ deep: { [key]: { inner: secret } } }] }, 'x')
    expect(lines[0]).not.toContain(secret)
    expect(lines[0]).toContain('[redacted]')
  })

  it('the keys that a provider adds, in any spelling', () => {
    const { log, lines } = recorded({ redact: ['buyerName'] })
    log.info({ buyer_name: secret, nested: { BuyerName: secret } }, 'x')
    expect(lines[0]).not.toContain(secret)
  })
})

describe('a log survives', () => {
  it('a cycle', () => {
    const { log, lines } = recorded()
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    log.info(cycle, 'x')
    expect(lines[0]).toContain('[too deep]')
  })

  it('huge texts, lists and lines', () => {
    const { log, lines, last } = recorded()
    log.info({ text: 'x'.repeat(1e6), list: Array.from({ length: 1e5 }, () => 1) }, 'y'.repeat(1e6))
    expect(lines[0]?.length).toBeLessThan(16_000)
    const wide = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, 'x'.repeat(1000)]))
    log.info(wide, 'x')
    expect(lines[1]?.length).toBeLessThan(16_000)
    expect(last().fields_dropped).toBeGreaterThan(16_000)
  })

  it('values that JSON cannot hold', () => {
    const { log, lines, last } = recorded()
    const hostile = {
      toJSON: () => {
        throw new Error('no')
      },
    }
    log.info({ invalid: new Date(Number.NaN), run: () => 1, mark: Symbol('x'), hostile }, 'x')
    expect(lines).toHaveLength(1)
    expect(last()).toMatchObject({ invalid: 'invalid date', run: '[function]' })
  })

  it('a field that throws when it is read', () => {
    const { log, last } = recorded()
    const hostile = {
      get order() {
        throw new Error('no')
      },
    }
    log.info(hostile, 'order paid')
    expect(last()).toMatchObject({ level: 'info', message: 'order paid', fields_dropped: true })
  })
})
