// The one list of commands.
import type { Command } from './command.ts'
import { doctorCommand } from './doctor.ts'
import { endSessionsCommand } from './end-sessions.ts'
import { importStatementCommand } from './import-statement.ts'
import { listenCommand } from './listen.ts'
import { migrateCommand } from './migrate.ts'
import { reconcileCommand } from './reconcile.ts'
import { rehearseCommand } from './rehearse.ts'
import { replayCallbacksCommand } from './replay-callbacks.ts'
import { reportCommand } from './report.ts'
import { retentionCommand } from './retention.ts'
import { rotateKeyCommand } from './rotate-key.ts'
import { seedDemoCommand } from './seed-demo.ts'
import { setupCommand } from './setup.ts'
import { simulateCommand } from './simulate.ts'
import { verifyLedgerCommand } from './verify-ledger.ts'
import { verifyMatchesCommand } from './verify-matches.ts'
import { verifyPeriodsCommand } from './verify-periods.ts'

export const commands: Readonly<Record<string, Command>> = {
  setup: setupCommand,
  doctor: doctorCommand,
  migrate: migrateCommand,
  'end-sessions': endSessionsCommand,
  'seed-demo': seedDemoCommand,
  'import-statement': importStatementCommand,
  reconcile: reconcileCommand,
  report: reportCommand,
  'verify-ledger': verifyLedgerCommand,
  'verify-matches': verifyMatchesCommand,
  'verify-periods': verifyPeriodsCommand,
  'replay-callbacks': replayCallbacksCommand,
  rehearse: rehearseCommand,
  listen: listenCommand,
  'rotate-key': rotateKeyCommand,
  retention: retentionCommand,
  simulate: simulateCommand,
}
