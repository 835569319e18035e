/**
 * What `vpc_TxnResponseCode` means for money. It is text and stays text: some languages turn `F` into 0, which would read as success. The lists of paygate, of
 * international and of domestic cards give one code several causes; whether money moved is the same in all of them (README.md, S1, S2, S5).
 */
import type { QuietOutcome } from '../../domain/outcome.ts'

export const paidCode = '0'

/** Codes that all lists have as a refusal without money. */
const failureCodes: ReadonlySet<string> = new Set([
  ...['1', '2', '4', '5', '8', '9', '10', '11', '12', '13', '21', '22', '23', '24', '25', '99', '253'],
  ...['B', 'E', 'F', 'I', 'Z'],
])

/** No answer from the issuer, an error on the way to it, an unspecified one: a notice leaves open what became of the money, an asked-for answer does not. */
const doubtfulCodes: ReadonlySet<string> = new Set(['3', '6', '7'])

/** `100` and `300` wait, `?` is OnePAY's own word for unknown; these and every unlisted code are pending. */
export const quietStatus = (code: string, { isAsked }: { isAsked: boolean }): QuietOutcome['status'] =>
  failureCodes.has(code) || (isAsked && doubtfulCodes.has(code)) ? 'failed' : 'pending'

/** Whether a text can be a code, listed or not. */
export const isCode = (text: string): boolean => /^[0-9A-Za-z?]{1,10}$/.test(text)
