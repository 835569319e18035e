/** A dry run: everything that an import does but storing. The accountant sees what would be read and what is wrong, and nothing of the file stays. */
import { newTally, type StatementTally } from '../domain/statement-tally.ts'
import type { Statement } from '../store/statements.ts'
import type { Deps } from './deps.ts'
import { readStatement } from './import-statement.ts'
import {
  discardFile,
  formatOf,
  type Spooled,
  type StatementForm,
  statementAccount,
  type Uploader,
} from './receive-statement.ts'

/** The statement that an import would give, under no id of its own. Throws as `receiveStatement` does. */
export const previewStatement = async (
  deps: Deps,
  uploader: Uploader,
  { spooled, form }: { spooled: Spooled; form: StatementForm },
): Promise<Statement> => {
  try {
    const terms = await statementAccount(deps, uploader, form.merchantAccountId)
    const format = await formatOf(deps, { spooled, form, terms })
    const { payeeNumber, statementProfile } = terms
    const file = { id: spooled.statementId, source: form.source, format, payeeNumber, statementProfile }
    const { tally, rejected } = await readStatement(
      deps,
      file,
      () => undefined,
      async () => undefined,
    )
    return {
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
    }
  } finally {
    await discardFile(deps, uploader, spooled)
  }
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
