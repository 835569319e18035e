// `npx lephi COMMAND`: the gateway's work by hand.
import { askAtTerminal } from './node/commands/ask-at-terminal.ts'
import { runCommand } from './node/commands/run-command.ts'

const { stderr, stdin } = process
const screen = { write: (text: string) => stderr.write(text), columns: () => stderr.columns ?? 80 }

// Not process.exit: what is printed into a pipe may still be on its way.
process.exitCode = await runCommand(process.argv.slice(2), process.env, {
  out: console.log,
  error: console.error,
  ...(stderr.isTTY ? { screen } : {}),
  ...(stderr.isTTY && stdin.isTTY ? { ask: askAtTerminal } : {}),
})
