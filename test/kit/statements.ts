// Statements for tests: canonical files written as text, and taken in through the flows.
import type { StatementSource } from '../../src/domain/statement-columns.ts'
import type { Deps } from '../../src/flows/deps.ts'
import { importStatement } from '../../src/flows/import-statement.ts'
import { receiveStatement, spoolFile } from '../../src/flows/receive-statement.ts'
import { findStatement, type Statement } from '../../src/store/statements.ts'

export const providerHeader =
  'line_type,occurred_at,merchant_reference,provider_reference,amount,provider_fee,net_amount,status,payout_reference,value_date'

export type ProviderRow = {
  type?: 'capture' | 'refund' | 'fee' | 'adjustment'
  at?: string
  reference?: string
  providerReference?: string
  amount: bigint | number
  fee?: bigint | number | ''
  net?: bigint | number | ''
  status?: 'success' | 'failed' | 'pending'
  payout?: string
  valueDate?: string
}

/** One row of a provider's canonical file; net and fee as the contract has them unless given. */
export const providerRow = (row: ProviderRow): string => {
  const { type = 'capture', status = 'success' } = row
  const fee = row.fee ?? 0
  const isRefund = type === 'refund'
  const net = row.net ?? (status === 'success' ? BigInt(row.amount) * (isRefund ? -1n : 1n) - BigInt(fee || 0) : 0)
  return [
    type,
    row.at ?? '2026-11-23T10:00:00+07:00',
    row.reference ?? '',
    row.providerReference ?? '',
    row.amount,
    fee,
    net,
    status,
    row.payout ?? '',
    row.valueDate ?? '2026-11-24',
  ].join(',')
}

export const providerFile = (rows: readonly ProviderRow[]): string =>
  `${[providerHeader, ...rows.map(providerRow)].join('\n')}\n`

export type BankRow = { valueDate?: string; amount: bigint | number; reference?: string; text?: string }

/** A bank's canonical file of these lines. */
export const bankFile = (rows: readonly BankRow[]): string =>
  `${['value_date,amount,bank_reference,description', ...rows.map(({ valueDate = '2026-11-24', amount, reference = '', text = '' }) => `${valueDate},${amount},${reference},"${text.replaceAll('"', '""')}"`)].join('\n')}\n`

export async function* piecesOf(text: string | Uint8Array, size = 1_000_003): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

export const uploader = { scope: 'H56', actor: 'cli_accountant' }

/** Uploads a file as the accountant of H56. */
export const upload = async (
  deps: Deps,
  merchantAccountId: string,
  file: string | Uint8Array | AsyncIterable<Uint8Array>,
  source: StatementSource = 'provider',
): Promise<{ id: string; isDuplicate: boolean }> => {
  const body = typeof file === 'string' || file instanceof Uint8Array ? piecesOf(file) : file
  const spooled = await spoolFile(deps, uploader, { fileName: 'file.csv', body, maxBytes: 512 * 1024 * 1024 })
  return receiveStatement(deps, uploader, { spooled, form: { source, merchantAccountId } })
}

/** Uploads and imports; answers the statement as it then is. */
export const importFile = async (
  deps: Deps,
  merchantAccountId: string,
  file: string | Uint8Array | AsyncIterable<Uint8Array>,
  source: StatementSource = 'provider',
): Promise<Statement> => {
  const { id } = await upload(deps, merchantAccountId, file, source)
  await importStatement(deps, id)
  const statement = await findStatement(deps.db, '*', id)
  if (!statement) throw new Error(`no statement ${id}`)
  return statement
}
