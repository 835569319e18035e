// The door that callbacks come in by, with what stands behind it: for each provider two merchant accounts of two agencies, the one with an order that is paid and one that
// is not, the other with an order under the very same reference. The kits sign, so that nothing here shares code with the adapters.
import type { IncomingRequest, Provider } from '../../src/providers/contract.ts'
import { registry } from '../../src/providers/registry.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { createClock } from '../kit/deps.ts'
import { addAttempt, placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'
import { now, referenceOf, type Subject, specOf } from '../providers/conformance/subject.ts'
import type { Account, ProviderKit } from '../providers/kit.ts'

export type House = Subject & {
  /** The account of the kit's secrets, and that of other ones under another agency. */
  account: string
  otherAccount: string
  /** References at the first account: of a payment that was told of, and of one that is owed. The other account owes one under `owed` too. */
  paid: string
  owed: string
}

export const amount = 150_000n

export const openDoor = async (
  names: readonly string[] = Object.keys(registry),
): Promise<{ app: TestApp; houses: House[] }> => {
  const app = await startTestApp({ clock: createClock(now.toISOString()) })
  const houses: House[] = []
  for (const name of names) {
    const provider = registry[name]
    if (!provider) throw new Error(`${name} is not registered`)
    const { kit }: { kit: ProviderKit } = await import(`../providers/${name}.kit.ts`)
    houses.push(await furnish(app, { name, provider, kit }))
  }
  return { app, houses }
}

const furnish = async ({ deps, sql }: TestApp, subject: Subject): Promise<House> => {
  const { name: provider, kit } = subject
  const seed = (members: Account, agencyCode: string) =>
    seedMerchantAccount(deps, sql, { provider, agencyCode, ...partsOf(subject.provider, members) })
  const account = await seed(kit.account, 'H56')
  const otherAccount = await seed(kit.accountWithOtherSecrets, 'H56.14')
  const [paid, owed] = [referenceOf(subject, 901), referenceOf(subject, 902)]
  for (const [at, merchantReference, agencyCode] of [
    [account, paid, 'H56.12.03'],
    [account, owed, 'H56.12.03'],
    [otherAccount, owed, 'H56.14'],
  ] as const) {
    const orderId = await placeTestOrder(deps, { agencyCode })
    await addAttempt(deps, orderId, at, { provider, merchantReference })
  }
  return { ...subject, account, otherAccount, paid, owed }
}

/** An account's members as they are stored: secrets apart from what is shown. */
export const partsOf = (provider: Provider, members: Account) => {
  const [secret, shown] = [true, false].map((isSecret) =>
    Object.fromEntries(Object.entries(members).filter(([name]) => provider.secrets.includes(name) === isSecret)),
  )
  return { credentials: secret ?? {}, settings: shown ?? {} }
}

/** What the provider says of the payment under that reference, signed with the secrets of an account. */
export const signedBy = (house: House, merchantReference: string, secrets: Account): IncomingRequest => {
  const { callback } = house.kit
  const providerReference = String(14_226_000 + [house.paid, house.owed].indexOf(merchantReference))
  const spec = specOf(house, { merchantReference, amount, providerReference })
  return callback.send(callback.sign(callback.fields(spec), secrets))
}

/** Sends a message to an account's address: by GET what has no body. Answers how the gateway judged it, as it is stored or worded. */
export const knock = async ({ app }: TestApp, path: string, request: IncomingRequest): Promise<number> => {
  const { method, search, headers, body } = request
  const isBodiless = /^(get|head)$/i.test(method)
  // What no client library sends would also be refused by the server's parser, before the gateway.
  const address = `${path}${search === '' ? '' : `?${search.replaceAll('#', '%23')}`}`
  const answer = await app.request(address, {
    method,
    headers: new Headers(headers),
    ...(isBodiless ? {} : { body: new Uint8Array(body) }),
  })
  await answer.arrayBuffer()
  return answer.status
}

/** Everything that money consists of, as one text: facts, bookings, states, what people are to decide, what was told to others. */
export const booksOf = async ({ sql, deps }: TestApp): Promise<string> => {
  await deps.settled()
  const tables = [
    ...['money_facts', 'journal_entries', 'postings', 'events', 'orders', 'discrepancies', 'quarantine', 'receipts'],
    ...['refunds', 'webhook_deliveries', 'disputes'],
  ]
  const parts = tables.map(
    (name) =>
      `select '${name}' as name, coalesce(md5(string_agg(t::text, '|' order by t::text)), '-') || count(*) as state from ${name} t`,
  )
  // When an attempt is next asked about is no part of its state: a hint brings that forward.
  parts.push(
    `select 'attempts', md5(string_agg(concat(id, status, amount_captured, amount_reversed, pays_order, provider_reference, captured_at), '|' order by id)) from attempts`,
  )
  const rows = await sql.unsafe(parts.join(' union all '))
  return rows.map((row) => `${row.name} ${row.state}`).join('\n')
}
