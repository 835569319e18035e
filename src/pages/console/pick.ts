/** What forms let a person choose from: merchant accounts and agencies that they may see. */
import { z } from 'zod'
import { pageOf } from './console-api.ts'
import { loadAccounts } from './merchant-accounts.ts'
import type { Visit } from './screen.ts'

export type Choice = { value: string; label: string }

const agencyPage = pageOf(z.object({ agency_code: z.string(), name: z.string() }))

/** More than these are not offered in one list. */
const agenciesMax = 1_000

/** The merchant accounts as choices, `Title (agency)`; the first one is empty where `nothingChosen` says what that means. */
export const accountChoices = async (visit: Pick<Visit, 'api'>, nothingChosen?: string): Promise<Choice[]> => {
  const rows = await loadAccounts(visit)
  return [
    ...first(nothingChosen),
    ...rows.map(({ id, title, agency_code }) => ({ value: id, label: `${title} (${agency_code})` })),
  ]
}

/** The agencies as choices, `H56.12 Sở Tư pháp`. */
export const agencyChoices = async ({ api }: Pick<Visit, 'api'>, nothingChosen?: string): Promise<Choice[]> => {
  const rows: z.output<typeof agencyPage>['data'] = []
  let cursor: string | null = null
  do {
    const page: z.output<typeof agencyPage> = await api.get(agencyPage, '/v1/agencies', { limit: 200, cursor })
    rows.push(...page.data)
    cursor = page.next_cursor
  } while (cursor && rows.length < agenciesMax)
  return [
    ...first(nothingChosen),
    ...rows.map(({ agency_code, name }) => ({ value: agency_code, label: `${agency_code} ${name}` })),
  ]
}

const first = (nothingChosen: string | undefined): Choice[] =>
  nothingChosen === undefined ? [] : [{ value: '', label: nothingChosen }]
