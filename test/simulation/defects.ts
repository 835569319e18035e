// Mistakes that are put into a process from outside, each of which the simulation must find.
import type { Deps } from '../../src/flows/deps.ts'
import { type Provider, type ProviderClient, ProviderError } from '../../src/providers/contract.ts'
import type { TownPlan } from '../../src/simulation/town.ts'

export type Defect = {
  what: string
  /** Made anew for each run: some remember what they have seen. */
  alter: () => (deps: Deps) => Deps
  /** Statements of the owner of the database, before anybody lives there. */
  prepare?: string
  /** The town in which it shows, where it is not the usual one. */
  town?: Partial<Pick<TownPlan, 'seed' | 'size' | 'providers' | 'customs'>>
  /** The faults that bring it to light; empty where none is needed. */
  script: string
  invariant: string
}

/** Every provider with the same change to what it says. */
const telling =
  (change: (client: ProviderClient) => Partial<ProviderClient>) =>
  (deps: Deps): Deps => {
    const changed = (provider: Provider): Provider => ({
      ...provider,
      connect: (account, ports) => {
        const client = provider.connect(account, ports)
        return { ...client, ...change(client) }
      },
    })
    const providers = Object.fromEntries(Object.entries(deps.providers).map(([name, each]) => [name, changed(each)]))
    return { ...deps, providers }
  }

const hearingOtherwise = (change: (outcome: { amount: bigint; providerReference: string | null }) => object) =>
  telling((client) => ({
    readCallback: async (...heard) => {
      const reading = await client.readCallback(...heard)
      const outcomes = reading.outcomes.map((outcome) =>
        outcome.status === 'captured' ? { ...outcome, ...change(outcome) } : outcome,
      )
      return { ...reading, outcomes }
    },
  }))

/** What paid the order is asked for, whatever the provider says it took. */
const believesTheOrder = hearingOtherwise(({ amount }) => ({ amount: amount - (amount % 10_000n) }))

const countsCallbacks = () => {
  const heard = new Map<string, number>()
  return hearingOtherwise(({ providerReference }) => {
    const before = heard.get(String(providerReference)) ?? 0
    heard.set(String(providerReference), before + 1)
    return before === 0 ? {} : { providerReference: `${providerReference}${before}` }
  })
}

const takesSilenceForNo = telling((client) => ({
  startPayment: (payment) =>
    client.startPayment(payment).catch((error: unknown) => {
      throw error instanceof ProviderError && error.kind === 'unknown' ? new ProviderError('rejected', 'no') : error
    }),
}))

const hearsNothingOfRefunds = telling(({ queryRefund }) =>
  queryRefund
    ? {
        queryRefund: async () => {
          throw new ProviderError('unknown', 'no answer')
        },
      }
    : {},
)

const dropsWebhooks = (deps: Deps): Deps => ({ ...deps, fetchPublic: async () => new Response(null, { status: 204 }) })

const issuesNoReceipts = (deps: Deps): Deps => ({
  ...deps,
  newId: (prefix) => {
    if (prefix === 'rcp') throw new Error('no receipt today')
    return deps.newId(prefix)
  },
})

/** Sends other statements than the process meant: `change` gets the text of each and what is put into it. */
export const rewriting =
  (change: (text: string, values: readonly unknown[]) => string) =>
  (deps: Deps): Deps => {
    const changed = (args: readonly unknown[]): readonly unknown[] => {
      const [strings, ...values] = args
      if (!Array.isArray(strings) || !('raw' in strings)) return args
      const [before, after] = [strings.join('?'), change(strings.join('?'), values)]
      if (before === after) return args
      const parts = after.split('?')
      return [Object.assign(parts, { raw: parts }), ...values.slice(0, parts.length - 1)]
    }
    const altered = <Connection extends object>(connection: Connection): Connection =>
      new Proxy(connection, {
        apply: (target, self, args: unknown[]) => Reflect.apply(target as never, self, changed(args)),
      })
    const sql = new Proxy(deps.db.sql, {
      get: (target, name) =>
        name === 'reserve' ? async () => altered(await target.reserve()) : Reflect.get(target, name),
    })
    return { ...deps, db: { ...deps.db, sql } }
  }

/** The book keeper of this process forgets every entry that a capture calls for. */
const forgetsEntries = rewriting((text) => (/insert into (journal_entries|postings)/.test(text) ? 'select 1' : text))

const capturedOnce = 'every đồng that a provider took is booked exactly once'

export const defects: readonly Defect[] = [
  {
    what: 'believes the amount of the order',
    alter: () => believesTheOrder,
    script: 'wrong_amount@11:1,wrong_amount@31:1',
    invariant: capturedOnce,
  },
  {
    what: 'books a callback that comes again',
    alter: countsCallbacks,
    script: 'callback_doubled@11:2,callback_doubled@31:2',
    invariant: capturedOnce,
  },
  {
    what: 'takes silence for a no',
    alter: () => takesSilenceForNo,
    script: 'timeout_after@1,timeout_after@2',
    invariant: 'nothing is failed without evidence',
  },
  {
    what: 'drops webhooks and says that they arrived',
    alter: () => dropsWebhooks,
    script: '',
    invariant: 'every paid order has its webhook delivered or due',
  },
  {
    what: 'issues no receipts',
    alter: () => issuesNoReceipts,
    script: '',
    invariant: 'every paid order has its receipts',
  },
  {
    what: 'forgets the entries of the ledger',
    alter: () => forgetsEntries,
    script: '',
    invariant: 'the ledger is what was captured less what was refunded',
  },
  {
    what: 'is not told of refunds when it asks',
    alter: () => hearsNothingOfRefunds,
    // Its only provider carries refunds out some time later, and has a file that leaves them out; people look up only what the gateway cannot ask for.
    script: [11, 12, 21, 22, 31, 32, 41, 42].map((at) => `refund_pending@${at}:600,statement_missing@${at}`).join(','),
    town: { seed: '89', providers: 1 },
    invariant: 'what is called refunded was given back',
  },
]
