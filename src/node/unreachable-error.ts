// What a command or a start needs does not answer: the work itself was not begun, and the same again later may succeed.

/** The message names what was to be reached, without the secrets of its address. */
export class UnreachableError extends Error {
  override name = 'UnreachableError'
}
