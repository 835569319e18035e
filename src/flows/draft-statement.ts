/**
 * A statement in two steps, for people: the file is put away once, looked at and tried as often as wanted, and then imported or thrown away. What nobody imports is
 * swept away a day later.
 */
import { Refusal } from '../domain/refusal.ts'
import { keptFrom, keptMs } from '../domain/retention.ts'
import { detectFormat } from '../domain/statement-format.ts'
import {
  dropDraft,
  dropOldDrafts,
  findDraft,
  finishDraft,
  insertDraft,
  promoteDraft,
  type StatementDraft,
} from '../store/statement-drafts.ts'
import { findStatement, type Statement } from '../store/statements.ts'
import type { Deps } from './deps.ts'
import { type SampleLine, tryStatement } from './preview-statement.ts'
import {
  formatOf,
  type Spooled,
  type StatementForm,
  spoolFile,
  statementAccount,
  storedName,
  type UploadedFile,
  type Uploader,
} from './receive-statement.ts'
import { readHead } from './statement-file.ts'

/** What of the form is known while the file is looked at. */
export type DraftChoice = Partial<Pick<StatementForm, 'source' | 'merchantAccountId' | 'format'>>

/** Puts a file away as a draft that is not finished yet. Sweeps up behind itself on any error. */
export const spoolDraft = async (deps: Deps, uploader: Uploader, file: UploadedFile): Promise<Spooled> => {
  const id = deps.newId('stm')
  const { scope, actor } = uploader
  await insertDraft(deps.db, scope, {
    id,
    agencyCode: scope,
    fileName: storedName(file.fileName),
    createdBy: actor,
    createdAt: deps.now(),
  })
  try {
    return await spoolFile(deps, uploader, file, id)
  } catch (error) {
    await dropDraft(deps.db, scope, id)
    throw error
  }
}

/** The form has come whole: the draft can be used. Throws Refusal `invalid_input` for an empty file, `not_found` for a foreign merchant account. */
export const keepDraft = async (
  deps: Deps,
  uploader: Uploader,
  { spooled, choice }: { spooled: Spooled; choice: DraftChoice },
): Promise<StatementDraft> => {
  const { statementId: id, totalBytes, sha256, fileName } = spooled
  if (totalBytes === 0) {
    const message = 'must be a file that is not empty'
    throw new Refusal('invalid_input', `/file ${message}.`, { errors: [{ pointer: '/file', message }] })
  }
  if (choice.merchantAccountId) await statementAccount(deps, uploader, choice.merchantAccountId)
  await finishDraft(deps.db, uploader.scope, {
    id,
    sha256,
    totalBytes: BigInt(totalBytes),
    fileName,
    merchantAccountId: choice.merchantAccountId ?? null,
    source: choice.source ?? null,
    format: choice.format ?? null,
  })
  return readDraft(deps, uploader, id)
}

/** Throws Refusal `not_found`. */
export const readDraft = async (deps: Deps, { scope }: Uploader, id: string): Promise<StatementDraft> => {
  const draft = await findDraft(deps.db, scope, id)
  if (!draft) throw new Refusal('not_found', 'There is no such draft of a statement.')
  return draft
}

/** Throws a draft and its file away. Throws Refusal `not_found`. */
export const discardDraft = async (deps: Deps, { scope }: Uploader, id: string): Promise<void> => {
  if (!(await dropDraft(deps.db, scope, id))) throw new Refusal('not_found', 'There is no such draft of a statement.')
}

/** What the first bytes of a draft's file look like. */
export const detectDraft = async (deps: Deps, { id }: Pick<StatementDraft, 'id'>): Promise<string> =>
  detectFormat(await readHead(deps, id))

/** What an import would give, by a profile that need not be the account's yet; nothing is stored. Throws as `receiveStatement` does. */
export const previewDraft = async (
  deps: Deps,
  uploader: Uploader,
  { id, form, profile }: { id: string; form: StatementForm; profile?: unknown },
): Promise<{ statement: Statement; sample: readonly SampleLine[] }> =>
  tryStatement(deps, uploader, {
    spooled: spooledOf(await readDraft(deps, uploader, id)),
    form,
    ...(profile === undefined ? {} : { profile }),
  })

/**
 * Makes a draft a queued statement of the same id. Again it is the same statement. The same bytes of the same source as another import are no statement: that one's id
 * is answered. Throws Refusal `not_found`, and `invalid_input` for a format that cannot be read.
 */
export const importDraft = async (
  deps: Deps,
  uploader: Uploader,
  { id, form }: { id: string; form: StatementForm },
): Promise<{ id: string; isDuplicate: boolean; format: string | null }> => {
  const { scope, actor } = uploader
  const before = await findStatement(deps.db, scope, id)
  if (before) return { id, isDuplicate: false, format: before.format }
  const draft = await readDraft(deps, uploader, id)
  const terms = await statementAccount(deps, uploader, form.merchantAccountId)
  const format = await formatOf(deps, { spooled: spooledOf(draft), form, terms })
  for (let tries = 0; tries < promoteTriesMax; tries += 1) {
    const taken = await promoteDraft(deps.db, scope, {
      id,
      agencyCode: terms.agencyCode,
      merchantAccountId: terms.merchantAccountId,
      source: form.source,
      format,
      createdBy: actor,
      createdAt: deps.now(),
    })
    if (taken) return { ...taken, format }
    const meanwhile = await findStatement(deps.db, scope, id)
    if (meanwhile) return { id, isDuplicate: false, format: meanwhile.format }
    await readDraft(deps, uploader, id)
  }
  throw new Error('a draft is neither there nor gone')
}

const promoteTriesMax = 5

const spooledOf = ({ id, fileName, sha256, totalBytes }: StatementDraft): Spooled => ({
  statementId: id,
  fileName,
  sha256,
  totalBytes: Number(totalBytes),
})

/** So long an uploaded file waits for somebody's decision. */
export const draftKeptMs = (now: Date): number => keptMs('statement_drafts', now)

/** A job of flows/run-jobs.ts. */
export const sweepDrafts = (deps: Deps, limit: number): Promise<number> =>
  dropOldDrafts(deps.db, keptFrom('statement_drafts', deps.now()), limit)
