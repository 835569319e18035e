/**
 * What a form was filled in from. It sends every member, so that one that was open for long would undo what a colleague has changed meanwhile: it then says so and does
 * nothing.
 */
import type { FC } from 'hono/jsx'
import { sha256Hex } from '../../lib/hmac.ts'
import type { Language } from '../language.ts'
import { ApiProblem } from './console-api.ts'

const printOf = (members: readonly unknown[]): string => sha256Hex(JSON.stringify(members))

export const Seen: FC<{ members: readonly unknown[] }> = ({ members }) => (
  <input type="hidden" name="seen" value={printOf(members)} />
)

/** `members` as they are at present. Throws ApiProblem `conflict`. */
export const refuseStale = (
  { form, language }: { form: ReadonlyMap<string, string>; language: Language },
  members: readonly unknown[],
): void => {
  const seen = form.get('seen')
  if (seen === undefined || seen === printOf(members)) return
  throw new ApiProblem({ status: 409, code: 'conflict', title: titles[language], errors: [] })
}

const titles = { vi: 'Nội dung vừa được người khác sửa', en: 'Somebody else has changed this' }
