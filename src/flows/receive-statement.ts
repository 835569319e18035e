/**
 * Takes in the file of a statement: piece by piece, sealed, hashed on the way, never whole in memory. What the form says about the file may come before
 * or after the file, so the pieces are put away first and become a statement, or are swept away, when the form has ended.
 */
import { Refusal } from '../domain/refusal.ts'
import type { StatementSource } from '../domain/statement-columns.ts'
import { detectFormat, refusedFormat, type StatementFormat } from '../domain/statement-format.ts'
import { missingColumns, readProfile } from '../domain/statement-profile.ts'
import { createSha256 } from '../lib/hmac.ts'
import { clip } from '../lib/text.ts'
import { findSettlementTerms, type SettlementTerms } from '../store/settlement-terms.ts'
import { dropChunks, insertChunk, insertStatement } from '../store/statements.ts'
import type { Deps } from './deps.ts'
import { chunkBytes, chunkContext, readHead } from './statement-file.ts'

/** Who uploads: `scope` is the agency of the token, which owns the pieces until the statement has an owner. */
export type Uploader = { scope: string; actor: string }

/** A file that was put away under the id that its statement will have. */
export type Spooled = { statementId: string; fileName: string; sha256: string; totalBytes: number }

/** A file on its way in. */
export type UploadedFile = { fileName: string; body: AsyncIterable<Uint8Array>; maxBytes: number }

/** What the form said about the file. `format` is absent when it shall be detected. */
export type StatementForm = { source: StatementSource; merchantAccountId: string; format?: StatementFormat | undefined }

/** Puts the bytes of a file away, under an id of its own unless one is given. Throws Refusal `body_too_large` beyond `maxBytes`; sweeps up behind itself on any error. */
export const spoolFile = async (
  deps: Deps,
  { scope }: Uploader,
  file: UploadedFile,
  statementId: string = deps.newId('stm'),
): Promise<Spooled> => {
  const hash = createSha256()
  const buffer = new Uint8Array(chunkBytes)
  let [filled, chunkNo, totalBytes] = [0, 0, 0]
  const flush = async () => {
    const sealed = await deps.box.seal(buffer.subarray(0, filled), chunkContext(statementId, chunkNo))
    await insertChunk(deps.db, scope, { agencyCode: scope, statementId, chunkNo, sealed })
    chunkNo += 1
    filled = 0
  }
  try {
    for await (const piece of file.body) {
      hash.update(piece)
      totalBytes += piece.length
      if (totalBytes > file.maxBytes) {
        throw new Refusal('body_too_large', `A statement may have at most ${file.maxBytes} bytes.`)
      }
      for (let at = 0; at < piece.length; ) {
        const part = piece.subarray(at, at + chunkBytes - filled)
        buffer.set(part, filled)
        filled += part.length
        at += part.length
        if (filled === chunkBytes) await flush()
      }
    }
    if (filled > 0) await flush()
    return {
      statementId,
      fileName: storedName(file.fileName),
      sha256: hash.hex(),
      totalBytes,
    }
  } catch (error) {
    await dropChunks(deps.db, scope, statementId)
    throw error
  }
}

export const storedName = (fileName: string): string => clip(fileName.replace(/\p{Cc}/gu, ''), 255) || 'statement'

/** Sweeps away a file that becomes no statement. */
export const discardFile = (deps: Deps, { scope }: Uploader, spooled: Spooled): Promise<void> =>
  dropChunks(deps.db, scope, spooled.statementId)

/** The terms of the merchant account that a form names. Throws Refusal `not_found` when the scope has no such account. */
export const statementAccount = async (
  deps: Deps,
  { scope }: Uploader,
  merchantAccountId: string,
): Promise<SettlementTerms> => {
  const terms = await findSettlementTerms(deps.db, scope, merchantAccountId)
  if (!terms) throw new Refusal('not_found', 'There is no such merchant account.')
  return terms
}

/**
 * Makes a put-away file a queued statement. The same bytes of the same source again are no statement: the first one's id is answered. Throws
 * Refusal `invalid_input` for a format that cannot be read, `not_found` for a foreign merchant account; the pieces are gone then.
 */
export const receiveStatement = async (
  deps: Deps,
  uploader: Uploader,
  { spooled, form }: { spooled: Spooled; form: StatementForm },
): Promise<{ id: string; isDuplicate: boolean; format: StatementFormat }> => {
  try {
    const terms = await statementAccount(deps, uploader, form.merchantAccountId)
    const format = await formatOf(deps, { spooled, form, terms })
    const stored = await insertStatement(deps.db, uploader.scope, {
      id: spooled.statementId,
      agencyCode: terms.agencyCode,
      merchantAccountId: terms.merchantAccountId,
      source: form.source,
      format,
      fileName: spooled.fileName,
      sha256: spooled.sha256,
      totalBytes: BigInt(spooled.totalBytes),
      createdBy: uploader.actor,
      createdAt: deps.now(),
    })
    if (stored.isDuplicate) await discardFile(deps, uploader, spooled)
    return { ...stored, format }
  } catch (error) {
    await discardFile(deps, uploader, spooled)
    throw error
  }
}

/**
 * The format that the form names, or that the first bytes show. Throws Refusal `invalid_input` for one that cannot be read, as a `profile` is not without
 * one on the merchant account.
 */
export const formatOf = async (
  deps: Deps,
  { spooled, form, terms }: { spooled: Spooled; form: StatementForm; terms: SettlementTerms },
): Promise<StatementFormat> => {
  const format = form.format ?? detectFormat(await readHead(deps, spooled.statementId))
  const refused = refusedFormat(format, form.source) ?? (format === 'profile' ? refusedProfile(terms, form) : null)
  if (refused) throw new Refusal('invalid_input', refused, { errors: [{ pointer: '/format', message: refused }] })
  return format
}

const refusedProfile = ({ statementProfile }: SettlementTerms, { source }: StatementForm): string | null => {
  const profile = readProfile(statementProfile)
  if (!profile) return 'The merchant account has no statement profile that can be read; give it one first.'
  const missing = missingColumns(profile, source)
  return missing.length === 0
    ? null
    : `The merchant account's statement profile is not for a statement of a ${source}: it has no ${missing.join(', ')}.`
}
