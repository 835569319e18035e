// Erases what has been kept long enough, or says what would go.
import { runRetention } from '../../flows/enforce-retention.ts'
import { toRfc3339 } from '../../lib/time.ts'
import type { Command } from './command.ts'

export const retentionCommand: Command = {
  group: 'Day by day',
  usage: '[--dry-run]',
  summary: 'Erase what has been kept long enough, as a job does once a day',
  about: 'How long that is says docs/personal-data.md. Never the books, and nothing that is open or under a legal hold',
  example: 'npx lephi retention --dry-run',
  options: { 'dry-run': { type: 'boolean', help: 'only count what would go' } },
  run: async ({ open, options, progress }) => {
    const isDry = options['dry-run'] === true
    const { deps } = await open()
    const kinds = await runRetention(deps, { isDry, onProgress: progress })
    return {
      exitCode: 0,
      lines: kinds.map(
        ({ kind, cutoff, due, held, erased }) =>
          `${kind.padEnd(20)} before ${toRfc3339(cutoff)}: ${due} due, ${held} held back, ${isDry ? `${due - held} would go` : `${erased} erased`}`,
      ),
      json: {
        dry_run: isDry,
        kinds: kinds.map(({ kind, cutoff, due, held, erased }) => ({
          ...{ kind, cutoff: toRfc3339(cutoff), due, held, erased },
        })),
      },
    }
  },
}
