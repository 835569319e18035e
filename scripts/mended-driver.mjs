// The driver of the database, with faults of postgres.js 3.4.9 mended as it is bundled (its issues 1154 and 1208, its pull requests 1168 and 1209, neither taken in by November 2026). Small writes wait
// for the next turn of the loop. When the line ends before that, the turn is called off and its mark stays, so that nothing small is ever sent over that connection again, not even the
// greeting of the next line; and what somebody still says on a connection of which the line has ended is written to nothing, which no caller hears of and which ends the process.
// And a unit of work leaves in one piece: the driver wrote out each kilobyte of it by itself, which was a fifth of the processor's time for an order, woke the server for each piece, and let the kernel
// hold back the second one until the first was confirmed (Nagle's algorithm), a round trip more on a long line.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const driver = fileURLToPath(import.meta.resolve('postgres'))

const mends = [
  [
    `  function nextWrite(fn) {
    const x = socket.write(chunk, fn)
`,
    `  function nextWrite(fn) {
    if (socket === null) {
      nextWriteTimer !== null && clearImmediate(nextWriteTimer)
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options))
      return false
    }
    const x = socket.write(chunk, fn)
`,
  ],
  [
    `    incomings = null
    clearImmediate(nextWriteTimer)
`,
    `    incomings = null
    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
`,
  ],
  ['    if (fn || chunk.length >= 1024)\n', '    if (fn || chunk.length >= 65536)\n'],
]

/** Throws where the driver no longer says what is mended: another version has come, and somebody has to look. */
export const mend = (text) =>
  mends.reduce((mended, [before, after]) => {
    if (mended.split(before).length !== 2) throw new Error('scripts/mended-driver.mjs: this driver is another one')
    return mended.replace(before, after)
  }, text)

/** For esbuild: takes the driver into the bundle, mended. */
export const mendedDriver = {
  name: 'mended-driver',
  setup(build) {
    build.onResolve({ filter: /^postgres$/ }, () => ({ path: driver }))
    build.onLoad({ filter: /[\\/]postgres[\\/]src[\\/]connection\.js$/ }, ({ path }) => ({
      contents: mend(readFileSync(path, 'utf8')),
      loader: 'js',
    }))
  },
}
