// A citizen transfers money and the words get lost on the way: it is on the agency's account, so it is in the books, and a person finds out whose it is.
import { describe, expect, it } from 'vitest'
import { businessDay } from '../../src/lib/time.ts'
import { rowsOf } from '../kit/town.ts'
import { townStory } from './town-story.ts'

const { town: theTown, openFor } = townStory()
const provider = 'vietqr'

/** A transfer to the account of a code, with whatever words the payer wrote. */
const transfer = async (payload: string, more: object) => {
  const town = theTown()
  const answer = await town.simulators.app.request(`/${provider}/transfers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ payload, ...more }),
  })
  expect(answer.status, await answer.clone().text()).toBe(201)
  await town.deps.settled()
}
const begin = async () => {
  const id = await theTown().place()
  return { id, attempt: await theTown().attempt(id, provider) }
}
const open = async () => rowsOf((await theTown().api('/v1/quarantine?status=open')).body.data)
const attribute = async (entry: string, attempt: string) =>
  theTown().api(`/v1/quarantine/${entry}/attribute`, { attempt, note: 'the payer sent the slip' })
const settleToday = async () => {
  const day = businessDay(theTown().clock.now())
  await theTown().settle(provider, { from: day, to: day })
}

describe('a transfer without its reference', () => {
  it('is in suspense until an accountant attributes it, and then pays', async () => {
    const { id, attempt } = await begin()
    await transfer(attempt.code, { text: 'nop tien giup me' })
    expect((await theTown().order(id)).status).toBe('open')
    const [entry] = await open()
    expect(entry).toMatchObject({ kind: 'unknown_credit', amount: 150_000, text: 'nop tien giup me' })
    expect(rowsOf(entry?.candidates)[0]).toMatchObject({ attempt: attempt.id, order: id })
    const { status, body } = await attribute(String(entry?.id), attempt.id)
    expect([status, body.verdict]).toEqual([200, 'accepted'])
    expect(await theTown().order(id)).toMatchObject({ status: 'paid', paid_by: { attempt: attempt.id } })
    expect((await theTown().ledger()).suspense ?? 0n).toBe(0n)
    // The bank's books list it under its own number, and that is not money once more.
    await settleToday()
    expect(await openFor(id)).toEqual([])
    expect(await open()).toEqual([])
  })

  it('with one wrong digit suggests the attempt that was meant before those of the same amount', async () => {
    const [, { attempt }] = [await begin(), await begin(), await begin()]
    const { reference } = attempt
    const wrong = `${reference.slice(0, -1)}${reference.endsWith('7') ? '8' : '7'}`
    await transfer(attempt.code, { text: `CT tu 1017595600 ${wrong} le phi` })
    const [entry] = await open()
    const [first] = rowsOf(entry?.candidates)
    expect(first).toMatchObject({ attempt: attempt.id })
    expect(rowsOf(first?.reasons)).toContain('reference_one_edit')
    await attribute(String(entry?.id), attempt.id)
  })

  it('of another amount is a mismatch of the attempt that it is attributed to', async () => {
    const { id, attempt } = await begin()
    await transfer(attempt.code, { text: 'thieu 1 dong', amount: 149_999 })
    const [entry] = await open()
    expect((await attribute(String(entry?.id), attempt.id)).body.verdict).toBe('amount_mismatch')
    expect((await theTown().order(id)).status).toBe('open')
    expect(await openFor(id)).toEqual(['amount_mismatch'])
  })
})
