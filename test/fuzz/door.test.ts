// Forged callbacks through the whole gateway: whatever comes to the door, the books stay as they are, and a genuine callback is still believed afterwards.
// `FUZZ_DOOR=200` sends as many of each kind to each provider, instead of a few.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { IncomingRequest } from '../../src/providers/contract.ts'
import { registry } from '../../src/providers/registry.ts'
import type { TestApp } from '../kit/app.ts'
import { booksOf, type House, knock, openDoor, partsOf, signedBy } from './door.ts'
import { alter, kinds } from './kinds.ts'
import { createRandom } from './random.ts'

const each = Number(process.env.FUZZ_DOOR ?? 1)
const sent = { altered: 0, answers: new Map<number, number>() }

let app: TestApp
let houses: House[]
beforeAll(async () => {
  const opened = await openDoor()
  app = opened.app
  houses = opened.houses
  for (const house of houses) {
    await knock(app, addressOf(house), signedBy(house, house.paid, house.kit.account))
    expect(await standingOf(house, house.paid), house.name).toBe(
      house.kit.callback.proves === 'reference' ? 'asked' : 'paid',
    )
  }
})
afterAll(async () => {
  if (process.env.FUZZ_DOOR) {
    const answers = [...sent.answers].toSorted(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status}`)
    console.log(
      `door: ${houses.length} providers, ${sent.altered} altered callbacks through the gateway, books unchanged; answers ${answers.join(', ')}`,
    )
  }
  await app.close()
})

const addressOf = ({ name, account }: House, at = account) => `/callbacks/${name}/${at}`

/** What became of the payment under a reference: paid, or at least believed enough that its provider was asked. */
const standingOf = async ({ account }: House, reference: string): Promise<string> => {
  await app.deps.settled()
  const [attempt] = await app.sql`
    select amount_captured from attempts where merchant_account_id = ${account} and merchant_reference = ${reference}`
  if (attempt?.amountCaptured === 150_000n) return 'paid'
  const [heard] = await app.sql`
    select 1 from callbacks where merchant_account_id = ${account} and claimed_reference = ${reference} and reading = 'genuine'`
  return heard ? 'asked' : 'owed'
}

const houseOf = (name: string): House => {
  const house = houses.find((one) => one.name === name)
  if (!house) throw new Error(`${name} has no house`)
  return house
}

const readings = async (account: string): Promise<Record<string, number>> =>
  Object.fromEntries(
    (
      await app.sql`select reading, count(*)::int as count from callbacks where merchant_account_id = ${account} group by reading`
    ).map((row) => [String(row.reading), Number(row.count)]),
  )

describe.for(Object.keys(registry))('%s', (name) => {
  test('alterations of every kind leave the books as they are, whichever order they name', async () => {
    const house = houseOf(name)
    const random = createRandom(20261129)
    const genuine = signedBy(house, house.paid, house.kit.account)
    const foreign = [house.paid, house.owed].map((reference) =>
      signedBy(house, reference, house.kit.accountWithOtherSecrets),
    )
    const atHand = { others: [genuine, ...foreign], references: [house.paid, house.owed], foreign }
    const books = await booksOf(app)
    for (const kind of kinds) {
      let altered = 0
      const send = async (request: IncomingRequest | null) => {
        if (!request) return
        altered += 1
        const path = altered % 8 === 0 ? addressOf(house).replace('callbacks', 'returns') : addressOf(house)
        const status = await knock(app, path, request)
        sent.altered += 1
        sent.answers.set(status, (sent.answers.get(status) ?? 0) + 1)
      }
      for (let turn = 0; turn < each * 60 && altered < each * 2; turn += 1) {
        const toOther = alter(genuine, 'made out to another order', random, atHand)
        await send(alter(genuine, kind, random, atHand))
        await send(toOther && alter(toOther, kind, random, atHand))
      }
      expect(altered, kind).toBeGreaterThanOrEqual(each)
      expect(await booksOf(app), kind).toBe(books)
    }
    expect(await standingOf(house, house.owed)).toBe('owed')
  })

  test('a genuine callback at the address of another account is not believed, though that account has the same reference', async () => {
    const house = houseOf(name)
    const books = await booksOf(app)
    const before = await readings(house.otherAccount)
    await knock(app, addressOf(house, house.otherAccount), signedBy(house, house.owed, house.kit.account))
    expect(await booksOf(app)).toBe(books)
    const after = await readings(house.otherAccount)
    expect({ ...after, genuine: after.genuine ?? 0 }).toEqual({
      ...before,
      genuine: 0,
      forged: (before.forged ?? 0) + 1,
    })
  })

  test('a callback that the key of another account signed is not believed, whatever account it names', async () => {
    const house = houseOf(name)
    const books = await booksOf(app)
    const forged = signedBy(house, house.owed, house.kit.accountWithOtherSecrets)
    await knock(app, addressOf(house), forged)
    // Whatever else of the message could be taken for the name of a key or of an account.
    for (const said of [house.otherAccount, house.account, '2', 'kid']) {
      const headers = new Headers(forged.headers)
      for (const header of ['x-key-id', 'x-merchant-account', 'x-original-url', 'x-rewrite-url', 'x-forwarded-path'])
        headers.set(header, header.includes('url') ? addressOf(house, house.otherAccount) : said)
      await knock(app, addressOf(house), { ...forged, headers })
      const search = `${forged.search}${forged.search ? '&' : ''}merchant_account=${said}&key_id=${said}`
      await knock(app, addressOf(house), { ...forged, search })
    }
    expect(await booksOf(app)).toBe(books)
    expect(await standingOf(house, house.owed)).toBe('owed')
  })

  test('a genuine callback is still believed after all that', async () => {
    const house = houseOf(name)
    await knock(app, addressOf(house), signedBy(house, house.owed, house.kit.account))
    expect(await standingOf(house, house.owed)).toBe(house.kit.callback.proves === 'reference' ? 'asked' : 'paid')
    expect(await standingOf({ ...house, account: house.otherAccount }, house.owed)).toBe('owed')
  })
})

test('a key proves nothing after its overlap, and the one that came after it does', async () => {
  const admin = await app.token(['admin'], '*')
  const changed: House[] = []
  for (const house of houses) {
    const { credentials } = partsOf(house.provider, house.kit.account)
    if (Object.keys(credentials).length === 0) continue
    const path = `/v1/merchant_accounts/${house.otherAccount}/rotate_key`
    const answer = await app.request(path, { token: admin, json: { credentials, overlap_hours: 1 } })
    expect([house.name, answer.status, await answer.text()]).toEqual([house.name, 200, expect.anything()])
    changed.push(house)
  }
  expect(changed).toHaveLength(houses.length)
  app.clock.advance(2 * 3_600)
  const books = await booksOf(app)
  for (const house of changed)
    await knock(
      app,
      addressOf(house, house.otherAccount),
      signedBy(house, house.owed, house.kit.accountWithOtherSecrets),
    )
  expect(await booksOf(app)).toBe(books)
  // A service that proves when it signed refuses what it signed two hours ago.
  app.clock.advance(-2 * 3_600)
  for (const house of changed) {
    await knock(app, addressOf(house, house.otherAccount), signedBy(house, house.owed, house.kit.account))
    const standing = await standingOf({ ...house, account: house.otherAccount }, house.owed)
    expect([house.name, standing]).toEqual([house.name, house.kit.callback.proves === 'reference' ? 'asked' : 'paid'])
  }
})
