/** The groups of the API's calls, and what each is about: openapi.yaml tells them, and a route names one. */
export const tags = {
  Authentication: 'Tokens of programs, and the keys by which others check what the gateway signs.',
  Orders: 'What a citizen owes for a dossier, and everything that became of it.',
  Attempts: 'One try to pay an order by one provider.',
  Refunds: 'Money that goes back, by two people; disputes, which hold it.',
  Receipts: 'Receipts of phí and lệ phí, what replaces them, and what was told of them.',
  Events: 'The feed of everything that happened, in which nothing is missing.',
  Webhooks: 'Where news is sent, and what became of each delivery.',
  Providers: 'Banks and wallets, whether they answer, and what they call.',
  Reconciliation: 'Statements against the books, what does not agree, and money of no known payment.',
  Ledger: 'Entries, and the proofs that they are the ones that were sealed.',
  Periods: 'Business days that are closed, signed and opened again.',
  Reports: 'What accountants take with them, to the đồng.',
  Administration: 'Agencies, fees, contracts with providers, programs and staff.',
  Audit: 'Who has read and done what.',
  Retention: 'How long what is kept, and what must not be erased.',
  Operations: 'Whether a process lives and can serve.',
} as const

export type Tag = keyof typeof tags
