/** What a form shows in its fields: what was typed when the API said no to it, else what stands there now. */
import type { Visit } from './screen.ts'

export const typedIn =
  ({ tried, typed }: Pick<Visit, 'tried' | 'typed'>, act: string, item = '') =>
  (name: string, otherwise = ''): string =>
    tried?.act === act && tried.item === item ? (typed.get(name) ?? '') : otherwise
