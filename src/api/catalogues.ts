/** Catalogues for portals: the codes that an order may name, each with its name and its days. They are imported by `lephi setup`. */
import { z } from '@hono/zod-openapi'
import { covers, systemScope } from '../domain/agency-scope.ts'
import { catalogueNames, procedureKey } from '../domain/catalogue.ts'
import { Refusal } from '../domain/refusal.ts'
import { type CatalogueRow, listEntries } from '../store/catalogues.ts'
import { agencyCodeField, day, text } from './fields.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

const entryObject = z
  .strictObject({
    code: z.string().openapi({ description: 'Of a procedure the national code, such as 1.001193.' }),
    name: z.string(),
    name_en: z.string().nullable(),
    fee_codes: z.array(z.string()).openapi({ description: 'What a procedure charges; of other catalogues none.' }),
    agency_code: z.string().openapi({ description: 'Whose entry it is; it binds those below that agency too.' }),
    source: z.string().nullable().openapi({ description: 'The document that says so.' }),
    valid_from: day,
    valid_to: day.nullable(),
  })
  .openapi('CatalogueEntry')

export const catalogueRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/catalogues/{catalogue}',
    operationId: 'listCatalogue',
    summary: 'List a catalogue of codes',
    description:
      'Budget items (tiểu mục), procedures, reliefs or banks (by their BIN), as they bind `agency_code`, or the caller’s own agency: its entries and those of the agencies above it, in the order in which they were added. With `on`, those that hold on that day, and of each code only the nearest agency’s. Empty where none was imported: then no code is refused. What a code that it lacks does is the agency’s `fee_check`; a bank is only warned of.',
    tag: 'Administration',
    scopes: ['admin', 'orders:read'],
    names: ['catalogue'],
    request: {
      params: z.strictObject({ catalogue: z.enum(catalogueNames) }),
      query: z.strictObject({
        ...pageQuery,
        agency_code: agencyCodeField.optional(),
        code: text(150).optional().openapi({ description: 'One code; a procedure’s in any writing.' }),
        on: day.optional(),
      }),
    },
    responses: { 200: { description: 'A page of entries.', schema: pageOf(entryObject) } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { catalogue }, query }) => {
      const { agency_code, code, on } = query
      if (agency_code !== undefined && !covers(caller.agency, agency_code))
        throw new Refusal('not_found', 'There is no such agency.')
      // The cursor is bound to its catalogue.
      const list = `catalogues/${catalogue}`
      const { limit, after } = readPage(list, query)
      const rows = await listEntries(deps.db, {
        ...{ catalogue, after, limit: limit + 1, on },
        agencyCode: agency_code ?? (caller.agency === systemScope ? null : caller.agency),
        code: code !== undefined && catalogue === 'procedures' ? procedureKey(code) : code,
      })
      return { status: 200, json: pageAnswer(rows, { list, limit, keyOf: ({ id }) => id, present }) }
    },
  }),
]

const present = (entry: CatalogueRow) => ({
  code: entry.code,
  name: entry.name,
  name_en: entry.nameEn,
  fee_codes: [...entry.feeCodes],
  agency_code: entry.agencyCode,
  source: entry.source,
  valid_from: entry.validFrom,
  valid_to: entry.validTo,
})
