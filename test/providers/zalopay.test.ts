/** What is particular to ZaloPay: dated references, a signed text in an unsigned envelope, and a return without underscores. */
import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { IncomingRequest } from '../../src/providers/contract.ts'
import { zalopay } from '../../src/providers/zalopay/index.ts'
import { clientOf, inNewYork, type Subject, specOf } from './conformance/subject.ts'
import { kit } from './zalopay.kit.ts'
import {
  callback,
  connect,
  created,
  giveBack,
  paid,
  payment,
  posted,
  query,
  refund,
  returned,
  start,
  wordOf,
} from './zalopay.server.ts'

const subject: Subject = { name: 'zalopay', provider: zalopay, kit }

const read = (request: IncomingRequest) => wordOf(connect().client.readCallback(request))

describe('the references', () => {
  test('begin with the day in Vietnam, whatever the zone of the process', async () => {
    await inNewYork(async () => {
      const newId = () => 'ref_0123456789abcdefghjkmnpqrs'
      const made = (time: string) => zalopay.newReference?.({ now: () => new Date(time), newId })
      expect(made('2026-11-22T16:59:59Z')).toBe('261122_ref0123456789abcdefghjkmnpqrs')
      expect(made('2026-11-22T17:00:00Z')).toBe('261123_ref0123456789abcdefghjkmnpqrs')
      expect(made('2026-12-31T17:00:00Z')).toMatch(/^270101_/)
    })
  })

  test('of orders have at most 40 characters, however long an id is', () => {
    const newId = () => `ref_${'a1'.repeat(40)}`
    expect(zalopay.newReference?.({ now: () => payment.createdAt, newId })).toHaveLength(40)
  })

  test('of refunds carry the day of sending and the app, in at most 45 characters', () => {
    const longest = zalopay.connect({ ...kit.account, app_id: '987654321' }, connectPorts)
    const id = 'rfd01kb2q3v9e8x7w6v5t4s3r2q1p'
    const at = new Date('2026-11-22T17:00:00Z')
    expect(longest.refundReference?.({ id, at })).toBe('261123_987654321_01kb2q3v9e8x7w6v5t4s3r2q1p')
    expect(connect().client.refundReference?.({ id, at })).toBe(refund.merchantReference)
  })

  test('of another shape, or of another app, are sent to nobody', async () => {
    for (const merchantReference of [
      'LP1',
      '261122_',
      `261122_${'a'.repeat(34)}`,
      '261122_a|b',
      '2611_a',
      '261122_ä',
    ]) {
      expect(await start(created, { merchantReference }), merchantReference).toBe('rejected')
      expect(await query(paid, undefined, { merchantReference }), merchantReference).toBe('rejected')
    }
    for (const merchantReference of ['261122_990002_a', '261122_a', `261122_990001_${'a'.repeat(32)}`]) {
      expect(await giveBack({ return_code: 3 }, { merchantReference }), merchantReference).toBe('rejected')
    }
  })
})

describe('a callback', () => {
  test('is money, whatever somebody on the way writes into type', async () => {
    expect(await read(callback())).toBe('captured')
    for (const type of ['2', '0', '"1"', 'null', '1.5'])
      expect(await read(callback({}, { type })), type).toBe('rejected')
    expect(await read(callback({ amount: '5000' }, { type: '2' }))).toBe('rejected')
  })

  test('under key1 is forged: whoever could send for us could else pay for us', async () => {
    const swapped = { ...kit.account, key1: kit.account.key2, key2: kit.account.key1 }
    const { client } = connect({}, { account: swapped })
    expect(await wordOf(client.readCallback(callback()))).toBe('forged')
  })

  test('is verified over its text, with spaces, order and escapes as they came', async () => {
    const { client } = connect()
    const data = `{ "amount" : 150000, "zp_trans_id":"261122000000123",\n"item":"Ph\\u00ed", "app_trans_id":"${payment.merchantReference}", "app_id":"990001" }`
    const signature = createHmac('sha256', String(kit.account.key2)).update(data).digest('hex')
    const envelope = (text: string) => posted(JSON.stringify({ type: 1, mac: signature, data: text }))
    expect(await client.readCallback(envelope(data))).toMatchObject({
      outcomes: [{ status: 'captured', amount: 150_000n, providerReference: '261122000000123', occurredAt: null }],
    })
    for (const other of [
      JSON.stringify(JSON.parse(data)),
      data.trim().replace('\n', ''),
      data.replace('\\u00ed', 'í'),
    ]) {
      expect(await wordOf(client.readCallback(envelope(other)))).toBe('forged')
    }
  })

  test('with half a surrogate pair is refused, since HMAC and JSON would read two texts', async () => {
    const body = new TextDecoder().decode(callback({ item: '\ufffd' }).body)
    expect(await read(posted(body))).toBe('captured')
    expect(await read(posted(body.replace('\ufffd', '\\ud800')))).toBe('malformed')
  })

  test('with members that are no text is no callback', async () => {
    const { data, mac } = JSON.parse(new TextDecoder().decode(callback().body))
    for (const other of [{ data: JSON.parse(data), mac }, { data: [data], mac }, { mac }, { data: null, mac }]) {
      expect(await read(posted(JSON.stringify({ type: 1, ...other })))).toBe('malformed')
    }
    for (const wrong of [null, 7, [mac], { mac }, mac.toUpperCase(), ` ${mac}`]) {
      expect(await read(posted(JSON.stringify({ type: 1, data, mac: wrong })))).toBe('forged')
    }
  })

  test('with a discount tells the amount that it names, and the door compares', async () => {
    const discounted = connect().client.readCallback(callback({ amount: '140000', discount_amount: '10000' }))
    expect((await discounted).outcomes).toMatchObject([{ status: 'captured', amount: 140_000n }])
  })

  test('takes the number as a number or as a text, and none without a number', async () => {
    const numberOf = async (zp_trans_id: string) =>
      (await connect().client.readCallback(callback({ zp_trans_id }))).outcomes[0]?.providerReference
    expect(await numberOf('261122000000123')).toBe('261122000000123')
    expect(await numberOf('"261122000000123"')).toBe('261122000000123')
    for (const zp_trans_id of ['0', '""', 'null', '"a"', '-1', '1.5']) {
      expect(await wordOf(connect().client.readCallback(callback({ zp_trans_id }))), zp_trans_id).toBe('malformed')
    }
  })

  test('of an order that another system of this app made is read, and is nobody’s here', async () => {
    const foreign = { app_trans_id: '260317_1_762062' }
    expect((await connect().client.readCallback(callback(foreign))).merchantReference).toBe('260317_1_762062')
  })
})

describe('a return', () => {
  const signed = (changes: Record<string, string> = {}) => {
    const fields = kit.returning?.fields(specOf(subject)) ?? []
    const changed = fields.map(([name, value]) => [name, changes[name] ?? value] as const)
    return kit.returning?.sign(changed, kit.account) ?? []
  }
  const readReturn = (fields: readonly (readonly [string, string])[]) =>
    clientOf(subject).readReturn?.(
      returned(fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')),
    )

  test('names its payment whatever state it claims, for it only makes us ask', async () => {
    for (const status of ['1', '-49', '2', '']) expect(await readReturn(signed({ status })), status).toMatch(/^261122_/)
  })

  test('has one reading only: a bar within a value, on either side of which it could end, is refused', async () => {
    const genuine = signed({ bankcode: 'A|B' })
    const slid = genuine.map(([name, value]) => {
      if (name === 'bankcode') return [name, 'A'] as const
      return [name, name === 'amount' ? `B|${value}` : value] as const
    })
    expect(await readReturn(genuine)).toBeNull()
    expect(await readReturn(slid)).toBeNull()
  })

  test('needs every name as the protocol writes it, an empty bank included', async () => {
    const all = signed()
    expect(await readReturn(all.filter(([name]) => name !== 'bankcode'))).toBeNull()
    expect(await readReturn(all.map(([name, value]) => [name.replace('apptransid', 'app_trans_id'), value]))).toBeNull()
    expect(await readReturn([...all, ['checksum', 'x']])).toBeNull()
  })
})

test('the credentials that ZaloPay publishes are known as such', () => {
  const published = [...['2553', '2554'], 'PcY4iZIKFCIdgZvA6ueMcMHHUbRLYjPL', 'trMrHtvjo6myautxDUiAcYsVtaeQ8nhf']
  expect(zalopay.publicTestCredentials).toEqual(expect.arrayContaining(published))
  expect(zalopay.checkAccount({ ...kit.account, mac_key: 'x' }).ok).toBe(false)
})

const connectPorts = { fetch: async () => Response.error(), now: () => payment.createdAt, newId: () => 'id' }
