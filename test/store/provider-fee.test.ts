// The tariff is computed twice, in the database for a million lines and in the domain for one: they may never differ.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectedProviderFee } from '../../src/domain/provider-fee.ts'
import { stringifyMoney } from '../../src/lib/json.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const rate = fc.integer({ min: 0, max: 10_000 })
const part = fc.bigInt({ min: 0n, max: 10_000_000n })

test('the provider fee in SQL is the one of the domain', async () => {
  const lines = fc.array(
    fc.record({
      amount: fc.oneof(fc.bigInt({ min: 1n, max: 999_999n }), fc.bigInt({ min: 1n, max: 999_999_999_999_999n })),
      basisPoints: rate,
      fixed: part,
      minimum: fc.option(part),
      maximum: fc.option(part),
      vatBasisPoints: rate,
    }),
    { minLength: 50, maxLength: 50 },
  )
  await fc.assert(
    fc.asyncProperty(lines, async (cases) => {
      const rows = await db.sql`
        select lephi_provider_fee("amount", "basisPoints", "fixed", "minimum", "maximum", "vatBasisPoints") as fee
        from rows from (jsonb_to_recordset(${stringifyMoney(cases)}::text::jsonb)
          as ("amount" bigint, "basisPoints" integer, "fixed" bigint, "minimum" bigint, "maximum" bigint, "vatBasisPoints" integer))
          with ordinality as cases ("amount", "basisPoints", "fixed", "minimum", "maximum", "vatBasisPoints", "number")
        order by "number"`
      expect(rows.map((row) => row.fee)).toEqual(
        cases.map((each) => expectedProviderFee({ ...each, netted: true }, each.amount)),
      )
    }),
    { numRuns: 40, endOnFailure: true },
  )
})
