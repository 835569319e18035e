/** Statements in two steps: a file is uploaded once, looked at and tried, then imported or thrown away. */
import { z } from '@hono/zod-openapi'
import { presentStatement } from '../domain/present-reconciliation.ts'
import { presentLine } from '../domain/present-statement-line.ts'
import { statementFormats } from '../domain/statement-format.ts'
import type { Deps } from '../flows/deps.ts'
import {
  detectDraft,
  discardDraft,
  draftKeptMs,
  importDraft,
  keepDraft,
  previewDraft,
  readDraft,
  spoolDraft,
} from '../flows/draft-statement.ts'
import { readFileRows } from '../flows/read-file-rows.ts'
import { toRfc3339 } from '../lib/time.ts'
import { listDrafts, type StatementDraft } from '../store/statement-drafts.ts'
import { findStatement } from '../store/statements.ts'
import { idField, instantOut } from './fields.ts'
import { statementProfile } from './merchant-account-schemas.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'
import { lineObject } from './statement-line.ts'
import { readUpload, uploaderOf } from './statement-upload.ts'
import { deferImport, statementObject, statementStatus, uploadAnswer } from './statements.ts'

const source = z.enum(['provider', 'bank'])
const format = z.enum(statementFormats)
const formatOrAuto = z.enum(['auto', ...statementFormats])

const draftObject = z
  .strictObject({
    id: z.string().openapi({ description: 'Also that of the statement which it becomes.' }),
    file_name: z.string(),
    sha256: z.string(),
    bytes: z.int(),
    detected_format: format,
    merchant_account: z.string().nullable(),
    source: source.nullable(),
    format: format.nullable().openapi({ description: 'As the uploader chose it; null for detection.' }),
    created_at: instantOut,
    expires_at: instantOut,
  })
  .openapi('StatementDraft')

const draftForm = z
  .strictObject({
    file: z.string().openapi({ format: 'binary' } as never),
    source: source.optional(),
    merchant_account: idField('mac').optional(),
    format: formatOrAuto.optional(),
  })
  .openapi('StatementDraftUpload')

const choice = { source, merchant_account: idField('mac'), format: format.optional() }

const previewObject = z
  .strictObject({
    ...statementObject.shape,
    id: z.null(),
    dry_run: z.literal(true),
    sample: z.array(lineObject).openapi({ description: 'The first lines as they are read.' }),
  })
  .openapi('StatementPreview')

const encoding = z.enum(['utf-8', 'utf-16', 'windows-1258', 'latin1'])
const delimiter = z.enum([',', ';', '\t', '|', 'auto'])

const rowsObject = z
  .strictObject({
    kind: z.enum(['text', 'workbook', 'structured']).openapi({
      description: '`structured` for formats that name their own fields: they have no rows to show.',
    }),
    encoding,
    delimiter,
    is_canonical: z.boolean().openapi({ description: 'Whether it has our own columns and needs no profile.' }),
    rows: z.array(z.strictObject({ line: z.int(), cells: z.array(z.string()) })).openapi({
      description: 'The first rows as they stand in the file; each cell up to 200 characters.',
    }),
    suggested_profile: z.record(z.string(), z.unknown()).nullable().openapi({
      description:
        'A guess at the statement profile, for a person to correct. Columns that were not recognised are absent.',
    }),
  })
  .openapi('StatementFileRows')

const params = z.strictObject({ id: idField('stm') })
const objects = { id: 'statement_draft' } as const

export const draftRoutes = [
  defineRoute({
    method: 'post',
    path: '/v1/statement_drafts',
    operationId: 'uploadStatementDraft',
    summary: 'Upload a file to be looked at before it is imported',
    description:
      'Takes what `POST /v1/statements` takes, and everything but the file may be said later. Nothing is imported: the file is kept for a day, encrypted, until it is imported or thrown away. A repetition is another draft; the bytes are imported once all the same.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    idempotencyKey: 'natural',
    raw: { contentTypes: ['multipart/form-data'], bytesMax: Number.MAX_SAFE_INTEGER, schema: draftForm },
    responses: { 201: { description: 'The draft.', schema: draftObject } },
    errors: ['not_found', 'body_too_large', 'unsupported_media_type'],
    handle: async ({ deps, caller, request, language }) => {
      const uploader = uploaderOf(caller)
      const discard = (_: Deps, __: unknown, { statementId }: { statementId: string }) =>
        discardDraft(deps, uploader, statementId)
      const way = { schema: draftForm, spool: spoolDraft, discard }
      const { spooled, form } = await readUpload({ deps, caller, request, language, ...way })
      try {
        const chosen = form.format === 'auto' ? undefined : form.format
        const kept = { source: form.source, merchantAccountId: form.merchant_account, format: chosen }
        const choice = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined))
        return { status: 201, json: await presentDraft(deps, await keepDraft(deps, uploader, { spooled, choice })) }
      } catch (error) {
        await discardDraft(deps, uploader, spooled.statementId)
        throw error
      }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/statement_drafts',
    operationId: 'listStatementDrafts',
    summary: 'List files that wait to be imported',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    request: { query: z.strictObject(pageQuery) },
    responses: { 200: { description: 'A page, newest first.', schema: pageOf(draftObject) } },
    handle: async ({ deps, caller, query }) => {
      const list = 'statement_drafts'
      const { limit, after } = readPage(list, query)
      const rows = await listDrafts(deps.db, caller.agency, { before: after, limit: limit + 1 })
      const told = await Promise.all(rows.map((row) => presentDraft(deps, row)))
      const page = {
        list,
        limit,
        keyOf: ({ id }: { id: string }) => id,
        present: (draft: (typeof told)[number]) => draft,
      }
      return { status: 200, json: pageAnswer(told, page) }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/statement_drafts/{id}',
    operationId: 'readStatementDraft',
    summary: 'Read a draft',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    objects,
    request: { params },
    responses: { 200: { description: 'The draft.', schema: draftObject } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id } }) => ({
      status: 200,
      json: await presentDraft(deps, await readDraft(deps, uploaderOf(caller), id)),
    }),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/statement_drafts/{id}/rows',
    operationId: 'readStatementDraftRows',
    summary: 'Read the first rows of a draft’s file as they stand in it',
    description:
      'With them comes a guess at how the file is to be read. Encoding and delimiter are guessed where they are not given.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    objects,
    audit: { read: 'statement_draft.read', object: 'id' },
    request: {
      params,
      query: z.strictObject({
        source: source.default('provider'),
        encoding: encoding.optional(),
        delimiter: delimiter.optional(),
      }),
    },
    responses: { 200: { description: 'The rows.', schema: rowsObject } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id }, query }) => {
      await readDraft(deps, uploaderOf(caller), id)
      const { isCanonical, suggested, ...told } = await readFileRows(deps, id, {
        source: query.source,
        ...(query.encoding ? { encoding: query.encoding } : {}),
        ...(query.delimiter && query.delimiter !== 'auto' ? { delimiter: query.delimiter } : {}),
      })
      return { status: 200, json: { ...told, is_canonical: isCanonical, suggested_profile: suggested } }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/statement_drafts/{id}/preview',
    operationId: 'previewStatementDraft',
    summary: 'Try a draft',
    description:
      'Reads everything, stores nothing and answers what the import would; again it answers the same. `statement_profile` is tried in place of the merchant account’s.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    objects,
    audit: { read: 'statement_draft.read', object: 'id' },
    idempotencyKey: 'natural',
    request: {
      params,
      json: z.strictObject({ ...choice, statement_profile: statementProfile.optional() }).openapi('StatementTrial'),
    },
    responses: { 200: { description: 'What the import would give.', schema: previewObject } },
    errors: ['not_found', 'body_too_large'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const form = { source: json.source, merchantAccountId: json.merchant_account, format: json.format }
      const tried = json.statement_profile === undefined ? {} : { profile: json.statement_profile }
      const { statement, sample } = await previewDraft(deps, uploaderOf(caller), { id, form, ...tried })
      return {
        status: 200,
        json: { ...presentStatement(statement), id: null, dry_run: true, sample: sample.map(presentLine) },
      }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/statement_drafts/{id}/import',
    operationId: 'importStatementDraft',
    summary: 'Import a draft',
    description:
      'It becomes a statement of the same id, which is imported behind this answer. Again it is the same statement. Bytes that were imported before are no new statement: the first one’s id is answered, and the draft stays.',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    objects,
    idempotencyKey: 'natural',
    request: { params, json: z.strictObject(choice).openapi('StatementChoice') },
    responses: {
      202: { description: 'It is queued.', schema: uploadAnswer },
      200: { description: 'These bytes were imported before.', schema: uploadAnswer },
    },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id: draft }, json }) => {
      const form = { source: json.source, merchantAccountId: json.merchant_account, format: json.format }
      const { id, isDuplicate, format: read } = await importDraft(deps, uploaderOf(caller), { id: draft, form })
      const known = await findStatement(deps.db, caller.agency, id)
      const status = statementStatus.catch('queued').parse(known?.status)
      if (!isDuplicate) deferImport(deps, id)
      return { status: isDuplicate ? 200 : 202, json: { id, status, format: read, duplicate: isDuplicate } }
    },
  }),
  defineRoute({
    method: 'delete',
    path: '/v1/statement_drafts/{id}',
    operationId: 'discardStatementDraft',
    summary: 'Throw a draft away',
    tag: 'Reconciliation',
    scopes: ['reconciliation:write'],
    objects,
    idempotencyKey: 'natural',
    request: { params },
    responses: { 204: { description: 'It is gone, and so is its file.' } },
    errors: ['not_found'],
    handle: async ({ deps, caller, params: { id } }) => {
      await discardDraft(deps, uploaderOf(caller), id)
      return { status: 204 }
    },
  }),
]

const presentDraft = async (deps: Deps, draft: StatementDraft) => ({
  id: draft.id,
  file_name: draft.fileName,
  sha256: draft.sha256,
  bytes: draft.totalBytes,
  detected_format: await detectDraft(deps, draft),
  merchant_account: draft.merchantAccountId,
  source: draft.source,
  format: draft.format,
  created_at: toRfc3339(draft.createdAt),
  expires_at: toRfc3339(new Date(draft.createdAt.getTime() + draftKeptMs(deps.now()))),
})
