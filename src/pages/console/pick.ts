/** What forms let a person choose from: merchant accounts and agencies that they may see. */
import { z } from 'zod'
import type { ConsoleApi } from './console-api.ts'
import { pageOf } from './console-api.ts'
import type { Visit } from './screen.ts'

export type Choice = { value: string; label: string }

const accountPage = pageOf(
  z.object({ id: z.string(), provider: z.string(), title: z.string(), agency_code: z.string(), status: z.string() }),
)
const agencyPage = pageOf(z.object({ agency_code: z.string(), name: z.string() }))

/** As many as a person still finds their way in. */
const pagesMax = 5

/** The merchant accounts as choices, `Title (agency)`; the first one is empty where `any` says what nothing chosen means. */
export const accountChoices = async ({ api }: Pick<Visit, 'api'>, any?: string): Promise<Choice[]> => {
  const rows = await all(api, accountPage, '/v1/merchant_accounts')
  return [
    ...first(any),
    ...rows.map(({ id, title, agency_code }) => ({ value: id, label: `${title} (${agency_code})` })),
  ]
}

/** The agencies as choices, `H56.12 Sở Tư pháp`. */
export const agencyChoices = async ({ api }: Pick<Visit, 'api'>, any?: string): Promise<Choice[]> => {
  const rows = await all(api, agencyPage, '/v1/agencies')
  return [
    ...first(any),
    ...rows.map(({ agency_code, name }) => ({ value: agency_code, label: `${agency_code} ${name}` })),
  ]
}

const first = (any: string | undefined): Choice[] => (any === undefined ? [] : [{ value: '', label: any }])

const all = async <Item>(
  api: ConsoleApi,
  schema: z.ZodType<{ data: Item[]; next_cursor: string | null }>,
  path: string,
): Promise<Item[]> => {
  const rows: Item[] = []
  let cursor: string | null = null
  for (let page = 0; page < pagesMax; page += 1) {
    const answer: { data: Item[]; next_cursor: string | null } = await api.get(schema, path, { limit: 200, cursor })
    rows.push(...answer.data)
    cursor = answer.next_cursor
    if (cursor === null) break
  }
  return rows
}
