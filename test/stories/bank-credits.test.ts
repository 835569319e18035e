// What becomes of money on the agency's own account: told by two services, without the words that name its payment, too late, twice, or not meant for us. The
// provider of these stories is the bank transfer by code, whose payer may change everything that the code says.
import { describe, expect, it } from 'vitest'
import { businessDay } from '../../src/lib/time.ts'
import { readVietQr } from '../../src/providers/emv-qr.ts'
import { credentialsOf } from '../kit/rotate-keys.ts'
import { type Json, rowsOf, type TownAttempt } from '../kit/town.ts'
import { cassoSignature, sepaySignature } from '../providers/vietqr.kit.ts'
import { townStory } from './town-story.ts'

const { town: theTown, openFor, verdicts } = townStory()

const begin = async () => {
  const town = theTown()
  const id = await town.place()
  return { town, id, attempt: await town.attempt(id, 'vietqr') }
}

/** The payer sends what the code says, or something else. */
const transfer = async ({ code }: TownAttempt, more: object = {}): Promise<Json> => {
  const body = JSON.stringify({ payload: code, ...more })
  const answer = await theTown().simulators.app.request('/vietqr/transfers', { method: 'POST', body })
  expect(answer.status).toBe(201)
  await theTown().deps.settled()
  return (await answer.json()) as Json
}

const bankTime = (at: Date): string =>
  new Date(at.getTime() + 7 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')

type Movement = { id?: number; text: string; reference: string; amount?: number; direction?: string; account?: string }
const sepayBody = ({ id = 7, text, reference, amount = 150_000, direction = 'in', account = '0123456789' }: Movement) =>
  JSON.stringify({
    ...{ id, gateway: 'VCB', transactionDate: bankTime(theTown().clock.now()), accountNumber: account, code: null },
    ...{ content: text, transferType: direction, transferAmount: amount, accumulated: 0, subAccount: null },
    ...{ referenceCode: reference, description: text },
  })
const cassoBody = ({ id = 7, text, reference, amount = 150_000, account = '0123456789' }: Movement) =>
  JSON.stringify({
    error: 0,
    data: {
      ...{ id, reference, description: text, amount, runningBalance: 0, accountNumber: account },
      transactionDateTime: bankTime(theTown().clock.now()),
    },
  })

/** A call of either service, signed some seconds ago; answers the status. */
const call = async (service: 'sepay' | 'casso', body: string, secondsAgo = 0): Promise<number> => {
  const town = theTown()
  const account = town.accounts.vietqr ?? ''
  const credentials = await credentialsOf(town, account)
  const signedAt = town.clock.now().getTime() - secondsAgo * 1_000
  const seconds = String(Math.floor(signedAt / 1_000))
  const signature = {
    sepay: sepaySignature(credentials.sepay_hmac_secret, seconds, body),
    casso: cassoSignature(credentials.casso_key, String(signedAt), body),
  }
  const headers: Record<string, string> =
    service === 'sepay'
      ? { 'x-sepay-timestamp': seconds, 'x-sepay-signature': signature.sepay }
      : { 'x-casso-signature': signature.casso }
  const answer = await town.request(`/callbacks/vietqr/${account}`, { method: 'POST', headers, body })
  await town.deps.settled()
  return answer.status
}

const factsOf = async ({ id }: TownAttempt) =>
  (await theTown().sql`select reference from money_facts where attempt_id = ${id}`).map((row) => row.reference)
const quarantined = async (reference: string) =>
  rowsOf((await theTown().api('/v1/quarantine?limit=200')).body.data).filter(
    (entry) => String(entry.provider_reference) === reference,
  )

describe('money on the own account', () => {
  it('goes to the account that the order names', async () => {
    const { town, id, attempt } = await begin()
    const { payee_account } = await town.order(id)
    const read = readVietQr(attempt.code)
    expect(read).toMatchObject({ bankBin: payee_account?.bank_bin, account: payee_account?.number, amount: 150_000n })
    expect(read).toMatchObject({ purpose: attempt.reference })
  })

  it('is one fact, whether one service tells of it or both, in either order', async () => {
    for (const [service, other] of [
      ['sepay', 'casso'],
      ['casso', 'sepay'],
    ] as const) {
      const { town, id, attempt } = await begin()
      const { provider_reference } = await transfer(attempt, { service })
      const told = { text: attempt.reference, reference: String(provider_reference) }
      for (let time = 0; time < 2; time++)
        expect(await call(other, other === 'sepay' ? sepayBody(told) : cassoBody(told))).toBe(200)
      expect(await town.order(id)).toMatchObject({ status: 'paid', amount_paid: 150_000 })
      expect(await factsOf(attempt)).toEqual([String(provider_reference)])
      expect(await openFor(id)).toEqual([])
      expect(await verdicts(attempt.reference)).toEqual([
        'genuine accepted',
        'genuine already_confirmed',
        'genuine already_confirmed',
      ])
    }
  })

  it('without the words that name a payment, or with the words of two, is kept as an unknown credit and pays nothing', async () => {
    const { town, id, attempt } = await begin()
    const other = await begin()
    for (const text of ['nop le phi cho me', `${attempt.reference} ${other.attempt.reference}`, '']) {
      const { provider_reference } = await transfer(attempt, { text })
      expect(await quarantined(String(provider_reference))).toMatchObject([
        { kind: 'unknown_credit', status: 'open', amount: 150_000 },
      ])
    }
    expect([(await town.order(id)).status, (await town.order(other.id)).status]).toEqual(['open', 'open'])
  })

  it('under a number that the bank gave to another credit the day before is other money', async () => {
    const { town, id, attempt } = await begin()
    const from = businessDay(town.clock.now())
    await transfer(attempt, { number: '3516' })
    await transfer(attempt, { number: '3517', text: 'le phi' })
    await town.pass(86_400)
    const next = await begin()
    await transfer(next.attempt, { number: '3516' })
    await transfer(next.attempt, { number: '3517', text: 'le phi' })
    await town.settle('vietqr', { from, to: businessDay(town.clock.now()) })
    for (const one of [id, next.id]) {
      expect(await town.order(one)).toMatchObject({ status: 'paid', amount_paid: 150_000 })
      expect(await openFor(one)).toEqual([])
    }
    const entries = rowsOf((await town.api('/v1/quarantine?limit=200')).body.data)
    expect(entries.filter(({ provider_reference }) => /^3517-/.test(String(provider_reference)))).toHaveLength(2)
  })

  it('of another amount is held and does not pay, and the whole amount afterwards does', async () => {
    const { town, id, attempt } = await begin()
    await transfer(attempt, { amount: 149_999 })
    expect([(await town.order(id)).status, await openFor(id)]).toEqual(['open', ['amount_mismatch']])
    await transfer(attempt)
    expect(await town.order(id)).toMatchObject({ status: 'paid', amount_paid: 150_000 })
  })

  it('for a code that is scanned twice pays once, and is proposed to go back', async () => {
    const { town, id, attempt } = await begin()
    await transfer(attempt)
    await transfer(attempt)
    expect(await town.order(id)).toMatchObject({ status: 'paid', amount_paid: 150_000 })
    expect(await openFor(id)).toEqual(['paid_twice'])
    expect(rowsOf((await town.api(`/v1/orders/${id}/refunds`)).body.data)).toMatchObject([{ status: 'proposed' }])
  })

  it('told too late is not booked and no forgery; the same call signed anew is booked', async () => {
    for (const [service, ageMax] of [
      ['sepay', 300],
      ['casso', 600],
    ] as const) {
      const { town, id, attempt } = await begin()
      await town.fault('vietqr', 'callback_lost', { merchant_reference: attempt.reference })
      const { provider_reference } = await transfer(attempt)
      const told = { text: attempt.reference, reference: String(provider_reference) }
      const body = service === 'sepay' ? sepayBody(told) : cassoBody(told)
      expect(await call(service, body, ageMax + 1)).toBe(401)
      expect((await town.order(id)).status).toBe('open')
      expect(await verdicts(attempt.reference)).toEqual(['foreign unknown_order'])
      expect(await call(service, body, ageMax)).toBe(200)
      expect((await town.order(id)).status).toBe('paid')
    }
  })

  it('that leaves the account, or is on another one, or is a test, is answered well and changes nothing', async () => {
    const { town, id, attempt } = await begin()
    const told = { text: attempt.reference, reference: 'FT999' }
    const before = await town.ledger()
    expect(await call('sepay', sepayBody({ ...told, direction: 'out' }))).toBe(200)
    expect(await call('casso', cassoBody({ ...told, amount: -150_000 }))).toBe(200)
    expect(await call('sepay', sepayBody({ ...told, account: '999' }))).toBe(200)
    expect(await call('casso', cassoBody({ ...told, id: 0 }))).toBe(200)
    expect(await town.ledger()).toEqual(before)
    expect([(await town.order(id)).status, await quarantined('FT999')]).toEqual(['open', []])
  })
})
