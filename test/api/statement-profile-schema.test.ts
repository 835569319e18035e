// The domain's schema is described the same whether the domain or the API was loaded first: a process may do either.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { statementProfileSchema } from '../../src/domain/statement-profile.ts'

it('the profile is described in full when the domain is loaded before the API', async () => {
  expect(statementProfileSchema.safeParse({}).success).toBe(false)
  const { openApiDocument } = await import('../../src/app.ts')
  const written = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8'))
  const described = (await openApiDocument()) as typeof written
  expect(written.components.schemas.StatementProfile).toMatchObject({ properties: { columns: { type: 'object' } } })
  expect(JSON.parse(JSON.stringify(described.components.schemas.StatementProfile))).toEqual(
    written.components.schemas.StatementProfile,
  )
})
