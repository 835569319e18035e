/** The answer to a write under an Idempotency-Key: the first one as it was written, marked when it is given again. */
import type { IdempotentAnswer } from '../flows/idempotently.ts'
import type { Answer } from './route.ts'

export const firstAnswer = ({ status, body, isReplay }: IdempotentAnswer): Answer => ({
  status,
  text: body,
  ...(isReplay ? { headers: { 'idempotent-replayed': 'true' } } : {}),
})
