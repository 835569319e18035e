// Who looks at much, and why that is so.

export type Wide = {
  tables: readonly string[]
  why: string
  /** Of these it depends on what happens to wait. */
  sometimes?: readonly string[]
}

export const whyWide: Readonly<Record<string, Wide>> = {
  chain_ledger: {
    tables: ['ledger_chain', 'journal_entries', 'money_facts', 'events'],
    why: 'once a minute the latest 10,000 of each kind, however many there are: what commits late stands among them (store/ledger-chain.ts)',
  },
  measure_chain: {
    tables: ['ledger_chain', 'journal_entries', 'money_facts', 'events'],
    why: 'every half minute in each process the latest 10,000 of each kind, for the age of the oldest without a place',
  },
  'readReport reconciliation': {
    tables: ['postings', 'journal_entries', 'discrepancies'],
    why: 'an opening balance is the sum of all that was before',
  },
  'readReport receipts': {
    tables: ['receipts', 'postings', 'journal_entries'],
    why: 'what is without a receipt on a day is what was ever collected by then, less what was ever receipted',
  },
  'readReport discrepancies': { tables: ['discrepancies'], why: 'how each stood on a day is told by its own history' },
  readOverview: { tables: ['postings'], why: 'what stands in suspense is the sum of all that went in and out' },
  '/metrics': {
    tables: ['postings', 'webhook_deliveries'],
    sometimes: ['webhook_deliveries'],
    why: 'what stands in suspense is the sum of all that went in and out; what waits is counted up to a bound',
  },
  'the screen ': {
    tables: ['postings', 'journal_entries'],
    why: 'what stands in suspense is the sum of all that went in and out; and a month of entries is summed',
  },
  'the screen /reports/:name': { tables: ['postings'], why: 'a month of entries is summed' },
  'the screen /discrepancies': {
    tables: ['staff_sessions'],
    why: 'whoever has signed in may be whose it is: the latest name of each',
  },
  'the screen /discrepancies/:id': {
    tables: ['staff_sessions'],
    why: 'whoever has signed in may be whose it is: the latest name of each',
  },
  disableWebhookEndpoint: {
    tables: ['webhook_deliveries'],
    sometimes: ['webhook_deliveries'],
    why: 'what waits for any endpoint may be fewer than what one was ever sent: PostgreSQL has an index of either',
  },
  redeliverWebhooks: {
    tables: ['webhook_deliveries'],
    why: 'a person asks for a time, and what one endpoint was sent is looked through',
  },
}
