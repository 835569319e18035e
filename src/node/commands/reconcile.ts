// Reconciles a merchant account from the command line.
import { presentReconciliation } from '../../domain/present-reconciliation.ts'
import { runReconciliation, startReconciliation } from '../../flows/reconcile.ts'
import { everyAgency } from '../../store/database.ts'
import { findReconciliation } from '../../store/reconciliations.ts'
import { type Command, needed } from './command.ts'
import { dayOptions, readDays } from './days.ts'
import { formatDong, table } from './table.ts'

export const reconcileCommand: Command = {
  group: 'Day by day',
  usage: '--account mac_… --from DAY --to DAY',
  summary: 'Compare the imported statements of these days with what is known here',
  example: 'npx lephi reconcile --account mac_01k… --from 2026-11-22 --to 2026-11-22',
  options: {
    account: { type: 'string', value: 'mac_…', help: 'the merchant account' },
    ...dayOptions,
  },
  run: async ({ open, options }) => {
    const input = { merchantAccountId: needed(options, 'account'), ...readDays(options) }
    const { deps } = await open()
    const { id } = await startReconciliation(deps, { scope: everyAgency, actor: 'cli' }, input)
    await runReconciliation(deps, id)
    const run = await findReconciliation(deps.db, everyAgency, id)
    if (!run) throw new Error(`the reconciliation ${id} is gone`)
    const classes = Object.entries(run.summary)
    return {
      exitCode: run.status === 'completed' ? 0 : 1,
      lines: [
        `${id} ${run.status}${run.failure ? `: ${run.failure}` : ''}`,
        ...table(
          ['class', 'items', 'here', 'there'],
          classes.map(([name, { count, amount_here, amount_there }]) => [
            name,
            String(count),
            formatDong(BigInt(amount_here)),
            formatDong(BigInt(amount_there)),
          ]),
        ),
      ],
      json: presentReconciliation(run),
    }
  },
}
