/** Statements: uploads that are streamed, and what became of them. */
import { z } from '@hono/zod-openapi'
import { presentStatement, presentStatementHead } from '../domain/present-reconciliation.ts'
import { Refusal } from '../domain/refusal.ts'
import { statementFormats } from '../domain/statement-format.ts'
import type { Deps } from '../flows/deps.ts'
import { importStatement } from '../flows/import-statement.ts'
import { previewStatement } from '../flows/preview-statement.ts'
import { discardFile, receiveStatement, spoolFile } from '../flows/receive-statement.ts'
import { findStatement, listStatements } from '../store/statements.ts'
import { amountOut, idField, instantOut } from './fields.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'
import { readUpload, uploaderOf } from './statement-upload.ts'

export const statementStatus = z.enum(['queued', 'processing', 'imported', 'rejected'])
export const problem = z.strictObject({ line: z.int(), column: z.string().optional(), message: z.string() })

const statementHead = z
  .strictObject({
    id: z.string(),
    status: statementStatus,
    waits_for: z.enum(['larger_process']).nullable().openapi({
      description:
        '`larger_process`: the file is larger than is read where the gateway runs on Cloudflare Workers; a process of it on Node takes it up. Nothing of it is stored before.',
    }),
    merchant_account: z.string(),
    source: z.enum(['provider', 'bank']),
    format: z.string().nullable(),
    file_name: z.string(),
    sha256: z.string(),
    progress: z.strictObject({ bytes: z.int(), total_bytes: z.int(), lines: z.int() }),
    lines: z.int().openapi({ description: 'Rows read, the header not counted.' }),
    accepted: z.int(),
    problem_count: z.int(),
    opening_balance: amountOut.nullable(),
    closing_balance: amountOut.nullable(),
    credits: amountOut,
    debits: amountOut,
    closes: z.boolean().nullable().openapi({ description: 'Whether the balances close; null where there are none.' }),
    account: z.string().nullable(),
    currency: z.string().nullable(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    reason: z.string().nullable().openapi({ description: 'Why it was rejected.' }),
    created_at: instantOut,
    imported_at: instantOut.nullable(),
    erased_at: instantOut.nullable().openapi({
      description: 'When its file and the texts of its lines were erased, having been kept as long as they had to be.',
    }),
  })
  .openapi('StatementHead')

export const statementObject = z
  .strictObject({
    ...statementHead.shape,
    problems: z.array(problem).openapi({ description: 'The first 1,000; `line` is the physical line of the file.' }),
  })
  .openapi('Statement')

const uploadForm = z
  .strictObject({
    file: z.string().openapi({ format: 'binary' } as never),
    source: z.enum(['provider', 'bank']),
    merchant_account: idField('mac'),
    format: z.enum(statementFormats).optional().openapi({
      description:
        'Detected when absent, except `profile`: the merchant account’s `statement_profile` is used only when it is named.',
    }),
    dry_run: z.enum(['true', 'false']).optional(),
  })
  .openapi('StatementUpload')

export const uploadAnswer = z
  .strictObject({ id: z.string(), status: statementStatus, format: z.string().nullable(), duplicate: z.boolean() })
  .openapi('StatementUploaded')

export const statementRoutes = [
  defineRoute({
    method: 'post',
    path: '/v1/statements',
    operationId: 'uploadStatement',
    summary: 'Upload a statement',
    description:
      'The file may have up to 512 MiB unless the operator says otherwise (LEPHI_UPLOAD_BYTES_MAX), and any number of lines; it is imported behind this answer, or by another process where `waits_for` says so. The same bytes again are the same statement, unless it was rejected: then they are tried again. A dry run reads everything, stores nothing and answers what the import would.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    idempotencyKey: 'natural',
    raw: { contentTypes: ['multipart/form-data'], bytesMax: Number.MAX_SAFE_INTEGER, schema: uploadForm },
    responses: {
      202: { description: 'It is queued.', schema: uploadAnswer },
      200: {
        description: 'These bytes were uploaded before; or the result of a dry run.',
        schema: z.union([
          uploadAnswer,
          z.strictObject({ ...statementObject.shape, id: z.null(), dry_run: z.literal(true) }),
        ]),
      },
    },
    errors: ['not_found', 'body_too_large', 'unsupported_media_type'],
    handle: async ({ deps, caller, request, language }) => {
      const uploader = uploaderOf(caller)
      const way = { schema: uploadForm, spool: spoolFile, discard: discardFile }
      const { spooled, form } = await readUpload({ deps, caller, request, language, ...way })
      const about = { source: form.source, merchantAccountId: form.merchant_account, format: form.format }
      if (form.dry_run === 'true') {
        const preview = await previewStatement(deps, uploader, { spooled, form: about })
        return { status: 200, json: { ...presentStatement(preview), id: null, dry_run: true } }
      }
      const { id, isDuplicate, format } = await receiveStatement(deps, uploader, { spooled, form: about })
      if (isDuplicate) {
        const known = await findStatement(deps.db, caller.agency, id)
        return {
          status: 200,
          json: { id, status: known?.status ?? 'queued', format: known?.format ?? format, duplicate: true },
        }
      }
      deferImport(deps, id)
      return { status: 202, json: { id, status: 'queued', format, duplicate: false } }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/statements',
    operationId: 'listStatements',
    summary: 'List statements',
    description: 'Newest first. Without the problems of their rows, which `GET /v1/statements/{id}/problems` lists.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    request: {
      query: z.strictObject({
        ...pageQuery,
        merchant_account: idField('mac').optional(),
        source: z.enum(['provider', 'bank']).optional(),
        status: statementStatus.optional(),
      }),
    },
    responses: { 200: { description: 'A page, newest first.', schema: pageOf(statementHead) } },
    handle: async ({ deps, caller, query }) => {
      const list = 'statements'
      const { limit, after } = readPage(list, query)
      const rows = await listStatements(deps.db, caller.agency, {
        merchantAccountId: query.merchant_account ?? null,
        source: query.source ?? null,
        status: query.status ?? null,
        before: after,
        limit: limit + 1,
      })
      return {
        status: 200,
        json: pageAnswer(rows, {
          list,
          limit,
          keyOf: ({ id }) => id,
          present: (row) => presentStatementHead(row, deps.readBytesMax),
        }),
      }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/statements/{id}',
    operationId: 'readStatement',
    summary: 'Read a statement and how far its import is',
    tag: 'Reconciliation',
    scopes: ['reconciliation:read', 'reconciliation:write'],
    objects: { id: 'statement' },
    request: { params: z.strictObject({ id: idField('stm') }) },
    responses: { 200: { description: 'The statement.', schema: statementObject } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id } }) => {
      const statement = await findStatement(deps.db, caller.agency, id)
      if (!statement) throw new Refusal('not_found', 'There is no such statement.')
      return { status: 200, json: presentStatement(statement, deps.readBytesMax) }
    },
  }),
]

/** Imports behind the answer. */
export const deferImport = (deps: Deps, id: string): void =>
  deps.defer(
    importStatement(deps, id).catch((error) =>
      deps.log.error({ statement: id, error }, 'a statement could not be imported and will be tried again'),
    ),
  )
