// Tries this version on a copy of the database before it is let near the real one.
import { type Rehearsed, rehearse } from '../../flows/rehearse.ts'
import { claimCopy } from '../rehearsal-copy.ts'
import { type Command, UsageError } from './command.ts'
import { dayOptions, readDays } from './days.ts'
import { formatDong, table } from './table.ts'

export const rehearseCommand: Command = {
  group: 'Check',
  usage: '--from DAY --to DAY --copy',
  summary: 'Try this version on a restored copy of the database: what comes out otherwise?',
  about:
    'Acts again on the stored callbacks of these days and reconciles their periods again; names every đồng, order and discrepancy that comes out otherwise. The copy is written to, marked, and never served from again',
  example:
    'DATABASE_URL=postgres://owner:secret@db.example.vn/lephi_copy npx lephi rehearse --from 2026-11-28 --to 2026-11-28 --copy',
  options: {
    ...dayOptions,
    copy: { type: 'boolean', help: 'says that DATABASE_URL names a copy' },
  },
  found: 'something comes out otherwise',
  run: async ({ config, open, options, progress }) => {
    const days = readDays(options)
    if (options.copy !== true)
      throw new UsageError(
        'A rehearsal writes into the database: say --copy when DATABASE_URL names a copy, and only then',
      )
    await claimCopy(config)
    const { deps } = await open()
    const rehearsed = await rehearse(deps, { ...days, onProgress: progress })
    return { exitCode: rehearsed.isSame ? 0 : 1, lines: linesOf(rehearsed), json: rehearsed }
  },
}

const linesOf = (rehearsed: Rehearsed): string[] => {
  const { callbacks, periods, files, lines, facts, money, orders, discrepancies, classes, fault, isSame } = rehearsed
  const read = `Acted again on ${callbacks.callbacks} callbacks, read ${files} files with ${lines} rows, reconciled ${periods} periods again`
  if (isSame) return [`${read}: nothing came out otherwise, difference 0 đ.`]
  const named = (title: string, rows: string[]): string[] => (rows.length > 0 ? ['', title, ...rows] : [])
  return [
    `${read}. This comes out otherwise:`,
    ...named(
      'Told of money, by merchant account and order',
      table(
        ['merchant account', 'order', 'what', 'reference', 'was', 'is'],
        facts.map(({ merchantAccountId, orderId, kind, reference, known, amount }) => [
          merchantAccountId,
          orderId,
          kind,
          reference,
          known.map(formatDong).join(', '),
          formatDong(amount),
        ]),
      ),
    ),
    ...named(
      'Money, by merchant account and order',
      table(
        ['merchant account', 'order', 'account', 'difference'],
        money.map((each) => [
          each.merchantAccountId,
          each.orderId ?? each.subject ?? '',
          each.account,
          formatDong(each.amount),
        ]),
      ),
    ),
    ...named(
      'Orders',
      orders.map(({ orderId, status, events }) => `${orderId} is ${status}: ${events.join(', ')}`),
    ),
    ...named(
      'Discrepancies',
      discrepancies.map(
        (each) => `${each.id} ${each.class} ${each.status} ${each.orderId ?? ''} ${formatDong(each.amount)}`,
      ),
    ),
    ...named(
      'Periods',
      classes.map(
        ({ merchantAccountId, fromDay, toDay, class: name, was, is }) =>
          `${merchantAccountId} ${fromDay} to ${toDay}, ${name}: was ${was}; is ${is}`,
      ),
    ),
    ...named('Callbacks read otherwise', [...callbacks.readDifferently]),
    ...named('Callbacks that changed something', [...callbacks.changed, ...callbacks.caughtUp]),
    ...named('Files and matches', fault ? [`${fault.statement ?? fault.item ?? ''} ${fault.problem}`] : []),
  ]
}
