/** A dry run: everything that an import does but storing. The accountant sees what would be read and what is wrong, and nothing of the file stays. */

import { Refusal } from '../domain/refusal.ts'
import type { StatementLine } from '../domain/statement-line.ts'
import { newTally, type StatementTally } from '../domain/statement-tally.ts'
import type { Statement } from '../store/statements.ts'
import type { Deps } from './deps.ts'
import { isTooLarge, readStatement } from './import-statement.ts'
import {
  discardFile,
  formatOf,
  type Spooled,
  type StatementForm,
  statementAccount,
  type Uploader,
} from './receive-statement.ts'

/** The statement that an import would give, under no id of its own; nothing of the file stays. Throws as `receiveStatement` does. */
export const previewStatement = async (
  deps: Deps,
  uploader: Uploader,
  { spooled, form }: { spooled: Spooled; form: StatementForm },
): Promise<Statement> => {
  try {
    return (await tryStatement(deps, uploader, { spooled, form })).statement
  } finally {
    await discardFile(deps, uploader, spooled)
  }
}

/** A line as it was read, with its place in the file. */
export type SampleLine = StatementLine & { line: number }
const sampleMax = 10

/**
 * The statement that an import of a file that is put away would give, and its first lines. With a profile that is not the account's yet it is read by that one. Throws
 * as `receiveStatement` does.
 */
export const tryStatement = async (
  deps: Deps,
  uploader: Uploader,
  { spooled, form, profile }: { spooled: Spooled; form: StatementForm; profile?: unknown },
): Promise<{ statement: Statement; sample: readonly SampleLine[] }> => {
  if (isTooLarge(deps, spooled.totalBytes))
    throw new Refusal(
      'body_too_large',
      `A file of more than ${deps.readBytesMax} bytes is not tried where the gateway runs on Workers. Import it: a process on Node reads it.`,
    )
  const known = await statementAccount(deps, uploader, form.merchantAccountId)
  const terms = profile === undefined ? known : { ...known, statementProfile: profile }
  const format = await formatOf(deps, { spooled, form, terms })
  const { payeeNumber, statementProfile } = terms
  const file = { id: spooled.statementId, source: form.source, format, payeeNumber, statementProfile }
  const sample: SampleLine[] = []
  const { tally, rejected } = await readStatement(
    deps,
    file,
    (line) => {
      if (sample.length < sampleMax) sample.push(line)
      return undefined
    },
    async () => undefined,
  )
  const statement: Statement = {
    ...counted(rejected ? { ...newTally(), ...problemsOf(tally) } : tally),
    id: spooled.statementId,
    agencyCode: terms.agencyCode,
    merchantAccountId: terms.merchantAccountId,
    source: form.source,
    format,
    fileName: spooled.fileName,
    sha256: spooled.sha256,
    totalBytes: BigInt(spooled.totalBytes),
    readBytes: BigInt(spooled.totalBytes),
    status: rejected ? 'rejected' : 'imported',
    reason: rejected,
    tries: 0,
    tryAt: null,
    profile: format === 'profile' ? statementProfile : null,
    createdBy: uploader.actor,
    createdAt: deps.now(),
    importedAt: null,
    erasedAt: null,
  }
  return { statement, sample: rejected ? [] : sample }
}

/** Of a rejected file only what was wrong is told, as an import would. */
const problemsOf = ({ lines, problems, problemCount, account, currency }: StatementTally) => ({
  lines,
  problems,
  problemCount,
  account,
  currency,
})

const counted = ({ statements: _, sizes: _sizes, ...told }: StatementTally) => told
