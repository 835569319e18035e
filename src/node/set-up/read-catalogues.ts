// The catalogues of an installation: budget-items.csv, procedures.csv, reliefs.csv and banks.csv, each the whole of its catalogue.
import { join } from 'node:path'
import { z } from 'zod'
import { agencyCodeField, code, day, text } from '../../api/fields.ts'
import type { CatalogueItem } from '../../flows/set-up/enter-catalogue.ts'
import { asDay, asList, asText, type ReadFile, readRows } from './read-rows.ts'

type ReadCatalogue = (NonNullable<ReadFile<CatalogueItem>> & { sha256: string }) | null

export type Catalogues = Record<'budgetItems' | 'procedures' | 'reliefs' | 'banks', ReadCatalogue>

export const readCatalogues = async (folder: string): Promise<Catalogues> => ({
  budgetItems: await readCatalogue(folder, 'budget-items.csv', { column: 'budget_item', shape: budgetItem }),
  procedures: await readCatalogue(folder, 'procedures.csv', { column: 'procedure_code', shape: code, hasFees: true }),
  reliefs: await readCatalogue(folder, 'reliefs.csv', { column: 'rule', shape: text(150) }),
  banks: await readCatalogue(folder, 'banks.csv', { column: 'bank_bin', shape: bankBin }),
})

const budgetItem = z
  .string()
  .regex(
    /^\d{4}$/,
    'must be a budget item of 4 digits; a spreadsheet takes zeros in front away where the column is not text',
  )

const bankBin = z
  .string()
  .regex(
    /^\d{6}$/,
    'must be a bank’s BIN of 6 digits; a spreadsheet may write it otherwise (9.7E+05) where the column is not text',
  )

type Kind = { column: string; shape: z.ZodType<string>; hasFees?: true }

const readCatalogue = async (
  folder: string,
  file: string,
  { column, shape, hasFees }: Kind,
): Promise<ReadCatalogue> => {
  const row = z.object({
    [column]: shape,
    ...{ name: text(500), name_en: text(500).optional(), source: text(500).optional() },
    ...{ agency_code: agencyCodeField.optional(), valid_from: day.optional(), valid_to: day.optional() },
    fee_codes: z.array(code).max(50),
  })
  const texts = Object.fromEntries([column, 'name', 'name_en', 'source', 'agency_code'].map((name) => [name, asText]))
  const columns = { ...texts, valid_from: asDay, valid_to: asDay, ...(hasFees ? { fee_codes: asList } : {}) }
  const read = await readRows(join(folder, file), row, columns, { fee_codes: [] })
  return (
    read && {
      file,
      faults: read.faults,
      sha256: read.sha256,
      rows: read.rows.map(({ line, value: { value } }) => ({
        line,
        value: {
          ...{
            code: String((value as Record<string, unknown>)[column]),
            name: value.name,
            nameEn: value.name_en ?? null,
            source: value.source ?? null,
          },
          ...{ agencyCode: value.agency_code ?? null, feeCodes: [...new Set(value.fee_codes)].toSorted() },
          ...{ validFrom: value.valid_from ?? null, validTo: value.valid_to ?? null },
        },
      })),
    }
  )
}
