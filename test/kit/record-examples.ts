// With RECORD_EXAMPLES naming a folder, keeps a call of each operation there, as material for src/api/examples.json (CONTRIBUTING.md). Of several calls it keeps the
// one that shows most and is still read at a glance.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Found } from './description.ts'
import type { Sent } from './sent-body.ts'

const folder = process.env.RECORD_EXAMPLES
const readableMax = 2_500

type Recorded = { request: Request; sent: Sent; answer: Response; body: string | null; found: Found }

export const recordExample = ({ request, sent, answer, body, found }: Recorded): void => {
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${found.operation.operationId}.json`)
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { weight: number }).weight : -1
  const weight = weightOf((body ?? '').length + JSON.stringify(sent).length)
  if (weight <= kept) return
  const query = Object.fromEntries(new URL(request.url).searchParams)
  const isForm = request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')
  const bodyOf =
    sent === null
      ? undefined
      : typeof sent !== 'string'
        ? sent
        : isForm
          ? Object.fromEntries(new URLSearchParams(sent))
          : JSON.parse(sent)
  const example = {
    path: found.path,
    query,
    body: bodyOf,
    status: answer.status,
    answer: body ? JSON.parse(body) : undefined,
  }
  writeFileSync(file, JSON.stringify({ weight, ...example }, null, 1))
}

const weightOf = (length: number): number => (length <= readableMax ? length : readableMax / length)
