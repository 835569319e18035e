import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { problems } from '../../src/api/problem.ts'
import { routeTable } from '../../src/api/routes.ts'
import { openApiDocument } from '../../src/app.ts'
import { refusalCodes } from '../../src/domain/refusal.ts'

it('is the committed openapi.yaml (run `npm run openapi` where this fails)', async () => {
  const committed: unknown = parse(await readFile(new URL('../../openapi.yaml', import.meta.url), 'utf8'))
  expect(committed).toEqual(JSON.parse(JSON.stringify(openApiDocument())))
})

it('has every route once, under a name of its own', () => {
  const document = openApiDocument()
  const operations = Object.values(document.paths ?? {}).flatMap((item) => Object.values(item))
  expect(operations).toHaveLength(routeTable.length)
  const names = routeTable.map(({ operationId }) => operationId)
  expect(new Set(names).size).toBe(names.length)
})

it('says who owns what each path names', () => {
  // A parameter that names an object and does not say so would be missed by the isolation tests.
  const openNames = new Set(['catalogue', 'provider', 'name', 'date', 'token'])
  for (const { path, objects = {}, scopes } of routeTable) {
    if (scopes.length === 0) continue
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
    for (const name of named.filter((each) => !openNames.has(each)))
      expect([path, Object.keys(objects)]).toEqual([path, expect.arrayContaining([name])])
  }
})

it('words every code in both languages with a status of refusal', () => {
  for (const code of refusalCodes) {
    const { status, title, titleVi } = problems[code]
    expect(status).toBeGreaterThanOrEqual(400)
    expect([title.length, titleVi.length].every((length) => length > 3)).toBe(true)
  }
})

it('takes an Idempotency-Key at every call that writes, and says what it does there', () => {
  const writes = routeTable.filter(({ method, scopes }) => method === 'post' && scopes.length > 0)
  expect(writes.length).toBeGreaterThan(15)
  const { paths } = openApiDocument()
  const parametersOf = (path: string): { name?: string; in?: string }[] =>
    (paths?.[path]?.post?.parameters ?? []) as { name?: string; in?: string }[]
  for (const { path, idempotencyKey, description } of writes) {
    expect([path, parametersOf(path)]).toEqual([
      path,
      expect.arrayContaining([expect.objectContaining({ name: 'Idempotency-Key', in: 'header' })]),
    ])
    // Where the key has no effect of its own, the description says why none is needed.
    if (idempotencyKey === 'natural')
      expect([path, description]).toEqual([path, expect.stringMatching(/again|same|repetition/i)])
  }
})
