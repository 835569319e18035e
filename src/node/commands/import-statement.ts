// Imports a statement file from disk, streamed as an upload is.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { presentStatement } from '../../domain/present-reconciliation.ts'
import type { Deps } from '../../flows/deps.ts'
import { importStatement, importWaiting } from '../../flows/import-statement.ts'
import { receiveStatement, spoolFile } from '../../flows/receive-statement.ts'
import { everyAgency } from '../../store/database.ts'
import { findSettlementTerms } from '../../store/settlement-terms.ts'
import { findStatement } from '../../store/statements.ts'
import { type Command, type CommandAnswer, needed, UsageError } from './command.ts'

const actor = 'cli'

export const importStatementCommand: Command = {
  group: 'Day by day',
  usage: 'FILE --account mac_… --source provider|bank, or --waiting',
  summary: 'Import a statement; the same file again changes nothing',
  example: 'npx lephi import-statement settlement.csv --account mac_01k… --source provider',
  options: {
    account: { type: 'string', value: 'mac_…', help: 'the merchant account that the file is of' },
    source: { type: 'string', value: 'provider|bank', help: 'whose file it is' },
    waiting: { type: 'boolean', help: 'instead of a file: all that wait, such as those too large for Workers' },
  },
  operandsMax: 1,
  found: 'the file was rejected',
  run: async ({ open, options, operands, config, progress }) => {
    const [path, ...more] = operands
    if (options.waiting === true) {
      if (path !== undefined) throw new UsageError('--waiting stands alone')
      return importAll((await open()).deps)
    }
    if (path === undefined || more.length > 0) throw new UsageError('name one FILE')
    const source = needed(options, 'source')
    if (source !== 'provider' && source !== 'bank') throw new UsageError('--source is provider or bank')
    const merchantAccountId = needed(options, 'account')
    const { deps } = await open()
    const uploader = { scope: await agencyOf(deps, merchantAccountId), actor }
    const { size } = await stat(path)
    const body = countBytes(createReadStream(path), (bytes) => progress(`${basename(path)} is put away`, bytes / size))
    const file = { fileName: basename(path), body, maxBytes: config.uploadBytesMax }
    const spooled = await spoolFile(deps, uploader, file)
    const { id, isDuplicate } = await receiveStatement(deps, uploader, { spooled, form: { source, merchantAccountId } })
    await importStatement(deps, id)
    const statement = await findStatement(deps.db, everyAgency, id)
    if (!statement) throw new Error(`the statement ${id} is gone`)
    const shown = statement.problems.slice(0, 20)
    return {
      exitCode: statement.status === 'imported' ? 0 : 1,
      lines: [
        `${id} ${statement.status}${isDuplicate ? ' before: the same file was imported already' : ''}`,
        `${statement.accepted} of ${statement.lines} lines accepted, ${statement.problemCount} refused`,
        ...(statement.reason ? [statement.reason] : []),
        ...shown.map(({ line, column, message }) => `  line ${line}${column ? `, ${column}` : ''}: ${message}`),
        ...(statement.problemCount > shown.length ? ['  … and more: see --json'] : []),
      ],
      json: { ...presentStatement(statement), duplicate: isDuplicate },
    }
  },
}

async function* countBytes(file: Readable, told: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const piece of file) {
    bytes += piece.length
    told(bytes)
    yield piece
  }
}

const waitingMax = 1_000

const importAll = async (deps: Deps): Promise<CommandAnswer> => {
  const imported = await importWaiting(deps, waitingMax)
  return { exitCode: 0, lines: [`${imported} imported`], json: { imported } }
}

const agencyOf = async (deps: Deps, merchantAccountId: string): Promise<string> => {
  const terms = await findSettlementTerms(deps.db, everyAgency, merchantAccountId)
  if (!terms) throw new UsageError(`there is no merchant account ${merchantAccountId}`)
  return terms.agencyCode
}
