// The files of an installation, read into what the flows enter: agencies.csv, fees.csv, catalogues, clients.csv, merchant_accounts.json and samples of statements.
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { agencyInput, agencyOf } from '../../api/agencies.ts'
import { clientInput } from '../../api/clients.ts'
import { scheduleInput, scheduleOf } from '../../api/fee-schedules.ts'
import { accountInput, accountOf } from '../../api/merchant-account-schemas.ts'
import type { Price } from '../../domain/set-up/plan-fees.ts'
import type { Fault, Placed } from '../../domain/set-up/step.ts'
import type { AccountEntry } from '../../flows/set-up/enter-accounts.ts'
import type { AgencyEntry } from '../../flows/set-up/enter-agencies.ts'
import type { ClientEntry } from '../../flows/set-up/enter-clients.ts'
import { type Catalogues, readCatalogues } from './read-catalogues.ts'
import { asCount, asDay, asDong, asList, asText, asYesNo, type ReadFile, readRows } from './read-rows.ts'

export type SampleFile = { path: string; name: string; source: 'provider' | 'bank' }
export type AccountItem = AccountEntry & { sample: SampleFile | null }

export type Folder = Catalogues & {
  agencies: ReadFile<AgencyEntry>
  fees: ReadFile<Price>
  accounts: ReadFile<AccountItem>
  clients: ReadFile<ClientEntry>
}

export const readFolder = async (folder: string): Promise<Folder> => ({
  agencies: await mapped(
    'agencies.csv',
    readRows(join(folder, 'agencies.csv'), agencyInput, agencyColumns),
    ({ value, given }) => ({
      agency: agencyOf(value),
      given: given.flatMap((name) => agencyMembers[name] ?? []),
    }),
  ),
  fees: await mapped(
    'fees.csv',
    readRows(join(folder, 'fees.csv'), scheduleInput, feeColumns, { unit_amount: null }),
    ({ value }) => scheduleOf(value),
  ),
  ...(await readCatalogues(folder)),
  accounts: await readAccounts(folder),
  clients: await mapped(
    'clients.csv',
    readRows(join(folder, 'clients.csv'), clientInput, clientColumns),
    ({ value }) => ({
      name: value.name,
      agencyCode: value.agency_code,
      scopes: value.scopes,
      expiresAt: value.expires_at ?? null,
    }),
  ),
})

const mapped = async <Row, Value>(
  file: string,
  reading: Promise<{ rows: readonly Placed<Row>[]; faults: readonly Fault[] } | null>,
  map: (row: Row) => Value,
): Promise<ReadFile<Value>> => {
  const read = await reading
  return read && { file, faults: read.faults, rows: read.rows.map(({ line, value }) => ({ line, value: map(value) })) }
}

const agencyMembers: Readonly<Record<string, AgencyEntry['given'][number]>> = {
  name: 'name',
  tax_code: 'taxCode',
  budget_unit_code: 'budgetUnitCode',
  address: 'address',
  phone: 'phone',
  fee_check: 'feeCheck',
  accepts_late_money: 'acceptsLateMoney',
  refund_limit: 'refundLimit',
  refund_working_days: 'refundWorkingDays',
  receipt_serial_phi: 'receiptSerialPhi',
  receipt_serial_le_phi: 'receiptSerialLePhi',
}

const agencyColumns = {
  ...Object.fromEntries(Object.keys(agencyMembers).map((name) => [name, asText])),
  agency_code: asText,
  accepts_late_money: asYesNo,
  refund_limit: asDong,
  refund_working_days: asCount,
}

const feeColumns = {
  agency_code: asText,
  fee_code: asText,
  name: asText,
  kind: asText,
  unit_amount: asDong,
  budget_item: asText,
  legal_basis: asText,
  refundable_when_rejected: asYesNo,
  valid_from: asDay,
  valid_to: asDay,
}

const clientColumns = { name: asText, agency_code: asText, scopes: asList, expires_at: asText }

const accountMembers: Readonly<Record<string, AccountEntry['given'][number]>> = {
  settings: 'settings',
  payee_account: 'payeeAccount',
  provider_fee: 'providerFee',
  cutoff: 'cutoff',
  settlement_days: 'settlementDays',
  statement_profile: 'statementProfile',
}

/** The name of a file beside merchant_accounts.json, and no way out of its folder. */
const fileName = z.string().regex(/^[^/\\\p{Cc}]{1,200}$/u, 'must be the name of a file in the same folder')
const sampleMembers = z.object({
  statement_sample: fileName.optional(),
  statement_source: z.enum(['provider', 'bank']).default('provider'),
})

const jsonBytesMax = 4 * 1024 * 1024
const accountsMax = 1_000

const readAccounts = async (folder: string): Promise<ReadFile<AccountItem>> => {
  const file = 'merchant_accounts.json'
  const path = join(folder, file)
  const found = await stat(path).catch(() => null)
  if (!found) return null
  const whole = (reason: string) => ({ file, rows: [], faults: [{ file, line: null, column: null, reason }] })
  if (found.size > jsonBytesMax) return whole(`has more than ${jsonBytesMax} bytes`)
  if ((found.mode & 0o077) !== 0) return whole('holds credentials, and others may read it: chmod 600')
  const items = parse(await readFile(path, 'utf8'))
  if (!Array.isArray(items) || items.length > accountsMax)
    return whole(`must be a JSON list of at most ${accountsMax} accounts`)
  const read = items.map((item, index) => readAccount(item, { folder, file, line: index + 1 }))
  return { file, rows: read.flatMap(({ rows }) => rows), faults: read.flatMap(({ faults }) => faults) }
}

const readAccount = (item: unknown, { folder, file, line }: { folder: string; file: string; line: number }) => {
  const { statement_sample, statement_source, ...body } = Object(item) as Record<string, unknown>
  const sample = sampleMembers.safeParse({ statement_sample, statement_source })
  const parsed = accountInput.safeParse(body)
  if (!sample.success || !parsed.success) {
    const issues = [...(sample.error?.issues ?? []), ...(parsed.error?.issues ?? [])]
    const faults = issues.map(({ path, message }) => ({ file, line, column: path.join('/') || null, reason: message }))
    return { rows: [], faults }
  }
  const name = sample.data.statement_sample
  const value: AccountItem = {
    account: accountOf(parsed.data),
    credentials: parsed.data.credentials,
    given: Object.keys(body).flatMap((member) => accountMembers[member] ?? []),
    sample: name === undefined ? null : { path: join(folder, name), name, source: sample.data.statement_source },
  }
  return { rows: [{ line, value }], faults: [] }
}

const parse = (content: string): unknown => {
  try {
    return JSON.parse(content)
  } catch {
    return null
  }
}
