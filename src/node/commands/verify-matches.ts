// Checks what reconciliation has linked, for a person or a nightly job.
import { type MatchFault, verifyMatches } from '../../flows/verify-matches.ts'
import { businessDay } from '../../lib/time.ts'
import type { Command } from './command.ts'

export const verifyMatchesCommand: Command = {
  group: 'Check',
  usage: '[--reconciliation rec_…]',
  summary: 'Check every match of reconciliation again from the stored files',
  about: 'File, row, rule, amounts and our side of it',
  example: 'npx lephi verify-matches --reconciliation rec_01k… --json',
  options: { reconciliation: { type: 'string', value: 'rec_…', help: 'this run alone' } },
  found: 'a match fails; the first is named',
  run: async ({ open, options, progress }) => {
    const { deps } = await open()
    const reconciliation = typeof options.reconciliation === 'string' ? options.reconciliation : null
    const { fault, ...counts } = await verifyMatches(deps, { reconciliation, onProgress: progress })
    const { reconciliations, files, lines, matches, payouts, beyond } = counts
    const read = `Read ${files} files with ${lines} rows, and ${matches} matches with ${payouts} payouts of ${reconciliations} reconciliations`
    const gone = counts.erased.map(
      ({ statement, file, erasedAt }) =>
        `Statement ${statement} (${file}) was erased by retention on ${businessDay(erasedAt)}`,
    )
    if (counts.unverifiable > 0)
      gone.push(`${counts.unverifiable} reconciliations rest on erased files and can no longer be verified`)
    const more = beyond > 0 ? [`${beyond} matches pay together with rows of another period`] : []
    return {
      exitCode: fault ? 1 : 0,
      lines: fault
        ? [read, ...gone, `The first that fails: ${wordsOf(fault)}`]
        : [`${read}: all hold.`, ...more, ...gone],
      json: { ...counts, fault },
    }
  },
}

const wordsOf = ({ reconciliation, item, statement, file, line, rule, problem }: MatchFault): string =>
  [
    item && `match ${item} of ${reconciliation}`,
    statement && `statement ${statement}${file ? ` (${file})` : ''}`,
    line !== null && `line ${line}`,
    rule && `rule ${rule}`,
    problem,
  ]
    .filter(Boolean)
    .join(', ')
