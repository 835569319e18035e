// Checks the closed days, for a person or a nightly job.
import { verifyPeriods } from '../../flows/verify-periods.ts'
import type { Command } from './command.ts'

export const verifyPeriodsCommand: Command = {
  group: 'Check',
  usage: '',
  summary: 'Check every closed day against the books, its signature and the close before it',
  example: 'npx lephi verify-periods --json',
  options: {},
  found: 'a close differs; the first is named',
  run: async ({ open }) => {
    const { deps } = await open()
    const { periods, unsignedReopenings, fault } = await verifyPeriods(deps)
    const read = `Read ${periods} closes`
    return {
      exitCode: fault ? 1 : 0,
      lines: fault
        ? [read, `The first that differs: ${fault.id}, ${fault.merchantAccountId} on ${fault.day}: ${fault.problem}`]
        : [`${read}: all agree.`, ...unsignedLine(unsignedReopenings)],
      json: { periods, unsigned_reopenings: unsignedReopenings, fault },
    }
  },
}

const unsignedLine = (ids: readonly string[]): string[] =>
  ids.length > 0
    ? [
        `${ids.length} were opened again without a signature, before there were any for that: ${ids.slice(0, 10).join(', ')}`,
      ]
    : []
