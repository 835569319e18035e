// Checks the books, for a person or a nightly job.
import { verifyLedger } from '../../flows/verify-ledger.ts'
import type { Command } from './command.ts'

export const verifyLedgerCommand: Command = {
  usage: '',
  summary:
    'Check that entries balance, orders agree with the facts, and timelines are as written; exit 1 names the first that differs',
  example: 'npx lephi verify-ledger --json',
  options: {},
  run: async ({ open }) => {
    const { deps } = await open()
    const { fault, ...counts } = await verifyLedger(deps)
    const { entries, postings, orders, events } = counts
    const read = `Read ${entries} entries with ${postings} postings, ${orders} orders, ${events} events`
    return {
      exitCode: fault ? 1 : 0,
      lines: fault
        ? [read, `The first that differs: ${fault.what} ${fault.id} ${fault.problem}`]
        : [`${read}: all agree.`],
      json: { ...counts, fault },
    }
  },
}
