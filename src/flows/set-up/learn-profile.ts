/** How a provider's or a bank's files are written, learned from a sample: taken only when every row of the sample is read by it, and never in place of what somebody has said. */

import { Refusal } from '../../domain/refusal.ts'
import { type Step, stepOf } from '../../domain/set-up/step.ts'
import type { StatementSource } from '../../domain/statement-columns.ts'
import { statementProfileSchema } from '../../domain/statement-profile.ts'
import { everyAgency } from '../../store/database.ts'
import { findSettlementTerms, type SettlementTerms } from '../../store/settlement-terms.ts'
import { changeMerchantAccount } from '../change-merchant-account.ts'
import type { Deps } from '../deps.ts'
import { tryStatement } from '../preview-statement.ts'
import { type FileRows, readFileRows } from '../read-file-rows.ts'
import { discardFile, type Spooled, spoolFile, type UploadedFile } from '../receive-statement.ts'
import { operator } from './operator.ts'

/** `open` is called only when the file is needed. */
export type Sample = {
  merchantAccountId: string
  source: StatementSource
  file: Omit<UploadedFile, 'body'> & { open: () => UploadedFile['body'] }
}

const problemsMax = 20

export const learnProfile = async (deps: Deps, { merchantAccountId, source, file }: Sample): Promise<Step> => {
  const name = file.fileName
  const terms = await findSettlementTerms(deps.db, everyAgency, merchantAccountId)
  if (!terms) return stepOf(name, { faults: [fault(name, null, 'its merchant account is gone')] })
  if (terms.statementProfile !== null) return stepOf(name, { unchanged: 1 })
  const uploader = { scope: terms.agencyCode, actor: operator.clientId }
  const spooled = await spoolFile(deps, uploader, { ...file, body: file.open() })
  try {
    const read = await readFileRows(deps, spooled.statementId, { source })
    if (read.kind === 'structured' || read.isCanonical)
      return stepOf(name, { unchanged: 1, notes: [`${name} is read without a profile`] })
    return await tryProfile(deps, terms, { spooled, source, suggested: read.suggested })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return stepOf(name, { faults: [fault(name, null, error.message)] })
  } finally {
    await discardFile(deps, uploader, spooled)
  }
}

type Tried = { spooled: Spooled; source: StatementSource; suggested: FileRows['suggested'] }

const tryProfile = async (deps: Deps, terms: SettlementTerms, { spooled, source, suggested }: Tried): Promise<Step> => {
  const { merchantAccountId, agencyCode, provider, title } = terms
  const name = spooled.fileName
  const parsed = statementProfileSchema.safeParse(suggested)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => fault(name, path.join('.'), message))
    return stepOf(name, { faults: [...faults, fault(name, null, byHand)] })
  }
  const { statement } = await tryStatement(
    deps,
    { scope: everyAgency, actor: operator.clientId },
    { spooled, form: { source, merchantAccountId, format: 'profile' }, profile: parsed.data },
  )
  if (statement.status !== 'imported' || statement.problemCount > 0 || statement.accepted === 0) {
    const problems = statement.problems
      .slice(0, problemsMax)
      .map(({ line, column, message }) => ({ file: name, line, column: column ?? null, reason: message }))
    return stepOf(name, { faults: [...problems, fault(name, null, statement.reason ?? byHand)] })
  }
  await changeMerchantAccount(deps, operator, { id: merchantAccountId, changes: { statementProfile: parsed.data } })
  const { date_format, columns } = parsed.data
  const told = Object.entries(columns).map(([column, of]) => `${column} from ${of}`)
  return stepOf(name, {
    changes: [
      {
        what: 'change',
        name: `${agencyCode} ${provider} ${title}`,
        detail: `statement_profile: ${told.join(', ')}; days as ${date_format}`,
      },
    ],
    notes: [
      `all ${statement.accepted} rows of ${name} are read; look once whether the columns are meant so (/console/statements)`,
    ],
  })
}

const byHand = 'not every row is understood: say how it is written in the console, or give statement_profile'

const fault = (file: string, column: string | null, reason: string) => ({ file, line: null, column, reason })
