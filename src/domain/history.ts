/** A history as it is shown: lines of JSON, oldest first, each with its instant in the offset of Vietnam like every other time on the wire. */
import { toRfc3339 } from '../lib/time.ts'

export const presentHistory = (lines: readonly string[]): Record<string, unknown>[] =>
  lines.map((line) => {
    const { at, ...said } = JSON.parse(line) as { at?: string } & Record<string, unknown>
    return { ...(at === undefined ? {} : { at: toRfc3339(new Date(at)) }), ...said }
  })
