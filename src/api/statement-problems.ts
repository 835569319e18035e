/** What was wrong with the rows of a statement: to be shown page by page, and as a file for whoever mends them. */
import { z } from '@hono/zod-openapi'
import { Refusal } from '../domain/refusal.ts'
import { problemInVietnamese } from '../domain/statement-problem-words.ts'
import { problemsMax, type StatementProblem } from '../domain/statement-tally.ts'
import { type CsvCell, writeCsv } from '../lib/csv.ts'
import { listProblems } from '../store/statements.ts'
import { chooseType } from './accept.ts'
import { idField } from './fields.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import type { Language } from './problem.ts'
import { defineRoute } from './route.ts'
import { problem } from './statements.ts'

const jsonType = 'application/json'
const csvType = 'text/csv'

export const problemRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/statements/{id}/problems',
    operationId: 'listStatementProblems',
    summary: 'List the rows of a statement that could not be read',
    description: `In the order of the file, the first ${problemsMax} of them; \`problem_count\` of the statement counts them all. As text/csv all that are listed at once, and a last row that says how many are not.`,
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    objects: { id: 'statement' },
    audit: { file: 'statement_problems.exported', object: 'id' },
    request: { params: z.strictObject({ id: idField('stm') }), query: z.strictObject(pageQuery) },
    responses: { 200: { description: 'A page of rows.', schema: pageOf(problem), contentTypes: [jsonType, csvType] } },
    errors: ['not_found', 'not_acceptable'],
    handle: async ({ deps, caller, request, language, params: { id }, query }) => {
      const type = chooseType(request.headers.get('accept'), [jsonType, csvType])
      const list = `statement_problems ${id}`
      const { limit, after } = readPage(list, query)
      const page = type === csvType ? { after: 0, limit: problemsMax } : { after: placeOf(after), limit: limit + 1 }
      const found = await listProblems(deps.db, caller.agency, { id, ...page })
      if (!found) throw new Refusal('not_found', 'There is no such statement.')
      if (type === csvType) return csvFile(id, found, language)
      const answer = { list, limit, keyOf: ({ place }: { place: number }) => String(place), present }
      return { status: 200, json: pageAnswer(found.problems, answer), headers: { vary: 'accept' } }
    },
  }),
]

/** A cursor is opaque but not secret, so what stands in it is looked at like any other input. */
const placeOf = (after: string | null): number => {
  if (after === null) return 0
  if (/^\d{1,6}$/.test(after)) return Number(after)
  const message = 'is not a cursor of this list'
  throw new Refusal('invalid_input', `/query/cursor ${message}.`, { errors: [{ pointer: '/query/cursor', message }] })
}

const present = ({ line, column, message }: StatementProblem) => ({
  line,
  ...(column === undefined ? {} : { column }),
  message,
})

type Found = { problems: readonly StatementProblem[]; problemCount: number }

const csvFile = (id: string, { problems, problemCount }: Found, language: Language): Response => {
  const told = (message: string) => (language === 'vi' ? (problemInVietnamese(message) ?? message) : message)
  const rows: CsvCell[][] = problems.map(({ line, column, message }) => [line, column ?? null, told(message)])
  const more = problemCount - problems.length
  if (more > 0) rows.push([null, null, `và ${more} dòng lỗi khác không được liệt kê`])
  return new Response(writeCsv([['Dòng', 'Cột', 'Lý do'], ...rows]), {
    headers: {
      'content-type': `${csvType}; charset=utf-8; header=present`,
      'content-disposition': `attachment; filename="${id}-problems.csv"`,
      'cache-control': 'no-store',
      vary: 'accept, accept-language',
    },
  })
}
