// Replays stored evidence.
import { replayCallbacks } from '../../flows/replay-callbacks.ts'
import type { Command } from './command.ts'
import { dayOptions, readInstants } from './days.ts'

export const replayCallbacksCommand: Command = {
  group: 'Check',
  usage: '--from DAY --to DAY [--dry-run]',
  summary: 'Read stored callbacks again; they must change nothing',
  example: 'npx lephi replay-callbacks --from 2026-11-01 --to 2026-11-30 --dry-run',
  options: {
    ...dayOptions,
    'dry-run': { type: 'boolean', help: 'say which would change something, and change nothing' },
  },
  found: 'a callback changed something, or is read differently; each is named',
  run: async ({ open, options }) => {
    const period = readInstants(options)
    const { deps } = await open()
    const replayed = await replayCallbacks(deps, { ...period, dryRun: options['dry-run'] === true })
    const faults = [...replayed.changed, ...replayed.readDifferently]
    return {
      exitCode: faults.length > 0 ? 1 : 0,
      lines: [
        `Callbacks replayed     ${replayed.callbacks}`,
        `  changed nothing      ${replayed.unchanged}`,
        `  refused as before    ${replayed.refused}`,
        `  key retired since    ${replayed.keyRetired}`,
        `  erased since         ${replayed.erased}`,
        `  acted on only now    ${replayed.caughtUp.length}`,
        `  changed something    ${replayed.changed.length}`,
        `  read differently     ${replayed.readDifferently.length}`,
        ...faults.map((id) => `Look at ${id}`),
      ],
      json: replayed,
    }
  },
}
