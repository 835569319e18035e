// `npx lephi COMMAND`: the gateway's work by hand.
import { runCommand } from './node/commands/run-command.ts'

// Not process.exit: what is printed into a pipe may still be on its way.
process.exitCode = await runCommand(process.argv.slice(2), process.env, { out: console.log, error: console.error })
