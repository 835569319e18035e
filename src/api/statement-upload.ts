/** How the form around a statement's file is read: in the order in which it comes, fields kept, the file put away. */
import type { z } from '@hono/zod-openapi'
import type { Caller } from '../domain/access.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Deps } from '../flows/deps.ts'
import type { Spooled, UploadedFile, Uploader } from '../flows/receive-statement.ts'
import { MultipartError, readField, readMultipart } from '../lib/multipart.ts'
import { validate } from './input.ts'
import type { Language } from './problem.ts'

/** The form around the file, in bytes. */
const formRoom = 64 * 1024
const partsMax = 10
const fieldBytesMax = 1_000

type Upload<Schema extends z.ZodType> = {
  deps: Deps
  caller: Caller
  request: Request
  language: Language
  schema: Schema
  spool: (deps: Deps, uploader: Uploader, file: UploadedFile) => Promise<Spooled>
  /** Undoes `spool`. */
  discard: (deps: Deps, uploader: Uploader, spooled: Spooled) => Promise<unknown>
}

export const uploaderOf = ({ agency, clientId }: Caller): Uploader => ({ scope: agency, actor: clientId })

/** Whatever goes wrong, nothing of the file stays. */
export const readUpload = async <Schema extends z.ZodType>({
  deps,
  caller,
  request,
  language,
  schema,
  spool,
  discard,
}: Upload<Schema>): Promise<{ spooled: Spooled; form: z.output<Schema> }> => {
  const uploader = uploaderOf(caller)
  const fields: Record<string, string> = {}
  let spooled: Spooled | null = null
  try {
    if (!request.body) throw new MultipartError('the body is empty')
    for await (const part of readMultipart(request.body, request.headers.get('content-type') ?? '', {
      maxBytes: deps.uploadBytesMax + formRoom,
      maxParts: partsMax,
    })) {
      if (part.name in fields) throw new MultipartError('a field of the form comes twice')
      const isFile = part.name === 'file'
      if (isFile) {
        const file = { fileName: part.fileName ?? 'statement', body: part.body, maxBytes: deps.uploadBytesMax }
        spooled = await spool(deps, uploader, file)
      }
      fields[part.name] = isFile ? 'put away' : await readField(part, fieldBytesMax)
    }
    const form = await validate(schema, fields, { language })
    if (!spooled) throw new Refusal('invalid_input', 'The form has no file.')
    return { spooled, form }
  } catch (error) {
    if (spooled) await discard(deps, uploader, spooled)
    if (error instanceof MultipartError)
      throw new Refusal('invalid_request', `The form cannot be read: ${error.message}.`)
    throw error
  }
}
