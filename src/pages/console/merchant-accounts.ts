/** The merchant accounts that a person may choose from, as screens need them. */
import { z } from 'zod'
import { pageOf } from './console-api.ts'
import type { Visit } from './screen.ts'

const accounts = pageOf(
  z.object({
    id: z.string(),
    agency_code: z.string(),
    provider: z.string(),
    title: z.string(),
    statement_profile: z.record(z.string(), z.unknown()).nullable(),
  }),
)

export type Account = z.output<typeof accounts>['data'][number]

/** More than these are not offered in one list; a province has some dozens. */
const accountsMax = 1_000

export const loadAccounts = async ({ api }: Pick<Visit, 'api'>): Promise<readonly Account[]> => {
  const all: Account[] = []
  let cursor: string | null = null
  do {
    const page: z.output<typeof accounts> = await api.get(accounts, '/v1/merchant_accounts', { limit: 200, cursor })
    all.push(...page.data)
    cursor = page.next_cursor
  } while (cursor && all.length < accountsMax)
  return all
}

/** As a person knows it: its own title, the provider and whose it is. */
export const accountLabel = (
  { title, provider, agency_code: agency }: Account,
  { titleOf }: Pick<Visit, 'titleOf'>,
): string => [title, ...(titleOf(provider) === title ? [] : [titleOf(provider)]), agency].join(' · ')

export const accountName = (accounts: readonly Account[], id: string, visit: Pick<Visit, 'titleOf'>): string => {
  const found = accounts.find((account) => account.id === id)
  return found ? accountLabel(found, visit) : id
}

export const accountOptions = (accounts: readonly Account[], visit: Pick<Visit, 'titleOf'>) =>
  accounts.map((account) => ({ value: account.id, label: accountLabel(account, visit) }))
