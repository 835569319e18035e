// Questions to whoever sits at the terminal, on the side of errors, so that what is printed stays the answer alone.
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { Ask } from './command.ts'

/** Ctrl-C and Ctrl-D end the process' questions with an Error. */
export const askAtTerminal: Ask = async (question, { isSecret = false } = {}) => {
  let isQuiet = false
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      if (!isQuiet) process.stderr.write(chunk)
      done()
    },
  })
  const lines = createInterface({ input: process.stdin, output, terminal: true })
  const gone = new AbortController()
  lines.once('close', () => gone.abort(new Error('nobody answers')))
  try {
    const answer = lines.question(`${question} `, { signal: gone.signal })
    isQuiet = isSecret
    return (await answer).trim()
  } finally {
    isQuiet = false
    if (isSecret) process.stderr.write('\n')
    lines.close()
  }
}
